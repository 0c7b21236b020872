"""How far every method is from the truth on the phantoms: Figure 7 by series, and the answer first, with intervals."""

import numpy as np

from mrsgap.publish.evidence import STUDY_METHODS, Evidence, constant_mae, in_order
from mrsgap.show import style

WIDTH = 0.84  # of the place of a series that its methods share


def phantom_errors_figure(phantoms: Evidence, simulated: Evidence, settings: dict, training_set: str):
    """One panel per metabolite; series side by side, methods within; dashed: the same networks on simulated spectra."""
    metabolites = settings["overall"]
    methods = [
        row for row in phantoms.methods(settings, training_set, STUDY_METHODS) if row.group in ("study", "own", "oracle")
    ]
    series = in_order(name for name in phantoms.items["series"].unique() if name)
    fig, axes = style.figure(
        style.PAGE_CM, 4.1 * len(metabolites) + 2, nrows=len(metabolites), ncols=1, sharex=True, squeeze=False
    )
    for ax, metabolite in zip(axes[:, 0], metabolites):
        ax.set_ylabel(f"{metabolite}\nabsolute error")
        if not methods:
            style.say(ax, "no results at this scale")
            continue
        errors, references = {}, {}
        for row in methods:
            mine = phantoms.items[(phantoms.items["label"] == row.label) & (phantoms.items["metabolite"] == metabolite)]
            errors[row.name] = {name: part["abs_error"].to_numpy() for name, part in mine.groupby("series")}
            same = simulated.summary[
                (simulated.summary["method"] == row.rows["method"].iloc[0]) & (simulated.summary["member"] == "copy")
            ]
            same = same[(same["metabolite"] == metabolite) & (same["training_set"] == row.rows["training_set"].iloc[0])]
            references[row.name] = float(same["mae"].iloc[0]) if len(same) else np.nan
        draw_strips(ax, errors, series, references, constant_mae(phantoms.summary, metabolite))
    if methods:
        axes[-1, 0].set_xlabel("series")
        strip_legend(fig, [row.name for row in methods])
    style.mark_synthetic(fig, phantoms.synthetic)
    return fig


def draw_strips(
    ax, errors: dict[str, dict[str, np.ndarray]], series: list[str], references: dict[str, float], constant: float
) -> None:
    """Strips by series on `ax`: `errors[method][series]` are the absolute errors of its spectra.

    `references` are horizontal dashed lines (the method's error on simulated spectra); `constant` is the dotted line of the
    predictor that does not look. The axis ends above the 98th percentile; what lies higher is counted at the top.
    """
    every = np.concatenate([values for by_series in errors.values() for values in by_series.values()] or [np.zeros(1)])
    known = every[np.isfinite(every)]
    top = 1.08 * max(np.quantile(known, 0.98) if len(known) else 1.0, constant if np.isfinite(constant) else 0.0, 1e-3)
    step = WIDTH / max(len(errors), 1)
    for place, (method, by_series) in enumerate(errors.items()):
        colour, marker = style.look(method).values()
        shown = [
            (index, by_series[name][np.isfinite(by_series[name])]) for index, name in enumerate(series) if name in by_series
        ]
        shown = [(index - WIDTH / 2 + (place + 0.5) * step, values) for index, values in shown if len(values)]
        if not shown:
            continue
        x = np.concatenate([centre + step * 0.35 * np.linspace(-1, 1, len(values) + 2)[1:-1] for centre, values in shown])
        y = np.concatenate([values for _, values in shown])
        ax.plot(x[y <= top], y[y <= top], ls="none", marker=".", ms=1.8, mew=0, color=colour, alpha=0.5, rasterized=True)
        centres = np.array([centre for centre, _ in shown])
        low, median, high = np.array([np.quantile(values, [0.25, 0.5, 0.75]) for _, values in shown]).T
        ax.vlines(centres, low, np.minimum(high, top), color=colour, lw=1.4)
        ax.plot(centres, median, ls="none", marker=marker, ms=3, mew=0.4, mec="white", color=colour)
        for centre, values in shown:
            if (beyond := int((values > top).sum())) > 0:
                ax.annotate(f"{beyond}↑", (centre, top), ha="center", va="top", fontsize=4.5, color=colour)
        if np.isfinite(references.get(method, np.nan)):
            ax.axhline(references[method], color=colour, lw=0.6, ls="--", zorder=0)
    if np.isfinite(constant):
        ax.axhline(constant, color=style.GREY, lw=0.8, ls=":", zorder=0)
    for edge in range(1, len(series)):
        ax.axvline(edge - 0.5, color="0.9", lw=0.4, zorder=0)
    ax.set_xlim(-0.5, len(series) - 0.5)
    ax.set_xticks(range(len(series)), labels=series)
    ax.tick_params(axis="x", length=0)
    ax.set_ylim(0, top)


def strip_legend(fig, methods: list[str]) -> None:
    """One legend for all panels: the methods, and what dashed and dotted lines are."""
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], ls="none", ms=4, mec="white", mew=0.4, label=method, **style.look(method)) for method in methods]
    handles += [Line2D([], [], color=style.BLACK, lw=0.6, ls="--", label="same method on simulated spectra (MAE)"),
                Line2D([], [], color=style.GREY, lw=0.8, ls=":", label="constant: mean composition (MAE)"),
               Line2D([], [], ls="none", label="n↑: n spectra beyond the axis")]  # fmt: skip
    fig.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 5), handletextpad=0.4, columnspacing=1.2)


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
