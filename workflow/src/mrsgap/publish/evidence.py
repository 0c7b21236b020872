"""The statistics of a run, read once, and cut to one data set for a figure or table."""

from dataclasses import dataclass

import pandas as pd

from mrsgap.core.names import SYNTHETIC
from mrsgap.publish.method_rows import MethodRow, method_rows
from mrsgap.stats.tables import read_statistics


@dataclass(frozen=True)
class Evidence:
    """Summary, errors per spectrum and agreement lines of one data set in one normalisation; any of them may be empty."""

    summary: pd.DataFrame
    items: pd.DataFrame
    agreement: pd.DataFrame

    @property
    def synthetic(self) -> bool:
        """Whether the spectra are stand-ins for measurements."""
        return bool((self.summary["origin"] == SYNTHETIC).any())

    def methods(self, settings: dict, training_set: str, study: list[str]) -> list[MethodRow]:
        """The methods that have results, in the order of the tables."""
        return [row for row in method_rows(self.summary, settings, training_set, study) if not row.why_absent]


def read_evidence(errors, items, agreement, dataset: str, norm: str = "max") -> Evidence:
    """Read the three tables (any path may be None) and keep one data set."""
    tables = [read_statistics(path) if path else None for path in (errors, items, agreement)]
    return Evidence(
        *(table if table is None else table[(table["dataset"] == dataset) & (table["norm"] == norm)] for table in tables)
    )


def constant_mae(summary: pd.DataFrame, metabolite: str) -> float:
    """MAE of the constant predictor that a table's skill refers to; NaN without one."""
    values = summary.loc[summary["metabolite"] == metabolite, "mae_constant"]
    return float(values.iloc[0]) if len(values) else float("nan")
