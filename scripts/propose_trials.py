"""Propose the trials of one round from the scores of the rounds before it."""

import jax

from mrsgap.core.files import write_json
from mrsgap.core.job import job
from mrsgap.select.backends import BACKENDS
from mrsgap.select.history import objectives, read_scores
from mrsgap.select.search import Search
from mrsgap.select.space import read_space
from mrsgap.select.study import Study, read_choice
from mrsgap.select.trials import propose_round

jax.config.update("jax_enable_x64", True)

with job(snakemake.log[0]) as log:
    name, settings, params = snakemake.wildcards.study, snakemake.params.settings, snakemake.params
    pretraining = [read_choice(path)["settings"] for path in snakemake.input.encoder]
    study = Study(name, settings["architecture"], read_space(name, settings["space"]), settings["fixed"], *pretraining)
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
