"""The curves of a finished fit: data, fit, baseline and each metabolite at the fitted bins."""

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.core.names import ITEM, METABOLITE, SIMULATED
from mrsgap.core.signal import transform
from mrsgap.lcm.channels import CHANNELS
from mrsgap.lcm.model import rotate, signals, to_bins, unrotate
from mrsgap.lcm.parameters import PHASE0, PHASE1
from mrsgap.lcm.quantify import Fitted

MOST = 100  # recordings whose curves are kept


def fit_curves(fitted: list[Fitted], items) -> xr.Dataset:
    """Real, phased spectra of the named `items`: data, fit, baseline (item, channel, bin), metabolites (item, metabolite, ...).

    `fit` includes the baseline, metabolite curves do not; data less fit is the residual. Acquisitions have different grids:
    `ppm` is (item, bin), and what a shorter grid lacks is NaN. Without items the data set is empty.
    """
    parts = [_part(one, places) for one in fitted if (places := _places(one, items))]
    if not parts:
        nothing = ((ITEM, "channel", "bin"), np.empty((0, 0, 0), np.float32))
        return xr.Dataset(dict.fromkeys(("data", "fit", "baseline"), nothing), {ITEM: np.empty(0, str)})
    longest = max(part.sizes["bin"] for part in parts)
    padded = [part.pad(bin=(0, longest - part.sizes["bin"]), constant_values=np.nan) for part in parts]
    return xr.concat(padded, dim=ITEM, join="exact").sel({ITEM: list(items)})


def kept_curves(fitted: list[Fitted], kinds: list[str], origin: str) -> xr.Dataset:
    """`fit_curves` of what is worth looking at, with `rank`: least, median, largest residual, or empty for any other item.

    Of simulated spectra the three of `best_median_worst` are kept; a recording (`origin`) has its reader, who wants to see each
    one: `MOST` at most, the ranked ones first.
    """
    drawn, ranked = worth_drawing(fitted, kinds)
    words = {item: word for word, item in ranked.items()}
    items = words
    if origin != SIMULATED:
        others = (item for part in drawn for item in part.quality["item"])
        items = dict(list((words | {item: words.get(item, "") for item in others}).items())[:MOST])
    return fit_curves(drawn, list(items)).assign(rank=(ITEM, np.array(list(items.values()), str)))


def worth_drawing(fitted: list[Fitted], kinds: list[str]) -> tuple[list[Fitted], dict[str, str]]:
    """The first of `kinds` that fitted any item, and its `best_median_worst`: a difference alone has no joint fit."""
    for kind in kinds:
        chosen = [part for part in fitted if part.kind == kind]
        items = best_median_worst(pd.concat([part.quality for part in chosen])) if chosen else {}
        if items:
            return chosen, items
    return [], {}


def best_median_worst(quality) -> dict[str, str]:
    """Items with the least, median and largest residual relative to noise, by that word; fewer where items are fewer."""
    ranked = quality.dropna(subset="residual_over_noise").sort_values(["residual_over_noise", "item"])["item"].tolist()
    places = {0: "least", len(ranked) // 2: "median", len(ranked) - 1: "largest"} if ranked else {}
    return {word: ranked[place] for place, word in places.items()}


def _places(fitted: Fitted, items) -> list[int]:
    return [place for place, item in enumerate(fitted.quality["item"]) if item in set(items)]


def _part(fitted: Fitted, places) -> xr.Dataset:
    problem, fit = fitted.problem, fitted.fit
    fid = fitted.fid[places][..., : len(problem.time_s)]
    one = jax.jit(jax.vmap(_curves, in_axes=(None, 0, 0, 0, 0)))
    arrays = (fitted.bases(places), fit.theta[places], fit.amplitude[places], fid)
    spectra = one(jax.tree.map(jnp.asarray, problem), *arrays)
    data, baseline, each = (np.asarray(part.real, np.float32) for part in spectra)
    grid = np.broadcast_to(problem.ppm, (len(places), len(problem.ppm)))
    return xr.Dataset(
        {
            "ppm": ((ITEM, "bin"), grid),
            "data": ((ITEM, "channel", "bin"), data),
            "fit": ((ITEM, "channel", "bin"), baseline + each.sum(1)),
            "baseline": ((ITEM, "channel", "bin"), baseline),
            "metabolites": ((ITEM, METABOLITE, "channel", "bin"), each),
        },
        coords={
            ITEM: fitted.quality["item"].iloc[places].tolist(),
            "channel": list(CHANNELS[fitted.kind]),
            METABOLITE: list(fitted.metabolites),
        },
        attrs={"method": fitted.method},
    )


def _curves(problem, basis, theta, amplitude, fid):
    problem = problem._replace(basis=basis)
    back = jnp.exp(-1j * (theta[PHASE0] + theta[PHASE1] * problem.offset_ppm))
    data = transform(fid * problem.turn, jnp)[..., : problem.ppm.shape[0]]
    each = to_bins(problem, theta, signals(problem, theta)) * amplitude[:, None, None]  # (metabolite, channel, bin)
    left = rotate(data - each.sum(0))
    smooth = jnp.einsum("cr,ckr->ck", jnp.einsum("ck,ckr->cr", left, problem.smooth), problem.smooth)
    baseline = unrotate(smooth)
    return data * back, baseline * back, each * back
