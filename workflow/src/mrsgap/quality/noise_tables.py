"""What the chains say of the noise of a set: parameters with their convergence, the draws, and the tail beside the data."""

import jax
import numpy as np
import pandas as pd
from numpyro.diagnostics import effective_sample_size, split_gelman_rubin
from scipy import special, stats

from mrsgap.quality.noise_law import SCALE, SHAPE, SIGMA, SPREAD, log_scale_ratio

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
