"""Repeat searches on the finished grid: trials each strategy needs to find the optimum."""

import jax
import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job
from mrsgap.select.ranking import fold_errors, optimum_set
from mrsgap.select.replay import Plan, replay, summarise_replay
from mrsgap.select.search import BACKENDS
from mrsgap.select.space import read_space
from mrsgap.select.trials import read_scores

jax.config.update("jax_enable_x64", True)

with job(snakemake.log[0]) as log:
    params, settings = snakemake.params, snakemake.params.replay
    space = read_space(params.study, params.space)
    errors = fold_errors(read_scores([snakemake.input.scores]))
    parts = []
    for backend, size in settings["backends"].items():
        plan = Plan(size["repeats"], size["iterations"], settings["initial"])
        parts.append(replay(space, errors, backend, BACKENDS[backend], settings["strategies"], plan, params.seed))
    runs = pd.concat(parts, ignore_index=True)
    summary = summarise_replay(runs, space.size)
    write_table(snakemake.output.runs, runs)
    write_table(snakemake.output.summary, summary)
    log.info("%d of %d configurations are not separable from the best", len(optimum_set(errors)), space.size)
    for row in summary.itertuples():
        log.info("%s, %s, %s: median %s of %d repeats", row.backend, row.strategy, row.goal, row.median, row.repeats)
