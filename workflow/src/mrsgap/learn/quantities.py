"""Networks applied to a set of spectra: rows of the one table in which all methods meet."""

import json

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.core.acquisition import by_acquisition, ends, unlike, unstated
from mrsgap.core.constants import LARGEST_LEARNT_FIELD_DIFFERENCE
from mrsgap.core.medium import IN_VIVO, media_of, without_choline
from mrsgap.core.names import EDIT_STATES, FAILED, FLAGGED, ITEM, METABOLITE, OK, REFUSED, SIMULATED, UNANSWERED
from mrsgap.learn.model import Model
from mrsgap.quantities.normalise import correlation_text
from mrsgap.quantities.table import METHOD_KEYS, RELATIVE, complete_rows, texts
from mrsgap.spectra.examples import inputs_by_window, window_of

NEGATIVE = "negative estimate"
UNITS = {"sum": "sum-normalised", "max": "max-normalised", "none": RELATIVE}


def quantify_all(models: list[Model], sets: dict[str, xr.Dataset], batch_size: int) -> pd.DataFrame:
    """Every network on every set. Models that hold copies of one network are one; network input is made once a kind."""
    networks: dict[tuple, list[Model]] = {}
    for model in models:
        networks.setdefault(tuple(model.about[name] for name in METHOD_KEYS), []).append(model)
    parts = []
    for dataset, spectra in sets.items():
        prepared: dict[tuple, np.ndarray] = {}
        for copies in networks.values():
            window, channels = copies[0].about["window"], copies[0].channels
            kind = (json.dumps(window, sort_keys=True), channels)
            if kind not in prepared:
                prepared[kind] = inputs_by_window(spectra, window, channels)
            parts.append(quantify(copies, spectra, dataset, prepared[kind], batch_size))
    return pd.concat(parts, ignore_index=True)


def quantify(models: list[Model], spectra: xr.Dataset, dataset: str, x: np.ndarray, batch_size: int = 256) -> pd.DataFrame:
    """Estimates of every copy of one network, and of their mean with its standard deviation where there are several.

    `models` hold the copies, some each; `spectra` gives truth, series and origin of the items whose network input `x`
    (item, channel, bin) is. An item that the network cannot judge has NaN and the reason: refused for another field or
    protocol, failed for an absent edit state.
    """
    model, runs = models[0], [name for part in models for name in part.about["runs"]]
    verdicts = judge(model, spectra, x)
    usable = np.flatnonzero([status not in UNANSWERED for status, _ in verdicts])
    estimates = np.full((len(runs), len(x), len(model.inputs.metabolites)), np.nan)
    scales = np.full(estimates.shape, np.nan) if model.has_scales else None
    if usable.size:
        estimates[:, usable] = np.concatenate([part.predict(x[usable], batch_size) for part in models])
        if scales is not None:  # the SD of a Laplace law
            scales[:, usable] = np.sqrt(2) * np.concatenate([part.scales(x[usable], batch_size) for part in models])
    kinds = [name.split(" ") for name in runs]  # [fold, 3] or [seed, 0]
    if len(kinds) == 1 and scales is not None:  # one network that says itself how sure it is
        return _rows(model, spectra, dataset, estimates[0], scales[0], verdicts)
    parts = [
        _rows(model, spectra, dataset, member, None, verdicts, **{kind: number})
        for member, (kind, number) in zip(estimates, kinds)
    ]
    if len(kinds) > 1:
        parts.append(_rows(model, spectra, dataset, estimates.mean(axis=0), estimates.std(axis=0, ddof=1), verdicts))
    return pd.concat(parts, ignore_index=True)


def judge(model: Model, spectra: xr.Dataset, x: np.ndarray) -> list[tuple[str, str]]:
    """Whether the network can answer for each item: `ok`, `flagged`, `refused` or `failed`, with the reason.

    An answer is flagged where a recording does not state what the network relies on; simulated spectra state nothing and are
    like the training's by construction.
    """
    verdicts = [(OK, "")] * len(x)
    low_mhz, high_mhz = ends(model.about["acquisition"]["larmor_mhz"])
    learnt = f"{low_mhz:.2f} MHz" if low_mhz == high_mhz else f"{low_mhz:.2f} to {high_mhz:.2f} MHz"
    if low_mhz == high_mhz:  # a range says itself how far it goes
        low_mhz, high_mhz = (low_mhz * (1 + side * LARGEST_LEARNT_FIELD_DIFFERENCE) for side in (-1, 1))
    recorded = spectra["larmor_mhz"].values if "larmor_mhz" in spectra else [spectra.attrs["larmor_mhz"]] * len(x)
    who = "the network learnt spectra with"
    protocol, silence = (compare(spectra, model.about["acquisition"], who) for compare in (unlike, unstated))
    origins = texts(spectra["origin"]) if "origin" in spectra else [spectra.attrs["origin"]] * len(x)
    brains = _brains(model, spectra, origins)
    for item, larmor_mhz in enumerate(np.asarray(recorded, float)):
        if not low_mhz <= larmor_mhz <= high_mhz:
            words = f"recorded at {larmor_mhz:.2f} MHz, but the network learnt spectra at {learnt}"
            verdicts[item] = (REFUSED, words)
        elif protocol[item]:
            verdicts[item] = (REFUSED, protocol[item])
        elif not np.isfinite(x[item]).all():
            verdicts[item] = (FAILED, _missing(model, spectra, item))
        elif brains[item]:
            words = f"a brain ({brains[item]}), and the network knows {', '.join(model.inputs.metabolites)} only"
            verdicts[item] = (FAILED, words)
        elif silence[item] and origins[item] != SIMULATED:
            verdicts[item] = (FLAGGED, silence[item])
    return verdicts


def _brains(model: Model, spectra: xr.Dataset, origins: list[str]) -> list[str]:
    """For every item, what says that it is a brain whose metabolites the network has not learnt; else empty."""
    if set(origins) == {SIMULATED} or not without_choline(model.inputs.metabolites):
        return [""] * len(origins)
    return [source if medium == IN_VIVO else "" for medium, source in media_of(spectra)]


def _missing(model: Model, spectra: xr.Dataset, item: int) -> str:
    absent = [s for s in EDIT_STATES if f"has_{s}" in spectra and not bool(spectra[f"has_{s}"].values[item])]
    needed = ", ".join(dict.fromkeys(channel.split("-")[0] for channel in model.channels))
    if absent:
        return f"no edit-{' or edit-'.join(absent)} spectrum; the network needs {needed}"
    ((acquisition, _),) = by_acquisition(spectra.isel({ITEM: [item]}))
    return window_of(model.about["window"]).unfit(acquisition) or "the spectrum is empty or not finite"


def _rows(model, spectra, dataset, estimate, sd, verdicts, **member) -> pd.DataFrame:
    """One row for every item and metabolite, (item, metabolite) in that order."""
    metabolites, about = list(model.inputs.metabolites), model.about
    many = len(metabolites)
    status, reason = (np.repeat(np.array(words, object), many) for words in zip(*verdicts))
    negative = estimate.ravel() < 0  # NaN, where there is no answer, is not
    doubts = ["; ".join(filter(None, (NEGATIVE if below else "", words))) for below, words in zip(negative, reason)]
    cells = {
        ITEM: np.repeat(np.array(texts(spectra[ITEM]), object), many),
        METABOLITE: np.tile(metabolites, len(verdicts)),
        "estimate": estimate.ravel(),
        "sd": np.nan if sd is None else sd.ravel(),
        "correlations": _correlations(model) * len(verdicts),
        "status": np.where(negative, FLAGGED, status),
        "reason": doubts,
    }
    named = {name: about[name] for name in ("method", "basis", "training_set")}
    return complete_rows(cells, spectra, dataset=dataset, unit=UNITS[model.inputs.normalisation], **named, **member)


def _correlations(model: Model) -> list[str]:
    """For every metabolite, how its errors went with those of the others on spectra held out, in the words of the table."""
    names, stated = list(model.inputs.metabolites), model.about.get("error_correlations")
    if stated is None:
        return [""] * len(names)
    return [correlation_text(np.array(stated), names, place) for place in range(len(names))]
