"""Estimates against truths: Figure 6 on simulated spectra; on the phantoms as Bland and Altman draw it, bias and limits."""

import numpy as np
import pandas as pd

from mrsgap.publish.evidence import STUDY_METHODS, STUDY_NETWORKS, Evidence, method_rows
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
            mine, line = _answers(judged, row, metabolite), dict(lines.loc[(row.label, metabolite)])
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


def _answers(judged, row, metabolite):
    """What a method says of a metabolite, a row per spectrum."""
    return judged[(judged["label"] == row.label) & (judged["metabolite"] == metabolite)]


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


def bland_altman_figure(judged: pd.DataFrame, evidence: Evidence, settings: dict, training_set: str):
    """Difference over mean of estimate and truth, metabolites in rows and methods in columns."""
    rows = [row for row in evidence.methods(settings, training_set, STUDY_METHODS) if row.group in ("study", "own", "oracle")]
    metabolites = settings["overall"]
    size = (style.PAGE_CM, 2.9 * len(metabolites) + 1.6)
    fig, axes = style.figure(*size, nrows=len(metabolites), ncols=max(len(rows), 1), sharex=True, sharey="row", squeeze=False)
    limits = evidence.agreement.set_index(["label", "metabolite"])
    ours = evidence.agreement[evidence.agreement["label"].isin([row.label for row in rows])]
    reach = {name: _reach(ours[ours["metabolite"] == name]) for name in metabolites}
    for column, row in zip(axes.T, rows):
        column[0].set_title(row.name, fontsize=7)
        for ax, metabolite in zip(column, metabolites):
            mine = _answers(judged, row, metabolite)
            if mine.empty:
                style.say(ax, "not quantified")
                continue
            here = dict(limits.loc[(row.label, metabolite)])
            draw_bland_altman(ax, mine["truth"], mine["estimate"], here, style.look(row.name)["color"], reach[metabolite])
            ax.text(0.97, 0.97, limits_text(here), ha="right", va="top", fontsize=5.5, transform=ax.transAxes)
    for ax, metabolite in zip(axes[:, 0], metabolites):
        ax.set_ylabel(metabolite)
        if not rows:
            style.say(ax, "no results at this scale")
    fig.supxlabel("mean of estimate and truth (max-normalised)", fontsize=7.5)
    fig.supylabel("estimate − truth", fontsize=7.5)
    style.mark_synthetic(fig, evidence.synthetic)
    return fig


def _reach(agreement):
    """Half the height of a panel: the widest limits of agreement, with room above them for the numbers."""
    widest = agreement[["lower_low", "upper_high"]].abs().to_numpy(float)
    return 1.75 * float(np.nanmax(widest)) if np.isfinite(widest).any() else 1.0


def draw_bland_altman(ax, truth, estimate, limits: dict, colour: str, reach: float) -> None:
    """Differences as points; bias (solid) and limits of agreement (dashed), each with its interval as a band.

    `limits` has bias, bias_low, bias_high, lower, lower_low, lower_high, upper, upper_low, upper_high; NaN ones are not drawn.
    The axis runs from -`reach` to `reach`; points beyond it sit at its edge as triangles.
    """
    truth, estimate = np.asarray(truth, float), np.asarray(estimate, float)
    ax.axhline(0, color=style.GREY, lw=0.4, zorder=0)
    ax.plot(
        (truth + estimate) / 2, estimate - truth, ls="none", marker=".", ms=2, mew=0, alpha=0.6, color=colour, rasterized=True
    )
    for name, dash in (("bias", "-"), ("lower", "--"), ("upper", "--")):
        if np.isfinite(limits[name]):
            ax.axhspan(limits[f"{name}_low"], limits[f"{name}_high"], color=style.BLACK, alpha=0.12, lw=0)
            ax.axhline(limits[name], color=style.BLACK, lw=0.8, ls=dash)
    ax.set_xlim(0, 1.02)
    ax.set_ylim(-reach, reach)


def limits_text(limits: dict) -> str:
    """Bias and limits as a panel shows them."""
    if not np.isfinite(limits["bias"]):
        return ""
    return f"{limits['bias']:+.3f}\n[{limits['lower']:+.2f}, {limits['upper']:+.2f}]".replace("-", "−")
