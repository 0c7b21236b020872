"""Choose the best configuration of one study, with its evidence."""

from mrsgap.core.files import write_json, write_table
from mrsgap.core.job import job
from mrsgap.select.ranking import choice, rank
from mrsgap.select.study import read_study
from mrsgap.select.trials import read_scores

with job(snakemake.log[0]) as log:
    name, settings = snakemake.wildcards.study, snakemake.params.settings
    study = read_study(name, settings, snakemake.input.encoder)
    scores = read_scores(snakemake.input.scores)
    ranking = rank(scores, study.space)
    chosen = choice(name, ranking, study.settings(int(ranking["configuration"].iloc[0])), list(study.space.names(0)))
    write_json(snakemake.output.choice, chosen)
    write_table(snakemake.output.ranking, ranking)
    write_table(snakemake.output.scores, scores)
    log.info(
        "%s: %s, MAE %.5f over %d folds, %d trials", name, chosen["options"], chosen["mae_mean"], chosen["folds"], len(ranking)
    )
    for row in scores[scores["status"] == "failed"].itertuples():
        log.warning("trial %d failed: %s", row.trial, row.reason)
