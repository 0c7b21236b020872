"""Figure 1b: the same metabolites in every basis, and how much the choice of simulation changes them."""

from mrsgap.basis.compare import feature_height, feature_verdict
from mrsgap.core.job import job, log
from mrsgap.core.store import read_dataset
from mrsgap.show import style
from mrsgap.show.figure_basis_pulses import draw_comparisons


def main(stores: dict[str, str], pictures: list[str], *, linewidth_hz: float) -> None:
    """Draw the bases in `stores` (name -> path) into the files `pictures`, with what becomes of NAA's edit-on feature."""
    bases = {name: read_dataset(path, "fid") for name, path in stores.items()}
    fig = draw_comparisons(bases, linewidth_hz)
    if len(bases) > 1:
        verdict = feature_verdict({name: feature_height(basis, linewidth_hz) for name, basis in bases.items()})
        fig.supxlabel(verdict, fontsize=7)
        log.info("%s", verdict)
    style.save(fig, *pictures)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            dict(zip(snakemake.params.names, snakemake.input.stores)),
            snakemake.output,
            linewidth_hz=snakemake.params.linewidth_hz,
        )
