"""Figure 6: estimated against true concentrations on simulated validation spectra."""

from mrsgap.core.job import job
from mrsgap.publish.evidence import read_evidence
from mrsgap.publish.figure_scatter import simulation_scatter_figure
from mrsgap.publish.method_rows import reasons_for_absence
from mrsgap.show import style
from mrsgap.stats.judge import judge
from mrsgap.stats.quantities import read_quantities

with job(snakemake.log[0]) as log:
    settings = snakemake.params.settings
    evidence = read_evidence(snakemake.input.errors, None, snakemake.input.agreement, settings["validation"])
    quantities = read_quantities(snakemake.input.quantities)
    judged = judge(quantities[quantities["dataset"] == settings["validation"]], "max", {}, {})
    settings = settings | {"absent": reasons_for_absence(quantities, settings)}
    fig = simulation_scatter_figure(judged, evidence, settings, settings["training_sets"]["fixed"])
    style.save(fig, *snakemake.output)
    log.info("drew %d answers on %s", len(judged), settings["validation"])
