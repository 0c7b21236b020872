"""The law of recorded noise: posterior draws of shape and level, and the tail of the noise beside laws."""

import numpy as np
import pandas as pd

from mrsgap.core.names import SYNTHETIC
from mrsgap.show import style

CHAIN_COLOURS = (style.BLUE, style.ORANGE, style.GREEN, style.PURPLE)
NAMES = {"shape": "shape", "sigma_median": "median level (of the largest sample)"}


def noise_figure(posterior: pd.DataFrame, draws: pd.DataFrame, tail: pd.DataFrame, about: dict):
    """`posterior`, `draws`, `tail` as `quality.noise_law` makes them; `about` is its summary."""
    fig, axes = style.figure(style.PAGE_CM, 6.2, nrows=1, ncols=3)
    rows = posterior.set_index("parameter")
    for ax, letter, (name, label) in zip(axes, "ab", NAMES.items()):
        draw_posterior(ax, draws, rows.loc[name], name, label)
        style.panel_label(ax, letter)
    draw_tail(axes[2], tail, rows.loc["shape", "mean"], about["values"])
    style.panel_label(axes[2], "c")
    warning = "" if about["converged"] else "  CHAINS HAVE NOT CONVERGED"
    fig.supxlabel(f"{about['set']}: {about['values']:,} values of {about['items']} spectra{warning}", fontsize=7)
    style.mark_synthetic(fig, SYNTHETIC in about["origin"])
    return fig


def draw_posterior(ax, draws: pd.DataFrame, row: pd.Series, name: str, label: str) -> None:
    """Histogram of every chain, mean and credible interval of one parameter, R-hat and effective sample size in the title."""
    edges = np.linspace(draws[name].min(), draws[name].max(), 41) if draws[name].nunique() > 1 else 10
    for (_, chain), colour in zip(draws.groupby("chain"), CHAIN_COLOURS * len(draws)):
        ax.hist(chain[name], bins=edges, density=True, histtype="step", color=colour, lw=0.6)
    ax.axvspan(row["low"], row["high"], color=style.GREY, alpha=0.2, lw=0)
    ax.axvline(row["mean"], color=style.BLACK)
    ax.locator_params(axis="x", nbins=4)
    ax.set(xlabel=label, ylabel="density")
    ax.set_title(f"{row['mean']:.4g} ({row['low']:.4g} to {row['high']:.4g})\nR-hat {row['rhat']:.3f}, {row['ess']:.0f} draws")


def draw_tail(ax, tail: pd.DataFrame, shape: float, values: int) -> None:
    """Share of the noise beyond each magnitude, logarithmic, down to one value of all."""
    ax.plot(tail["magnitude"], tail["gaussian"], color=style.GREY, ls="--", label="Gaussian")
    ax.plot(tail["magnitude"], tail["fitted"], color=style.VERMILION, label=f"shape {shape:.3f}")
    ax.plot(tail["magnitude"], tail["recorded"], "o", ms=2, color=style.BLACK, label="recorded")
    ax.set_yscale("log")
    ax.set_ylim(0.5 / values, 1.5)
    ax.set(xlabel="magnitude (sigma)", ylabel="share beyond")
    ax.legend(loc="lower left")
