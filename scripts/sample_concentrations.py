"""Draw the concentrations of one simulated data set."""

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job
from mrsgap.spectra.concentrations import sample_concentrations

with job(snakemake.log[0]) as log:
    settings, metabolites = snakemake.params.settings, snakemake.params.metabolites
    name, items = snakemake.wildcards.dataset, settings["items"]
    values = sample_concentrations(settings["concentrations"], items, metabolites, snakemake.params.seed, name)
    table = pd.DataFrame(values, columns=metabolites)
    table.insert(0, "item", range(items))
    write_table(snakemake.output.table, table)
    log.info("%s: %d compositions of %s by %s", name, items, ", ".join(metabolites), settings["concentrations"]["sampler"])
