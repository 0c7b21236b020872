"""Figure 1: the sequence as it is simulated, and the basis spectra in each edit state."""

from mrsgap.basis.plan import make_plan
from mrsgap.core.job import job
from mrsgap.core.store import read_dataset
from mrsgap.show import style
from mrsgap.show.figure_basis import basis_figure

with job(snakemake.log[0]) as log:
    plan = make_plan(snakemake.params.basis, snakemake.params.sequences, snakemake.params.pulses)
    basis = read_dataset(snakemake.input.store, "fid")
    style.save(basis_figure(plan.sequence, basis, snakemake.params.linewidth_hz), *snakemake.output)
    log.info("drew %d metabolites of %s", basis.sizes["metabolite"], snakemake.input.store)
