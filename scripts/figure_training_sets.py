"""How training sets move the errors: the heat map of the group's poster."""

from mrsgap.core.job import job
from mrsgap.publish.evidence import read_evidence
from mrsgap.publish.figure_summary import training_sets_figure
from mrsgap.show import style
from mrsgap.stats.tables import read_statistics

with job(snakemake.log[0]) as log:
    settings = snakemake.params.settings
    names = {method: name for name, method in settings["study_methods"].items()}
    evidence = read_evidence(snakemake.input.errors, None, None, settings["phantoms"])
    distances = read_statistics(snakemake.input.distances)
    style.save(training_sets_figure(distances, settings["overall"], names, evidence.synthetic), *snakemake.output)
    log.info("drew %d distances", len(distances))
