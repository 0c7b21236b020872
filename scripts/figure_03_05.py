"""Figures 3 to 5: the ranked grid, repeated searches on it, and the error by option."""

import pandas as pd

from mrsgap.core.job import job, log
from mrsgap.publish.figure_03_05 import ranking_figure, search_figure, sensitivity_figure
from mrsgap.select.space import read_space
from mrsgap.select.trials import last_trials, read_scores
from mrsgap.show import style


def main(ranking: str, scores: str, runs: str, pictures: dict[str, list[str]], *, study: str, space: dict) -> None:
    """Draw the tables `ranking`, `scores` and replayed `runs` (CSV) of one study into `pictures` (ranking, search, ...)."""
    searched, ranked, replayed = read_space(study, space), pd.read_csv(ranking), pd.read_csv(runs)
    style.save(ranking_figure(ranked, last_trials(read_scores([scores]))), *pictures["ranking"])
    style.save(search_figure(replayed, ranked["mae_mean"].min(), searched.size), *pictures["search"])
    style.save(sensitivity_figure(ranked, searched.options), *pictures["sensitivity"])
    log.info("%d configurations of %s, %d replayed searches", len(ranked), study, replayed["repeat"].nunique())


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.ranking,
            snakemake.input.scores,
            snakemake.input.runs,
            snakemake.output,
            study=snakemake.params.study,
            space=snakemake.params.space,
        )
