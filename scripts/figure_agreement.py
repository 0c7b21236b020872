"""Bland-Altman plots of every method on the phantoms."""

from mrsgap.core.job import job
from mrsgap.publish.evidence import read_evidence
from mrsgap.publish.figure_summary import bland_altman_figure
from mrsgap.show import style
from mrsgap.stats.judge import judge
from mrsgap.stats.quantities import read_quantities

with job(snakemake.log[0]) as log:
    settings, dataset = snakemake.params.settings, snakemake.params.settings["phantoms"]
    evidence = read_evidence(snakemake.input.errors, None, snakemake.input.agreement, dataset)
    quantities = read_quantities(snakemake.input.quantities)
    judged = judge(quantities[quantities["dataset"] == dataset], "max", {}, snakemake.params.generating)
    fig = bland_altman_figure(judged, evidence, settings, settings["training_sets"]["fixed"])
    style.save(fig, *snakemake.output)
    log.info("drew %d answers on %s", len(judged), dataset)
