"""Figures 3 to 5: the ranked grid, repeated searches on it, and the error by option."""

import pandas as pd

from mrsgap.core.job import job
from mrsgap.select.space import read_space
from mrsgap.select.trials import finished, read_scores
from mrsgap.show import style
from mrsgap.show.selection import draw_explored, draw_ranking, draw_search, draw_sensitivity

with job(snakemake.log[0]) as log:
    space = read_space(snakemake.params.study, snakemake.params.space)
    ranking, runs = pd.read_csv(snakemake.input.ranking), pd.read_csv(snakemake.input.runs)
    fig, ax = style.figure(style.PAGE_CM, 7.0)
    draw_ranking(ax, ranking, finished(read_scores([snakemake.input.scores])))
    style.save(fig, *snakemake.output.ranking)

    backends = list(dict.fromkeys(runs["backend"]))
    fig, axes = style.figure(style.PAGE_CM, 6.5 * len(backends), nrows=len(backends), ncols=2, squeeze=False)
    for row, backend in zip(axes, backends):
        chosen = runs[runs["backend"] == backend]
        draw_search(row[0], chosen, ranking["mae_mean"].min())
        draw_explored(row[1], chosen, space.size)
        row[0].set_title(f"{backend}, repeats in brackets")
    style.save(fig, *snakemake.output.search)

    rows = -(-len(space.options) // 3)
    fig, axes = style.figure(style.PAGE_CM, 5.0 * rows, nrows=rows, ncols=3, squeeze=False, sharey=True)
    for ax, option in zip(axes.flat, space.options):
        errors = [ranking.loc[ranking[option.name].astype(str) == value, "mae_mean"].to_numpy() for value in option.values]
        draw_sensitivity(ax, option.name, list(option.values), errors)
    for ax in axes.flat[len(space.options) :]:
        ax.set_visible(False)
    for ax in axes[:, 0]:
        ax.set_ylabel("validation MAE")
    style.save(fig, *snakemake.output.sensitivity)
    log.info("%d configurations of %s, %d replayed searches", len(ranking), snakemake.params.study, runs["repeat"].nunique())
