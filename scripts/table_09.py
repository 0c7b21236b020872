"""Table 9: errors on simulated validation spectra."""

from mrsgap.core.job import job, log
from mrsgap.publish.evidence import read_evidence, reasons_for_absence
from mrsgap.publish.table_09_13 import simulation_table
from mrsgap.quantities.table import read_quantities
from mrsgap.show.printed import write_all


def main(errors: str, agreement: str, quantities: str, forms: list[str], *, settings: dict) -> None:
    """Write the three `forms` of the table; `settings` is the config section `statistics`."""
    evidence = read_evidence(errors, None, agreement, settings["validation"])
    settings = settings | {"absent": reasons_for_absence(read_quantities(quantities), settings)}
    table = simulation_table(evidence.summary, evidence.agreement, settings, settings["training_sets"]["fixed"])
    write_all(table, *forms)
    log.info("%s: %d rows", table.title, len(table.text))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.errors,
            snakemake.input.agreement,
            snakemake.input.quantities,
            snakemake.output,
            settings=snakemake.params.settings,
        )
