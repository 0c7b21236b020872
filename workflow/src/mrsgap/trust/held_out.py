"""What a network that ships is worth on scanners it has never met: coverage, calibration of its intervals, correlated errors.

On spectra of the members that its family held out. Sums and ratios take their uncertainty from joint draws: errors that were
made together on held-out spectra, in units of the scales that the network gave, are added to an estimate together.
"""

import json
from pathlib import Path

import jax
import numpy as np
import pandas as pd

from mrsgap.basis.family import Family
from mrsgap.core.files import write_json, write_table
from mrsgap.core.job import log
from mrsgap.core.keys import named_key
from mrsgap.learn.checkpoint import write_arrays
from mrsgap.learn.family_network import held_out_examples, members_pool
from mrsgap.learn.model import Model, features, read_model
from mrsgap.quantities.normalise import correlation_text, ratios
from mrsgap.spectra.render import Examples
from mrsgap.trust.ratios import calibrate, conformal_factor

BANK = 1000  # joint errors that are kept
LARGE = 0.15  # an error of a max-normalised concentration that misleads


def standard_errors(model: Model, examples: Examples) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Estimates, their scales, and errors in units of the scales, of the first network of `model`, each (item, metabolite)."""
    estimates, scales = model.predict(examples.inputs)[0], model.scales(examples.inputs)[0]
    return estimates, scales, (estimates - examples.concentrations) / scales


def error_correlations(errors: np.ndarray) -> np.ndarray:
    """Correlations (metabolite, metabolite) of errors (item, metabolite), by ranks: a few wild items do not make them.

    Pearson's r of a normal pair with Spearman's rho is 2 sin(pi rho / 6) (Pearson, 1907).
    """
    ranks = pd.DataFrame(errors).rank()
    return 2 * np.sin(np.pi / 6 * ranks.corr().fillna(0.0).to_numpy()) * (1 - np.eye(errors.shape[1])) + np.eye(errors.shape[1])


def coverage(model: Model, sets: dict[str, Examples], wanted: float) -> pd.DataFrame:
    """How often intervals hold the truth, by set and metabolite, and of sums and ratios by joint draws.

    The factor on the scales, one for each metabolite, and the bank of joint errors come from half of the first set, which is
    not counted. Rows: set, metabolite, mean absolute error, factor, share of items inside, mean half width, items, and how many
    errors above .15 there are (`large`).
    """
    names, first = list(model.inputs.metabolites), next(iter(sets))
    known = standard_errors(model, sets[first])[2][::2]
    factors = np.array([conformal_factor(np.abs(column), wanted) for column in known.T])
    rows = []
    for name, examples in sets.items():
        keep = slice(1, None, 2) if name == first else slice(None)
        truth = examples.concentrations[keep]
        estimates, scales, errors = (values[keep] for values in standard_errors(model, examples))
        for place, metabolite in enumerate(names):
            size, half = np.abs(errors[:, place] * scales[:, place]), factors[place] * scales[:, place]
            rows.append(_row(name, metabolite, size, size <= half, half) | {"factor": factors[place]})
        draws = joint_draws(estimates, scales, known[:BANK])
        for what, quantity in _derived(names).items():
            low, high = interval_of(quantity, draws, wanted)
            value, said = quantity(truth), quantity(estimates)
            there = np.isfinite(value)  # no ratio to what is not there
            inside = (value >= low) & (value <= high)
            rows.append(_row(name, what, np.abs(said - value)[there], inside[there], (0.5 * (high - low))[there]))
    return pd.DataFrame(rows).assign(wanted=wanted)


def _row(name: str, what: str, size: np.ndarray, inside: np.ndarray, half: np.ndarray) -> dict:
    return {"set": name, "metabolite": what, "mae": np.nanmean(size), "covered": inside.mean(), "half_width": half.mean(),
            "items": len(size), "large": int((size > LARGE).sum())}  # fmt: skip


def _derived(names: list[str]) -> dict:
    """What is made of several metabolites by name, as functions of concentrations (..., metabolite)."""
    place = {name: index for index, name in enumerate(names)}
    found = {}
    if {"Gln", "Glu"} <= set(names):
        found["Gln+Glu"] = lambda values: values[..., place["Gln"]] + values[..., place["Glu"]]
    if {"GABA", "NAA"} <= set(names):
        found["GABA/NAA"] = lambda values: _quotient(values[..., place["GABA"]], values[..., place["NAA"]])
    return found


def _quotient(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """above / below; NaN where what is below is less than a tenth of the largest concentration."""
    return np.where(below >= 0.1, above / np.where(below >= 0.1, below, 1.0), np.nan)


def as_quantities(model: Model, examples: Examples, dataset: str) -> pd.DataFrame:
    """Held-out items as rows of the table of quantities, as far as ratios and their calibration read them."""
    estimates, scales, errors = standard_errors(model, examples)
    names, count = list(model.inputs.metabolites), len(estimates)
    stated = error_correlations(errors[::2])
    return pd.DataFrame(
        {
            "method": model.about["method"],
            "basis": model.about["basis"],
            "training_set": model.about["training_set"],
            "fold": "",
            "seed": "",
            "dataset": dataset,
            "origin": "simulated",
            "series": "",
            "item": np.repeat(np.arange(count).astype(str), len(names)),
            "metabolite": np.tile(names, count),
            "estimate": estimates.ravel(),
            "sd": np.sqrt(2) * scales.ravel(),
            "crlb": np.nan,
            "correlations": [correlation_text(stated, names, place) for place in range(len(names))] * count,
            "truth": examples.concentrations.astype(float).ravel(),
            "unit": "max-normalised",
            "status": "ok",
            "reason": "",
        }
    )


def joint_draws(estimates: np.ndarray, scales: np.ndarray, bank: np.ndarray) -> np.ndarray:
    """Concentrations (draw, item, metabolite) that the estimates (item, metabolite) leave possible; none is below zero.

    `bank` (draw, metabolite) holds errors that were made together, in units of the scales.
    """
    return np.maximum(estimates - bank[:, None] * scales, 0.0)


def interval_of(quantity, draws: np.ndarray, wanted: float) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the central interval of `quantity(draws)`, for example of a ratio or a sum of metabolites; (item,) each."""
    values = quantity(draws)
    return np.nanquantile(values, (1 - wanted) / 2, axis=0), np.nanquantile(values, (1 + wanted) / 2, axis=0)


def _features(model: Model, inputs) -> np.ndarray:
    return features(model.about["architecture"], model.about["hyper"], model.inputs, model.state, inputs)


def judge_on_held_out(
    folder, training: Family, held_out: Family, settings: dict, references: list[str], seed: int
) -> pd.DataFrame:
    """Write `coverage.csv`, `calibration.csv` (of ratios to `references`) and `range.msgpack` beside the network in `folder`.

    `settings` are those of `learn.family_network`; spectra of both kinds of members are drawn anew. How errors go together is
    added to the network's own description. Returns the coverage.
    """
    model, training, held_out = read_model(folder), members_pool(training, settings), members_pool(held_out, settings)
    folder, told, key = Path(folder), settings["held_out"], named_key(seed, "held out", model.about["method"])
    sets = {
        name: held_out_examples(held_out, settings, imperfections, told["items"], jax.random.fold_in(key, place))
        for place, (name, imperfections) in enumerate(told["imperfections"].items())
    }
    covered = coverage(model, sets, told["coverage"])
    write_table(folder / "coverage.csv", covered)
    name, first = next(iter(sets.items()))
    rows = as_quantities(model, first, name)
    write_table(
        folder / "calibration.csv",
        calibrate(pd.concat([ratios(rows, reference) for reference in references]), told["coverage"]),
    )
    errors = standard_errors(model, first)[2][::2]
    known = held_out_examples(
        training, settings, settings["imperfections"], told["range_items"], jax.random.fold_in(key, len(sets))
    )
    arrays = {"features": _features(model, known.inputs).astype(np.float16), "errors": errors[:BANK].astype(np.float16)}
    write_arrays(folder / "range.msgpack", arrays, {})
    description = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    kept = {name: list(values.shape) for name, values in arrays.items()}
    correlations = error_correlations(errors).round(4).tolist()
    write_json(folder / "model.json", description | {"error_correlations": correlations, "kept": kept})
    for row in covered.itertuples():
        log.info("%s, %s: error %.4f, %.1f %% covered", row.set, row.metabolite, row.mae, 100 * row.covered)
    return covered
