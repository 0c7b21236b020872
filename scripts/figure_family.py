"""The spread of a family of bases, with named bases and recorded spectra."""

from mrsgap.basis.family import read_family
from mrsgap.core.job import job, log
from mrsgap.core.names import SYNTHETIC
from mrsgap.core.store import read_dataset
from mrsgap.show import style
from mrsgap.show.figure_family import family_figure


def main(store: str, measured: dict[str, str], pictures: list[str], *, linewidth_hz: float) -> None:
    """Draw the family in `store` and one item of every recorded set (name -> path) into the files `pictures`."""
    family = read_family(store)
    recorded = {name: read_dataset(path, "fid") for name, path in measured.items()}
    figure = family_figure(family, linewidth_hz, recorded)
    style.mark_synthetic(figure, any(SYNTHETIC in dataset["origin"].values for dataset in recorded.values()))
    style.save(figure, *pictures)
    log.info("drew %d members of %s beside %d recorded sets", len(family.members), family.name, len(recorded))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.store,
            dict(zip(snakemake.params.measured, snakemake.input.measured)),
            [snakemake.output.pdf, snakemake.output.png],
            linewidth_hz=snakemake.params.linewidth_hz,
        )
