"""The law of recorded noise: generalised Gaussian, its shape and scale with posteriors from Markov chains.

In regions without signal the bins x of a spectrum, real and imaginary parts alike, are taken to follow

    p(x) = shape / (2 scale Gamma(1 / shape)) exp(-(|x| / scale)^shape)
    sigma = scale sqrt(Gamma(3 / shape) / Gamma(1 / shape)), the standard deviation

(Nadarajah, J Appl Stat 32:685, 2005), with one shape for a set of spectra and one scale for each of them, in the unit in which
training sets draw their noise, the largest sample of edit-off. Priors and sampling: noise.md 2. What the chains say of a set:
parameters with their convergence, the draws, and the tail beside the data.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import pandas as pd
import xarray as xr
from jax.scipy.special import gammaln
from numpy.polynomial import chebyshev
from numpyro import distributions
from numpyro.diagnostics import effective_sample_size, split_gelman_rubin
from numpyro.infer import MCMC, NUTS, init_to_value
from scipy import special, stats

from mrsgap.core.acquisition import Acquisition, by_acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.names import EDIT, EDIT_STATES, ITEM, OFF
from mrsgap.core.signal import spectrum

SHAPES = (0.25, 8.0)  # of a cusp with far tails, and of a box in all but name
NODES = 48  # Chebyshev nodes of the power sums over the logarithm of the shape: exact to 1e-9
FEWEST_BINS = 9  # of a region, beyond the terms of its trend
SHAPE, SIGMA, SPREAD, SCALE = "shape", "sigma_median", "sigma_log_sd", "scale_median"


class PowerSums(NamedTuple):
    """All that the likelihood needs of the noise of a set: for every item log(mean |x / rms|^shape) over shape, as a series.

    `coefficients` (term, item) of Chebyshev polynomials in the logarithm of the shape over `SHAPES`; `counts` and `log_rms`
    (item,).
    """

    coefficients: np.ndarray
    counts: np.ndarray
    log_rms: np.ndarray


@dataclass(frozen=True)
class Chains:
    """How many chains run side by side, how long they adapt, and how many draws each of them keeps."""

    chains: int
    warm_up: int
    draws: int


def noise_bins(dataset: xr.Dataset, regions_ppm, trend_degree: int) -> dict[str, np.ndarray]:
    """Noise of every item of a measured set in regions without signal: values (value,) by item.

    Values are real and imaginary parts, in both edit states, of the unfilled spectrum over sqrt(points), which makes bins as
    large as samples (Parseval), and over the largest sample of edit-off. A polynomial of `trend_degree` is taken out of every
    part of every region, for the tails of water. A state with NaN is left out, and an item without an edit-off signal;
    `InputError` where nothing is left.
    """
    found = {}
    for acquisition, part in by_acquisition(dataset):
        fids = part["fid"].sel({EDIT: list(EDIT_STATES)}).values  # (item, edit, time)
        for item, fid in zip(part[ITEM].values.tolist(), fids):
            largest = np.max(np.abs(fid[EDIT_STATES.index(OFF)]), initial=0.0)
            fid = fid[np.isfinite(fid).all(axis=-1)]  # a recording may lack a state
            if np.isfinite(largest) and largest > 0:
                values = list(_regions(fid / (largest * np.sqrt(acquisition.points)), acquisition, regions_ppm, trend_degree))
                if values:
                    found[str(item)] = np.concatenate(values)
    if not found:
        raise InputError(f"no spectrum has noise to learn from in the regions {list(regions_ppm)} ppm",
                         cure="Widen `statistics.sim_to_real.noise_regions_ppm`, or choose another measured set")  # fmt: skip
    return found


def _regions(fid, acquisition: Acquisition, regions_ppm, degree: int) -> Iterator[np.ndarray]:
    values, axis = spectrum(np.asarray(fid, np.complex128)), acquisition.ppm  # (edit, bin)
    for low, high in regions_ppm:
        inside = values[:, (axis >= low) & (axis <= high)]
        count = inside.shape[-1]
        if count >= FEWEST_BINS + degree:
            trend, _ = np.linalg.qr(np.linspace(-1, 1, count)[:, None] ** np.arange(degree + 1))
            for part in (inside.real, inside.imag):
                left = part - (part @ trend) @ trend.T
                yield left.ravel() * np.sqrt(count / (count - degree - 1))  # the trend took its share of the variance


def power_sums(bins: list[np.ndarray]) -> PowerSums:
    """The statistics of the noise values of every item, (value,) each."""
    coefficients, counts, log_rms = [], [], []
    for values in bins:
        rms = np.sqrt(np.mean(values**2))
        log_size = np.log(np.maximum(np.abs(values) / rms, np.finfo(float).tiny))

        def log_mean(place, log_size=log_size):
            shape = np.exp(_log_shape(place))
            return special.logsumexp(shape[:, None] * log_size, axis=1) - np.log(log_size.size)

        coefficients.append(chebyshev.chebinterpolate(log_mean, NODES - 1))
        counts.append(values.size)
        log_rms.append(np.log(rms))
    return PowerSums(np.stack(coefficients, axis=1), np.array(counts, float), np.array(log_rms))


def _log_shape(place):
    """Logarithm of the shape at a place from -1 to 1."""
    low, high = np.log(SHAPES)
    return low + (high - low) * (place + 1) / 2


def log_scale_ratio(shape):
    """Logarithm of scale over sigma."""
    return (gammaln(1 / shape) - gammaln(3 / shape)) / 2


def model(sums: PowerSums) -> None:
    """The noise of a set: one shape, with the scale of every item integrated out; both priors are flat in the logarithm."""
    place = numpyro.sample("place", distributions.Uniform(-1, 1))
    shape = numpyro.deterministic(SHAPE, jnp.exp(_log_shape(place)))
    power = log_power_sums(sums, place)  # (item,)
    count = sums.counts / shape
    norm = sums.counts * (jnp.log(shape / 2) - gammaln(1 / shape))
    numpyro.factor("likelihood", jnp.sum(norm + gammaln(count) - jnp.log(shape) - count * power))


def log_power_sums(sums: PowerSums, place):
    """Logarithm of the sum of |x / rms|^shape of every item, (..., item), at a place (...) from -1 to 1."""
    angle = jnp.arccos(jnp.clip(place, -1, 1) * (1 - 1e-12))  # whose derivative is infinite at the ends
    terms = jnp.cos(angle[..., None] * jnp.arange(NODES))
    return jnp.log(sums.counts) + terms @ sums.coefficients


def sample_posterior(key, sums: PowerSums, settings: Chains) -> dict[str, jax.Array]:
    """Draws by name (chain, draw): `shape`, medians and spread over the items, and `sigma` (chain, draw, item).

    The shape by No-U-turn sampling (Hoffman and Gelman, J Mach Learn Res 15:1593, 2014); given it, the sum of |x / scale|^shape
    has a gamma distribution, from which the scales are drawn. Works under `jax.vmap` over sets of equal size.
    """
    shape_key, scale_key = jax.random.split(key)
    kernel = NUTS(model, init_strategy=init_to_value(values={"place": jnp.zeros(())}))
    chains = MCMC(kernel, num_warmup=settings.warm_up, num_samples=settings.draws, num_chains=settings.chains,
                  chain_method="vectorized", progress_bar=False, jit_model_args=True)  # fmt: skip
    chains.run(shape_key, sums)
    drawn = chains.get_samples(group_by_chain=True)
    shape = drawn[SHAPE][..., None]
    total = jax.random.gamma(scale_key, jnp.broadcast_to(sums.counts / shape, (*shape.shape[:-1], sums.counts.size)))
    log_scale = sums.log_rms + (log_power_sums(sums, drawn["place"]) - jnp.log(total)) / shape
    log_sigma = log_scale - log_scale_ratio(shape)
    return {SHAPE: drawn[SHAPE], SIGMA: jnp.exp(log_sigma.mean(axis=-1)), SPREAD: log_sigma.std(axis=-1),
            SCALE: jnp.exp(log_scale.mean(axis=-1)), "sigma": jnp.exp(log_sigma)}  # fmt: skip


LARGEST_RHAT, SMALLEST_ESS = 1.01, 400  # converged (Vehtari et al., Bayesian Anal 16:667, 2021)
POSTERIOR_COLUMNS = ["parameter", "mean", "sd", "low", "high", "rhat", "ess", "converged"]
TAIL_COLUMNS = ["magnitude", "recorded", "fitted", "gaussian"]


def posterior_table(draws: dict[str, np.ndarray], items: list[str], level: float) -> pd.DataFrame:
    """Mean, SD, equal-tailed credible interval at `level`, split R-hat and effective sample size of every parameter.

    Rows are the parameters of the set, then sigma of each of `items`. The spread of a single spectrum is zero by definition
    and has neither R-hat nor effective size.
    """
    named = {name: draws[name] for name in (SHAPE, SIGMA, SPREAD, SCALE)}
    named |= {f"sigma {item}": draws["sigma"][..., index] for index, item in enumerate(items)}
    rows = []
    for name, values in named.items():
        values = np.asarray(values, float)
        low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
        moves = np.ptp(values) > 0
        rhat = float(split_gelman_rubin(values)) if moves else np.nan
        ess = float(effective_sample_size(values)) if moves else np.nan
        converged = not moves or (rhat < LARGEST_RHAT and ess > SMALLEST_ESS)
        rows.append((name, values.mean(), values.std(ddof=1), low, high, rhat, ess, converged))
    return pd.DataFrame(rows, columns=POSTERIOR_COLUMNS)


def tail_table(bins: dict[str, np.ndarray], posterior: pd.DataFrame, points: int = 60) -> pd.DataFrame:
    """Share of the noise beyond each magnitude: recorded, by the fitted law, and if it were Gaussian.

    Magnitudes are in units of each item's sigma and run from 0 to the largest recorded.
    """
    mean = posterior.set_index("parameter")["mean"]
    sizes = np.sort(np.concatenate([np.abs(values) / mean[f"sigma {item}"] for item, values in bins.items()]))
    magnitude = np.linspace(0, sizes[-1], points)
    recorded = 1 - np.searchsorted(sizes, magnitude, side="left") / sizes.size
    scale = np.exp(float(log_scale_ratio(mean[SHAPE])))
    fitted = special.gammaincc(1 / mean[SHAPE], (magnitude / scale) ** mean[SHAPE])
    return pd.DataFrame(dict(zip(TAIL_COLUMNS, (magnitude, recorded, fitted, 2 * stats.norm.sf(magnitude)))))


def draws_table(draws: dict[str, jax.Array]) -> pd.DataFrame:
    """The parameters of the set, one row for every draw of every chain."""
    shape = draws[SHAPE].shape
    places = {name: np.indices(shape)[axis].ravel() for axis, name in enumerate(("chain", "draw"))}
    return pd.DataFrame(places | {name: np.asarray(draws[name]).ravel() for name in (SHAPE, SIGMA, SPREAD, SCALE)})


def posterior_summary(posterior: pd.DataFrame, bins: dict[str, np.ndarray]) -> dict:
    """The parameters of the set by name, whether they converged, and what they rest on; as `noise.estimated_from` reads it."""
    table = posterior[~posterior["parameter"].str.startswith("sigma ")].set_index("parameter").astype(object)
    numbers = table.drop(columns="converged").where(table.notna(), None)
    return {"parameters": numbers.to_dict("index"), "converged": bool(table["converged"].all()), "items": len(bins),
            "values": sum(map(len, bins.values()))}  # fmt: skip
