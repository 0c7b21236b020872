"""The recorded noise of one measured set: posterior of its law, and its tail."""

import pandas as pd

from mrsgap.core.files import read_json
from mrsgap.core.job import job, log
from mrsgap.show import style
from mrsgap.show.figure_noise import noise_figure


def main(posterior: str, summary: str, draws: str, tail: str, pictures: list[str]) -> None:
    """Draw the tables `posterior`, `draws` and `tail` (CSV) with what `summary` (JSON) says of them into `pictures`."""
    tables = (pd.read_csv(path) for path in (posterior, draws, tail))
    about = read_json(summary)
    style.save(noise_figure(*tables, about), *pictures)
    log.info("drew the noise of %s", about["set"])


if "snakemake" in globals():
    with job(snakemake.log[0]):
        files = snakemake.input
        main(files.posterior, files.summary, files.draws, files.tail, snakemake.output)
