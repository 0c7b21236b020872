"""Figure 12, how training sets move the errors: the heat map of the group's poster."""

from mrsgap.core.job import job, log
from mrsgap.publish.evidence import read_evidence
from mrsgap.publish.figure_training_sets import training_sets_figure
from mrsgap.quantities.table import read_table
from mrsgap.show import style


def main(errors: str, distances: str, pictures: list[str], *, settings: dict) -> None:
    """Draw the table `distances` (CSV) into the files `pictures`; `settings` is the config section `statistics`.

    Shown is how every training set moves the errors against the first.
    """
    names = {method: name for name, method in settings["study_methods"].items()}
    evidence = read_evidence(errors, None, None, settings["phantoms"])
    table = read_table(distances)
    moved = table[table["reference"] == next(iter(settings["training_sets"].values()))]
    style.save(training_sets_figure(moved, settings["overall"], names, evidence.synthetic), *pictures)
    log.info("drew %d distances", len(moved))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.errors,
            snakemake.input.distances,
            snakemake.output,
            settings=snakemake.params.settings,
        )
