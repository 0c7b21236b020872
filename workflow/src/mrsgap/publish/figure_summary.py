"""Three pictures beyond the study's: the answer at a glance, agreement, and what a training set changes."""

import numpy as np
import pandas as pd

from mrsgap.publish.error_tables import STUDY_METHODS, in_order
from mrsgap.publish.evidence import Evidence, constant_mae
from mrsgap.show import style
from mrsgap.show.agreement import draw_bland_altman, limits_text
from mrsgap.show.forest import draw_forest
from mrsgap.show.heat_map import draw_distances


def answer_figure(evidence: Evidence, settings: dict, training_set: str):
    """MAE of every method with its interval over series, one panel per metabolite and one overall."""
    metabolites = [*settings["overall"], "Overall"]
    rows = [row for row in evidence.methods(settings, training_set, STUDY_METHODS) if row.group != "constant"]
    size = (style.PAGE_CM, 1.8 + 0.42 * max(len(rows), 4))
    fig, axes = style.figure(*size, nrows=1, ncols=len(metabolites), sharey=True, squeeze=False)
    for ax, metabolite in zip(axes[0], metabolites):
        ax.set_title(metabolite)
        if not rows:
            style.say(ax, "no results at this scale")
            continue
        cells = [row.rows[row.rows["metabolite"] == metabolite] for row in rows]
        values, low, high = (_column(cells, name) for name in ("mae", "cluster_low", "cluster_high"))
        half = _column(cells, "mae") - _column(cells, "normal_low")
        low, high = np.where(np.isfinite(low), low, values - half), np.where(np.isfinite(high), high, values + half)
        draw_forest(ax, [row.name for row in rows], values, low, high, constant_mae(evidence.summary, metabolite))
    fig.supxlabel("MAE of max-normalised concentrations, with interval over series; dotted: constant predictor", fontsize=7)
    style.mark_synthetic(fig, evidence.synthetic)
    return fig


def _column(cells, name):
    return np.array([cell[name].iloc[0] if len(cell) else np.nan for cell in cells], float)


def bland_altman_figure(judged: pd.DataFrame, evidence: Evidence, settings: dict, training_set: str):
    """Difference over mean of estimate and truth, metabolites in rows and methods in columns."""
    rows = [row for row in evidence.methods(settings, training_set, STUDY_METHODS) if row.group in ("study", "own", "oracle")]
    metabolites = settings["overall"]
    size = (style.PAGE_CM, 2.9 * len(metabolites) + 1.6)
    fig, axes = style.figure(*size, nrows=len(metabolites), ncols=max(len(rows), 1), sharex=True, sharey="row", squeeze=False)
    limits = evidence.agreement.set_index(["label", "metabolite"])
    ours = evidence.agreement[evidence.agreement["label"].isin([row.rows["label"].iloc[0] for row in rows])]
    reach = {name: _reach(ours[ours["metabolite"] == name]) for name in metabolites}
    for column, row in zip(axes.T, rows):
        label = row.rows["label"].iloc[0]
        column[0].set_title(row.name, fontsize=7)
        for ax, metabolite in zip(column, metabolites):
            mine = judged[(judged["label"] == label) & (judged["metabolite"] == metabolite)]
            if mine.empty:
                style.say(ax, "not quantified")
                continue
            here = dict(limits.loc[(label, metabolite)])
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


def training_sets_figure(distances: pd.DataFrame, metabolites: list[str], names: dict[str, str], synthetic: bool):
    """Per network (by its name in `names`) and pair of training sets: distance between errors by series and metabolite."""
    panels = list(distances[distances["metabolite"].isin(metabolites)].groupby(["method", "reference", "other"], sort=False))
    width = style.PAGE_CM if len(panels) > 1 else style.COLUMN_CM
    fig, axes = style.figure(width, 8.5 if panels else 4.0, nrows=1, ncols=max(len(panels), 1), sharey=True, squeeze=False)
    if not panels:
        style.say(axes[0, 0], "no network was trained on two training sets")
    limit = max(2.0, min(5.0, float(distances["distance"].max()))) if len(distances) else 2.0
    for ax, ((method, reference, other), part) in zip(axes[0], panels):
        series = in_order(part["series"].unique())
        distance, change = (
            part.pivot(index="series", columns="metabolite", values=name).reindex(series, columns=metabolites).to_numpy(float)
            for name in ("distance", "mae_change")
        )
        image = draw_distances(ax, distance, change, series, metabolites, limit)
        ax.set_title(f"{names.get(method, method)}\n{reference} → {other}", fontsize=6.5)
    if panels:
        bar = fig.colorbar(image, ax=axes, orientation="horizontal", aspect=40, pad=0.02)
        bar.set_label(
            "Wasserstein distance in SD of errors, signed: blue = the second set errs less, red = more; number: change of MAE"
        )
    style.mark_synthetic(fig, synthetic)
    return fig
