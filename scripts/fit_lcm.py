"""Fit every item of one data set by linear-combination modelling: quantities, quality of each fit, curves of a few."""

from collections.abc import Mapping, Sequence

import jax
import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log, log_device
from mrsgap.core.provenance import made_from
from mrsgap.core.store import read_dataset, write_dataset
from mrsgap.lcm.channels import with_components
from mrsgap.lcm.curves import kept_curves
from mrsgap.lcm.parameters import FitSettings
from mrsgap.lcm.quantify import fit_dataset
from mrsgap.quantities.table import write_quantities


def main(
    spectra: str, basis: str, table: str, quality: str, curves: str,
    *, dataset: str, settings: Mapping, components: Mapping, media: Mapping, kinds: Sequence[str], record: dict[str, str],
) -> None:  # fmt: skip
    """Fit the store `spectra` with the store `basis` by each of `kinds`; write `table`, `quality` (CSV) and `curves` (store).

    `settings` are those of `FitSettings`, `components` those of `with_components`; `media` has both by
    the medium that the basis was made for. `record` says what the curves were made from.
    """
    data, members = (read_dataset(path, "fid").load() for path in (spectra, basis))
    log.info("read %s: %d items; basis %s", spectra, data.sizes["item"], basis)
    preset = media.get(members.attrs.get("medium", ""), {})
    members = with_components(members, {**preset.get("components", {}), **components})
    effort = FitSettings.from_config({**settings, **preset.get("settings", {})})
    parts = [part for kind in kinds for part in fit_dataset(data, members, kind, effort)]
    rows = pd.concat([part.rows for part in parts]).assign(dataset=dataset)
    write_quantities(table, rows, {dataset: data}, [f"lcm-{kind}" for kind in kinds])
    write_table(quality, pd.concat([part.quality for part in parts]))
    origin = data.attrs.get("origin", "")
    write_dataset(kept_curves(parts, kinds, origin).assign_attrs(record, origin=origin), curves)
    log.info("wrote %d rows (%s)", len(rows), rows["status"].value_counts().to_dict())


if "snakemake" in globals():
    with job(snakemake.log[0]):
        jax.config.update("jax_enable_x64", True)
        log_device()
        given, made, wanted = snakemake.input, snakemake.output, snakemake.params
        main(
            given.spectra,
            given.basis,
            made.table,
            made.quality,
            made.curves,
            dataset=snakemake.wildcards.fitted,
            settings=wanted.settings,
            components=wanted.components,
            media=wanted.media,
            kinds=wanted.kinds,
            record=made_from(snakemake.input, code=wanted.code),
        )
