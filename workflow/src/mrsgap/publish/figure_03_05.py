"""Figures 3 to 5: the ranked configurations of a study, repeated searches on them, and what each option does to the error."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mrsgap.show import style

COLOURS = {
    "alternating": style.BLUE,
    "expected improvement": style.VERMILION,
    "Thompson": style.GREEN,
    "random": style.GREY,
}


def ranking_figure(ranking: pd.DataFrame, scores: pd.DataFrame):
    """Figure 3; `ranking` and `scores` as `draw_ranking` takes them."""
    fig, ax = style.figure(style.PAGE_CM, 7.0)
    draw_ranking(ax, ranking, scores)
    return fig


def search_figure(runs: pd.DataFrame, grid_best: float, size: int):
    """Figure 4: one row per backend of `runs`; `grid_best` is the lowest mean error on the grid of `size` configurations."""
    backends = list(dict.fromkeys(runs["backend"]))
    fig, axes = style.figure(style.PAGE_CM, 6.5 * len(backends), nrows=len(backends), ncols=2, squeeze=False)
    for row, backend in zip(axes, backends):
        chosen = runs[runs["backend"] == backend]
        draw_search(row[0], chosen, grid_best)
        draw_explored(row[1], chosen, size)
        row[0].set_title(f"{backend}, repeats in brackets")
    return fig


def sensitivity_figure(ranking: pd.DataFrame, options: Sequence):
    """Figure 5: one panel per option (each with name, values), three to a row; `ranking` has a column of each name."""
    rows = -(-len(options) // 3)
    fig, axes = style.figure(style.PAGE_CM, 5.0 * rows, nrows=rows, ncols=3, squeeze=False, sharey=True)
    for ax, option in zip(axes.flat, options):
        errors = [ranking.loc[ranking[option.name].astype(str) == value, "mae_mean"].to_numpy() for value in option.values]
        draw_sensitivity(ax, option.name, list(option.values), errors)
    for ax in axes.flat[len(options) :]:
        ax.set_visible(False)
    for ax in axes[:, 0]:
        ax.set_ylabel("validation MAE")
    return fig


def draw_ranking(ax, ranking: pd.DataFrame, scores: pd.DataFrame) -> None:
    """Mean validation MAE by rank with every fold behind it; a line where the folds tell neighbours apart (p < 0.05).

    `ranking` has rank, configuration, mae_mean, separated; `scores` has configuration, mae (one row per fold).
    """
    folds = scores.merge(ranking[["configuration", "rank"]], on="configuration")
    ax.plot(folds["rank"], folds["mae"], ".", ms=2, color=style.SKY, label="fold", zorder=1)
    ax.plot(ranking["rank"], ranking["mae_mean"], "-", color=style.BLACK, marker="o", ms=2, lw=0.6, label="mean", zorder=2)
    for number, rank in enumerate(ranking.loc[ranking["separated"], "rank"]):
        label = "Mann–Whitney p < 0.05" if number == 0 else None
        ax.axvline(rank + 0.5, color=style.VERMILION, lw=0.5, ls=":", label=label, zorder=0)
    ax.set(xlabel=f"rank of {len(ranking)} configurations", ylabel="validation MAE", yscale="log")
    ax.legend(loc="upper left")


def draw_search(ax, runs: pd.DataFrame, grid_best: float) -> None:
    """Best validation MAE so far against trials: median and quartile band over repeats, one colour per strategy.

    `runs` of one backend: strategy, repeat, iteration, best_mae. A repeat that has found the optimum stays there.
    """
    longest = int(runs["iteration"].max())
    for strategy, group in runs.groupby("strategy", sort=False):
        wide = group.pivot(index="repeat", columns="iteration", values="best_mae").reindex(columns=range(1, longest + 1))
        curves = wide.ffill(axis=1).to_numpy()
        low, middle, high = np.quantile(curves, [0.25, 0.5, 0.75], axis=0)
        iteration = np.arange(1, longest + 1)
        ax.fill_between(iteration, low, high, step="post", color=COLOURS[strategy], alpha=0.2, lw=0)
        ax.step(iteration, middle, where="post", color=COLOURS[strategy], label=f"{strategy} ({len(curves)})")
    ax.axhline(grid_best, color=style.BLACK, lw=0.6, ls="--", label="grid optimum")
    ax.set(xlabel="trials", ylabel="best validation MAE", yscale="log", xlim=(1, longest))
    ax.legend()


def draw_explored(ax, runs: pd.DataFrame, size: int) -> None:
    """Share of the space explored when a search first meets the best mean: one point per repeat, the median as a bar."""
    lowest = runs["best_mae"].min()
    strategies = list(dict.fromkeys(runs["strategy"]))
    for position, strategy in enumerate(strategies):
        group = runs[(runs["strategy"] == strategy) & (runs["mae"] == lowest)]
        share = 100 * group.groupby("repeat")["iteration"].min().to_numpy() / size
        spread = 0.3 * (np.arange(len(share)) / max(len(share) - 1, 1) - 0.5)
        ax.plot(position + spread, share, ".", ms=3, color=COLOURS[strategy])
        if len(share):
            ax.hlines(np.median(share), position - 0.3, position + 0.3, color=style.BLACK)
    ax.set_xticks(range(len(strategies)), [name.replace(" ", "\n") for name in strategies])
    ax.set(ylabel="space explored at the optimum (%)", ylim=(0, 100))


def draw_sensitivity(ax, option: str, values: list[str], errors: list[np.ndarray]) -> None:
    """Distribution of mean validation MAE for each value of one option: quartile box, and every configuration as a point."""
    ax.boxplot(errors, positions=range(len(values)), widths=0.5, showfliers=False, medianprops={"color": style.VERMILION})
    for position, mae in enumerate(errors):
        spread = 0.3 * (np.arange(len(mae)) / max(len(mae) - 1, 1) - 0.5)
        ax.plot(position + spread, mae, ".", ms=2, color=style.BLUE, alpha=0.6)
    ax.set_xticks(range(len(values)), values, rotation=20 if max(map(len, values)) > 8 else 0)
    ax.set(title=option.replace("_", " "), yscale="log")
