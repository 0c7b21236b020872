"""Repeat searches on the finished grid: trials each strategy needs to find the optimum."""

from collections.abc import Mapping

import jax
import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log
from mrsgap.select.ranking import ReplaySize, fold_errors, optimum_set, replay, summarise_replay
from mrsgap.select.search import BACKENDS
from mrsgap.select.space import read_space
from mrsgap.select.trials import first_trials, read_scores


def main(scores: str, runs: str, summary: str, *, study: str, space: Mapping, settings: Mapping, seed: int) -> None:
    """Search the finished `scores` (CSV) of `study` again; write every trial to `runs` and their `summary` (CSV).

    By successive halving every configuration counts with its first trial, in which all had equal epochs. `space` is the
    study's; `settings` name the `backends` (repeats and iterations of each), `strategies` and `initial` trials.
    """
    searched = read_space(study, space)
    errors = fold_errors(first_trials(read_scores([scores])))
    parts = []
    for backend, given in settings["backends"].items():
        size = ReplaySize(given["repeats"], given["iterations"], settings["initial"])
        parts.append(replay(searched, errors, backend, BACKENDS[backend], settings["strategies"], size, seed))
    replayed = pd.concat(parts, ignore_index=True)
    table = summarise_replay(replayed, searched.size)
    write_table(runs, replayed)
    write_table(summary, table)
    log.info("%d of %d configurations are not separable from the best", len(optimum_set(errors)), searched.size)
    for row in table.itertuples():
        log.info("%s, %s, %s: median %s of %d repeats", row.backend, row.strategy, row.goal, row.median, row.repeats)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        jax.config.update("jax_enable_x64", True)
        given = snakemake.params
        main(
            snakemake.input.scores,
            snakemake.output.runs,
            snakemake.output.summary,
            study=given.study,
            space=given.space,
            settings=given.replay,
            seed=given.seed,
        )
