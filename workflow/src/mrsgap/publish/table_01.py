"""Table 1: what is in the phantoms."""

import pandas as pd

from mrsgap.show.printed import SYNTHETIC_NOTE, Table

UNIT = "_mmol_per_l"


def phantom_table(phantoms: pd.DataFrame, synthetic: bool) -> Table:
    """Series, medium, sampling, number of spectra and the concentrations (mmol/l) of every metabolite, from phantoms.csv.

    A metabolite that is the same in a whole series is given once, else as a range; every value is in the CSV.
    """
    names = [name.removesuffix(UNIT) for name in phantoms.columns if name.endswith(UNIT)]
    rows = []
    for series, part in phantoms.groupby("series", sort=False):
        first = part.iloc[0]
        row = {"series": series, "medium": first["medium"], "spectral width (Hz)": f"{first['spectral_width_hz']:g}"}
        row |= {"spectra": len(part)}
        row |= {f"{name} (mmol/l)": _values(part[f"{name}{UNIT}"]) for name in names}
        rows.append(row | {"concentrations": ", ".join(dict.fromkeys(part["concentrations"]))})
    notes = [f"{len(phantoms)} spectra in {len(rows)} series.",
             "known: as far as published; chosen: the study's list is lost, the values are ours."]  # fmt: skip
    return Table(
        "Table 1. Phantom compositions", phantoms, pd.DataFrame(rows), [*([SYNTHETIC_NOTE] if synthetic else []), *notes]
    )


def _values(values):
    distinct = sorted(values.dropna().unique())
    if not distinct:
        return "–"
    if len(distinct) <= 3:
        return ", ".join(f"{value:g}" for value in distinct)
    return f"{distinct[0]:g} to {distinct[-1]:g} ({len(distinct)} values)"
