"""Figure 7: errors on the phantoms by series, metabolite and method."""

from mrsgap.core.job import job
from mrsgap.publish.evidence import read_evidence
from mrsgap.publish.figure_errors import phantom_errors_figure
from mrsgap.show import style

with job(snakemake.log[0]) as log:
    settings, errors = snakemake.params.settings, snakemake.input.errors
    phantoms = read_evidence(errors, snakemake.input.per_item, None, settings["phantoms"])
    simulated = read_evidence(errors, None, None, settings["validation"])
    fig = phantom_errors_figure(phantoms, simulated, settings, settings["training_sets"]["fixed"])
    style.save(fig, *snakemake.output)
    log.info("drew %d errors%s", len(phantoms.items), ", marked synthetic" if phantoms.synthetic else "")
