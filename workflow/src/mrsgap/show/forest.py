"""The answer first: how far every method is from the truth, with intervals, beside the predictor that does not look."""

import numpy as np

from mrsgap.show import style


def draw_forest(ax, names: list[str], values, lows, highs, constant: float) -> None:
    """One row per method, first on top: a marker at `values`, a bar from `lows` to `highs`, a line at the constant's error."""
    for row, (name, value, low, high) in enumerate(zip(names, values, lows, highs)):
        if np.isfinite(value):
            colour, marker = style.look(name).values()
            hollow = name.endswith("(ensemble)")
            ax.plot([low, high], [row, row], color=colour, lw=1.2, solid_capstyle="butt")
            ax.plot([value], [row], marker=marker, ms=4, color=colour, mfc="white" if hollow else colour, mew=0.8)
    if np.isfinite(constant):
        ax.axvline(constant, color=style.GREY, lw=0.8, ls=":")
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_xlim(left=0)
    ax.set_yticks(range(len(names)), labels=names)
    ax.grid(axis="y", color="0.92", lw=0.4)
    ax.set_axisbelow(True)
