"""Figure 6: estimated against true concentrations on simulated spectra, every network and metabolite."""

import numpy as np
import pandas as pd

from mrsgap.publish.evidence import STUDY_NETWORKS, Evidence, method_rows
from mrsgap.show import style

MOST_POINTS = 3000  # more only blacken the panel


def simulation_scatter_figure(judged: pd.DataFrame, evidence: Evidence, settings: dict, training_set: str):
    """Grid of metabolites (rows) and networks (columns); `judged` are the answers of single trained copies."""
    metabolites = settings["overall"]
    rows = [row for row in method_rows(evidence.summary, settings, training_set, STUDY_NETWORKS) if row.group == "study"]
    size = (style.PAGE_CM, 2.55 * len(metabolites) + 1.6)
    fig, axes = style.figure(*size, nrows=len(metabolites), ncols=max(len(rows), 1), squeeze=False)
    lines = evidence.agreement.set_index(["label", "metabolite"])
    for place, (column, row) in enumerate(zip(axes.T, rows)):
        column[0].set_title(row.name, fontsize=7)
        for ax, metabolite in zip(column, metabolites):
            if row.why_absent:
                style.say(ax, row.why_absent)
                continue
            label = row.rows["label"].iloc[0]
            mine = judged[(judged["label"] == label) & (judged["metabolite"] == metabolite)]
            line = dict(lines.loc[(label, metabolite)])
            draw_scatter(ax, mine["truth"], mine["estimate"], style.look(row.name)["color"], line)
            if place:
                ax.tick_params(labelleft=False)
            if metabolite != metabolites[-1]:
                ax.tick_params(labelbottom=False)
    for ax, metabolite in zip(axes[:, 0], metabolites):
        ax.set_ylabel(metabolite)
    fig.supxlabel("true concentration (max-normalised)", fontsize=7.5)
    fig.supylabel("estimated concentration (max-normalised)", fontsize=7.5)
    return fig


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
