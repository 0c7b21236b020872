"""Learning curves of every trained network."""

from mrsgap.core.job import job, log
from mrsgap.show import style
from mrsgap.show.figure_learning import learning_figure, read_histories


def main(models: list[str], pictures: list[str]) -> None:
    """Draw the histories in the folders `models` into the files `pictures`."""
    history = read_histories(models)
    style.save(learning_figure(history), *pictures)
    log.info("drew %d epochs of %d methods", len(history), history["method"].nunique())


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(snakemake.input.models, snakemake.output)
