"""Estimate against truth: points, the identity, and the regression line."""

import numpy as np

from mrsgap.show import style

MOST_POINTS = 3000  # more only blacken the panel


def draw_scatter(ax, truth, estimate, colour: str, line: dict | None = None, high: float = 1.0) -> None:
    """Points of one method and metabolite on square axes from 0 to `high`; `line` has slope, intercept, r2."""
    truth, estimate = np.asarray(truth, float), np.asarray(estimate, float)
    known = np.flatnonzero(np.isfinite(truth) & np.isfinite(estimate))
    shown = known[:: max(1, -(-len(known) // MOST_POINTS))]
    ax.plot([0, high], [0, high], color=style.GREY, lw=0.4, zorder=1)
    ax.plot(truth[shown], estimate[shown], ls="none", marker=".", ms=2.4, mew=0, alpha=0.5, color=colour, rasterized=True)
    if line is not None and np.isfinite(line["slope"]):
        ends = np.array([0, high])
        ax.plot(ends, line["intercept"] + line["slope"] * ends, color=style.BLACK, lw=0.5, ls="--", zorder=3)
        ax.text(
            0.05,
            0.95,
            f"slope {line['slope']:.2f}\nR² {line['r2']:.3f}",
            ha="left",
            va="top",
            fontsize=5.5,
            transform=ax.transAxes,
        )
    ax.set_xlim(0, high)
    ax.set_ylim(-0.05 * high, 1.08 * high)
    ax.set_xticks([0, 0.5 * high, high], labels=["0", "", "1"] if high == 1 else None)
    ax.set_yticks([0, 0.5 * high, high], labels=["0", "", "1"] if high == 1 else None)
    ax.set_aspect("equal", adjustable="box")
