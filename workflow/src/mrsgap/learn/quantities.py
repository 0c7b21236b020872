"""Networks applied to a set of spectra: rows of the one table in which all methods meet."""

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.core.acquisition import unlike
from mrsgap.core.constants import LARGEST_LEARNT_FIELD_DIFFERENCE
from mrsgap.core.names import EDIT_STATES, FAILED, FLAGGED, ITEM, METABOLITE, OK, UNLIKE_TRAINING
from mrsgap.learn.model import Model
from mrsgap.quantities.table import RELATIVE, complete_rows, texts

UNITS = {"sum": "sum-normalised", "max": "max-normalised", "none": RELATIVE}


def quantify_all(models: list[Model], sets: dict[str, xr.Dataset], prepare: Callable, batch_size: int) -> pd.DataFrame:
    """Every model on every set. `prepare(spectra, window, channels)` makes network input (item, channel, bin), once a kind."""
    parts = []
    for dataset, spectra in sets.items():
        prepared: dict = {}
        for model in models:
            kind = (json.dumps(model.about["window"], sort_keys=True), model.channels)
            if kind not in prepared:
                prepared[kind] = prepare(spectra, model.about["window"], model.channels)
            parts.append(quantify(model, spectra, dataset, prepared[kind], batch_size))
    return pd.concat(parts, ignore_index=True)


def quantify(model: Model, spectra: xr.Dataset, dataset: str, x: np.ndarray, batch_size: int = 256) -> pd.DataFrame:
    """Estimates of every run of `model`, and of their mean with its standard deviation where there are several.

    `spectra` gives truth, series and origin of the items whose network input `x` (item, channel, bin) is. An item that the
    network cannot judge has NaN and the reason: another field strength or protocol, or an edit state that is absent.
    """
    reasons = refusals(model, spectra, x)
    usable = np.flatnonzero([not reason for reason in reasons])
    estimates = np.full((len(model.about["runs"]), len(x), len(model.inputs.metabolites)), np.nan)
    if usable.size:
        estimates[:, usable] = model.predict(x[usable], batch_size)
    kinds = [name.split(" ") for name in model.about["runs"]]  # [fold, 3] or [seed, 0]
    parts = [
        _rows(model, spectra, dataset, member, None, reasons, **{kind: number})
        for member, (kind, number) in zip(estimates, kinds)
    ]
    if len(kinds) > 1:
        parts.append(_rows(model, spectra, dataset, estimates.mean(axis=0), estimates.std(axis=0, ddof=1), reasons))
    return pd.concat(parts, ignore_index=True)


def refusals(model: Model, spectra: xr.Dataset, x: np.ndarray) -> list[str]:
    """Why the network cannot judge each item; empty where it can."""
    reasons = [""] * len(x)
    trained_mhz = model.about["acquisition"]["larmor_mhz"]
    recorded = spectra["larmor_mhz"].values if "larmor_mhz" in spectra else [spectra.attrs["larmor_mhz"]] * len(x)
    protocol = unlike(spectra, model.about["acquisition"], f"{UNLIKE_TRAINING} with")
    for item, larmor_mhz in enumerate(np.asarray(recorded, float)):
        if abs(larmor_mhz / trained_mhz - 1) > LARGEST_LEARNT_FIELD_DIFFERENCE:
            reasons[item] = f"recorded at {larmor_mhz:.2f} MHz, but {UNLIKE_TRAINING} at {trained_mhz:.2f} MHz"
        elif protocol[item]:
            reasons[item] = protocol[item]
        elif not np.isfinite(x[item]).all():
            reasons[item] = _missing(model, spectra, item)
    return reasons


def _missing(model: Model, spectra: xr.Dataset, item: int) -> str:
    absent = [s for s in EDIT_STATES if f"has_{s}" in spectra and not bool(spectra[f"has_{s}"].values[item])]
    needed = ", ".join(dict.fromkeys(channel.split("-")[0] for channel in model.channels))
    if absent:
        return f"no edit-{' or edit-'.join(absent)} spectrum; the network needs {needed}"
    return "the spectrum is empty or not finite"


def _rows(model, spectra, dataset, estimate, sd, reasons, **member) -> pd.DataFrame:
    """One row for every item and metabolite, (item, metabolite) in that order."""
    metabolites, about = list(model.inputs.metabolites), model.about
    many = len(metabolites)
    failed = np.repeat([bool(reason) for reason in reasons], many)
    negative = ~failed & (estimate.ravel() < 0)
    cells = {
        ITEM: np.repeat(np.array(texts(spectra[ITEM]), object), many),
        METABOLITE: np.tile(metabolites, len(reasons)),
        "estimate": estimate.ravel(),
        "sd": np.nan if sd is None else sd.ravel(),
        "status": np.select([failed, negative], [FAILED, FLAGGED], OK),
        "reason": np.where(negative, "negative estimate", np.repeat(np.array(reasons, object), many)),
    }
    named = {name: about[name] for name in ("method", "basis", "training_set")}
    return complete_rows(cells, spectra, dataset=dataset, unit=UNITS[model.inputs.normalisation], **named, **member)
