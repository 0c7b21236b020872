"""What closes the gap: errors of networks that learnt one training set each, on spectra that none of them has learnt.

Errors are of max-normalised concentrations. On sets in series their square is split: what the items of a series have in common
(bias, as series share a composition and a scanner) and what differs between them (variance).
"""

import jax
import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.basis.family import Family
from mrsgap.core.keys import named_key
from mrsgap.core.names import ITEM, METABOLITE
from mrsgap.learn.family_network import held_out_examples, members_pool
from mrsgap.learn.model import Model
from mrsgap.quantities.normalise import normalise_concentrations
from mrsgap.quantities.table import texts
from mrsgap.spectra.examples import inputs_by_window

HELD_OUT = "held-out members"


def ablation_errors(
    networks: dict[tuple, Model], held_out: Family, sets: dict[str, xr.Dataset], settings: dict, seed: int
) -> pd.DataFrame:
    """Rows (training_set, architecture, seed, judged_on, metabolite, mae, mse, bias_share, items) of every network.

    `networks` by training set, architecture and seed. They are judged on spectra of the members `held_out` under each of the
    imperfections that `settings` name, and on `sets` (by name) as far as they have a truth and hold the network's input.
    """
    pool, key, told = members_pool(held_out, settings), named_key(seed, "ablation"), settings["held_out"]
    judged = {}
    for place, (name, imperfections) in enumerate(told["imperfections"].items()):
        examples = held_out_examples(pool, settings, imperfections, told["items"], jax.random.fold_in(key, place))
        judged[f"{HELD_OUT}, {name}"] = (examples.inputs, examples.concentrations, None)
    some = next(iter(networks.values()))
    for name, spectra in sets.items():
        inputs = inputs_by_window(spectra, some.about["window"], some.channels)
        truth = spectra["truth"].sel({METABOLITE: list(some.inputs.metabolites)}).transpose(ITEM, METABOLITE).values
        usable = np.isfinite(inputs).all(axis=(1, 2)) & np.isfinite(truth).all(axis=1)
        if usable.any():
            series = np.array(texts(spectra["series"]))[usable]
            judged[name] = (inputs[usable], normalise_concentrations(truth[usable], "max"), series)
    rows = []
    for (training_set, architecture, number), model in networks.items():
        for name, (inputs, truth, series) in judged.items():
            errors = normalise_concentrations(np.maximum(model.predict(inputs)[0], 0.0), "max") - truth
            for place, metabolite in enumerate(model.inputs.metabolites):
                rows.append({
                    "training_set": training_set, "architecture": architecture, "seed": number, "judged_on": name,
                    "metabolite": metabolite, "mae": np.nanmean(np.abs(errors[:, place])),
                    "mse": np.nanmean(errors[:, place] ** 2), "bias_share": bias_share(errors[:, place], series),
                    "items": len(errors),
                })  # fmt: skip
    return pd.DataFrame(rows)


def bias_share(errors: np.ndarray, series: np.ndarray | None) -> float:
    """Share of the mean squared error (item,) that the means of series make; NaN without series.

    A mean of n items holds 1/n of their variance, which is taken off.
    """
    if series is None:
        return float("nan")
    table = pd.DataFrame({"error": errors, "series": series}).dropna().groupby("series")["error"]
    count, mean, variance = table.size(), table.mean(), table.var(ddof=1).fillna(0.0)
    bias = np.maximum(mean**2 - variance / count, 0.0)
    whole = np.nanmean(errors**2)
    return float((bias * count).sum() / count.sum() / whole) if whole > 0 else float("nan")
