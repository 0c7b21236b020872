"""Figure 1d: simulated spectra of each training set, from the least noisy to the noisiest item."""

from mrsgap.core.job import job
from mrsgap.core.store import read_dataset
from mrsgap.show import style
from mrsgap.show.figure_spectra import choose_items, draw_items

with job(snakemake.log[0]) as log:
    names = snakemake.params.names
    fig, axes = style.figure(style.PAGE_CM, 7.5 * len(names), nrows=len(names), ncols=3, squeeze=False)
    for row, name, path in zip(axes, names, snakemake.input.stores):
        dataset = read_dataset(path, "fid", "noise_sd")
        draw_items(row, dataset, choose_items(dataset, snakemake.params.items_shown))
        row[0].set_ylabel(name)
        log.info("drew %d of %d items of %s", snakemake.params.items_shown, dataset.sizes["item"], name)
    style.save(fig, *snakemake.output)
