"""Propose the trials of one round from the scores of the rounds before it."""

import jax

from mrsgap.core.files import write_json
from mrsgap.core.job import job
from mrsgap.select.search import BACKENDS, Search
from mrsgap.select.study import read_study
from mrsgap.select.trials import objectives, propose_round, read_scores

jax.config.update("jax_enable_x64", True)

with job(snakemake.log[0]) as log:
    name, settings, params = snakemake.wildcards.study, snakemake.params.settings, snakemake.params
    study = read_study(name, settings, snakemake.input.encoder)
    fit = BACKENDS[settings["backend"]]
    search = Search(study.space, settings["strategies"], settings["initial"], params.seed, name, fit)
    known = objectives(read_scores(snakemake.input.scores))
    for configuration, objective in known.items():
        search.tell(configuration, objective)
    trials = propose_round(search, study.space.names, study.settings, params.first, params.trials)
    write_json(snakemake.output.trials, trials)
    log.info("%d configurations, %d tried, backend %s", study.space.size, len(known), settings["backend"])
    for trial in trials:
        log.info("trial %d by %s: %s", trial["trial"], trial["strategy"], trial["options"])
