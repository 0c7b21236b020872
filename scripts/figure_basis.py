"""Figure 1: the sequence as it is simulated, and the basis spectra in each edit state."""

from mrsgap.basis.plan import make_plan
from mrsgap.core.job import job
from mrsgap.core.store import read_dataset
from mrsgap.show import style
from mrsgap.show.basis import draw_basis
from mrsgap.show.sequence import draw_sequence

with job(snakemake.log[0]) as log:
    plan = make_plan(snakemake.params.basis, snakemake.params.sequences, snakemake.params.pulses)
    basis = read_dataset(snakemake.input.store, "fid")
    height_cm = 7.5 + 1.7 * basis.sizes["metabolite"]
    fig, axes = style.figure(
        style.PAGE_CM, height_cm, mosaic=[["a", "a", "a"], ["off", "on", "diff"]], height_ratios=[5, height_cm - 5]
    )
    draw_sequence(axes["a"], plan.sequence)
    draw_basis([axes["off"], axes["on"], axes["diff"]], basis, snakemake.params.linewidth_hz)
    for name, letter in zip(axes, "abcd"):
        style.panel_label(axes[name], letter)
    style.save(fig, *snakemake.output)
    log.info("drew %d metabolites of %s", basis.sizes["metabolite"], snakemake.input.store)
