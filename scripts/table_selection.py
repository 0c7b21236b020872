"""Tables 4 to 8: the spaces of the selection studies and what was selected."""

from pathlib import Path

from mrsgap.core.job import job
from mrsgap.publish.selection_tables import model_table, space_table
from mrsgap.select.space import read_space
from mrsgap.select.study import read_choice
from mrsgap.show.printed import write_all

TITLES = ["Table 4. Search space of the CNN", "Table 5. Search space of the autoencoder (stage 1)",
          "Table 6. Search space of the quantifier on a frozen encoder (stage 2)",
          "Table 7. Search space of the YAE (stage 3)"]  # fmt: skip

with job(snakemake.log[0]) as log:
    specs = snakemake.params.studies
    choices = {choice["study"]: choice for choice in map(read_choice, snakemake.input.choices)}
    options = {name: read_space(name, spec["space"]).options for name, spec in specs.items()}
    published = {name: spec["published"] for name, spec in specs.items()}
    for title, (table, names) in zip([*TITLES, None], snakemake.params.tables.items()):
        forms = [path for path in snakemake.output if Path(path).name.startswith(table)]
        if title is None:
            write_all(model_table("Table 8. Selected models", choices), *forms)
        else:
            write_all(
                space_table(title, {name: options[name] for name in names if name in options}, published, choices), *forms
            )
    log.info("%d studies, %d carried out: %s", len(specs), len(choices), ", ".join(choices))
