"""The same metabolites in every basis: how much the choice of simulation changes them."""

from mrsgap.basis.compare import feature_height, feature_verdict
from mrsgap.core.job import job
from mrsgap.core.store import read_dataset
from mrsgap.show import style
from mrsgap.show.figure_basis_comparison import draw_comparisons

with job(snakemake.log[0]) as log:
    linewidth_hz = snakemake.params.linewidth_hz
    bases = {name: read_dataset(path, "fid") for name, path in zip(snakemake.params.names, snakemake.input.stores)}
    fig = draw_comparisons(bases, linewidth_hz)
    if len(bases) > 1:
        verdict = feature_verdict({name: feature_height(basis, linewidth_hz) for name, basis in bases.items()})
        fig.supxlabel(verdict, fontsize=7)
        log.info("%s", verdict)
    style.save(fig, *snakemake.output)
