"""The answer at a glance: how far every method is from the truth."""

from mrsgap.core.job import job
from mrsgap.publish.evidence import read_evidence
from mrsgap.publish.figure_summary import answer_figure
from mrsgap.show import style

with job(snakemake.log[0]) as log:
    settings = snakemake.params.settings
    evidence = read_evidence(snakemake.input.errors, None, None, settings["phantoms"])
    style.save(answer_figure(evidence, settings, settings["training_sets"]["fixed"]), *snakemake.output)
    log.info("drew %d rows of errors", len(evidence.summary))
