"""Learning curves of every trained network."""

from mrsgap.core.job import job
from mrsgap.show import style
from mrsgap.show.figure_learning import learning_figure, read_histories

with job(snakemake.log[0]) as log:
    history = read_histories(snakemake.input.models)
    style.save(learning_figure(history), *snakemake.output)
    log.info("drew %d epochs of %d methods", len(history), history["method"].nunique())
