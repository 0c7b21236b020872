"""Tables 4 to 8: the spaces of the selection studies and what was selected."""

from pathlib import Path

from mrsgap.core.job import job, log
from mrsgap.publish.table_01_08 import selection_tables
from mrsgap.select.space import read_space
from mrsgap.select.study import read_choice
from mrsgap.show.printed import write_all


def main(choices: list[str], forms: list[str], *, tables: dict[str, list[str]], studies: dict[str, dict]) -> None:
    """Write the `forms` of all `tables` (file name -> studies it shows) from the `choices` (JSON) of the studies that ran."""
    made = {choice["study"]: choice for choice in map(read_choice, choices)}
    options = {name: read_space(name, spec["space"]).options for name, spec in studies.items()}
    published = {name: spec["published"] for name, spec in studies.items()}
    for name, table in selection_tables(tables, options, published, made).items():
        write_all(table, *(path for path in forms if Path(path).name.startswith(name)))
    log.info("%d studies, %d carried out: %s", len(studies), len(made), ", ".join(made))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.choices,
            snakemake.output,
            tables=snakemake.params.tables,
            studies=snakemake.params.studies,
        )
