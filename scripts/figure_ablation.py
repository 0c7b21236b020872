"""What closes the gap: errors of networks by what they have learnt."""

from mrsgap.core.job import job, log
from mrsgap.quantities.table import read_table
from mrsgap.show import style
from mrsgap.show.figure_ablation import ablation_figure


def main(table: str, pictures: list[str]) -> None:
    """Draw the errors of `table` (CSV) into the files `pictures`."""
    errors = read_table(table)
    style.save(ablation_figure(errors), *pictures)
    log.info("drew %d training sets", errors["training_set"].nunique())


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(snakemake.input.table, snakemake.output)
