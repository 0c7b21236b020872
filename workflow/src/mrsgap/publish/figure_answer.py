"""The answer first: how far every method is from the truth, with intervals, beside the predictor that does not look."""

import numpy as np

from mrsgap.publish.evidence import STUDY_METHODS, Evidence, constant_mae
from mrsgap.show import style


def answer_figure(evidence: Evidence, settings: dict, training_set: str):
    """MAE of every method with its interval over batches of phantoms, one panel per metabolite and one overall."""
    metabolites = [*settings["overall"], "Overall"]
    rows = [row for row in evidence.methods(settings, training_set, STUDY_METHODS) if row.group != "constant"]
    size = (style.PAGE_CM, 1.8 + 0.42 * max(len(rows), 4))
    fig, axes = style.figure(*size, nrows=1, ncols=len(metabolites), sharey=True, squeeze=False)
    for ax, metabolite in zip(axes[0], metabolites):
        ax.set_title(metabolite)
        if not rows:
            style.say(ax, "no results at this scale")
            continue
        cells = [row.of(metabolite) for row in rows]
        values, low, high = (_column(cells, name) for name in ("mae", "cluster_low", "cluster_high"))
        half = _column(cells, "mae") - _column(cells, "normal_low")
        low, high = np.where(np.isfinite(low), low, values - half), np.where(np.isfinite(high), high, values + half)
        draw_forest(ax, [row.name for row in rows], values, low, high, constant_mae(evidence.summary, metabolite))
    fig.supxlabel(
        "MAE of max-normalised concentrations, with interval over batches of phantoms; dotted: constant predictor", fontsize=7
    )
    style.mark_synthetic(fig, evidence.synthetic)
    return fig


def _column(cells, name):
    return np.array([cell[name].iloc[0] if len(cell) else np.nan for cell in cells], float)


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
