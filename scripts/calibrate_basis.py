"""Calibrate a basis on the spectra of one data set and fit with it: quantities, quality, scanner, basis, a few curves."""

from collections.abc import Mapping

import jax
import pandas as pd

from mrsgap.basis.family import read_family
from mrsgap.core.files import write_table
from mrsgap.core.job import job, log, log_device
from mrsgap.core.provenance import made_from
from mrsgap.core.store import read_dataset, write_dataset
from mrsgap.lcm.calibrated import METHOD, CalibrationSettings, calibrate_dataset
from mrsgap.lcm.channels import CHANNELS
from mrsgap.lcm.curves import kept_curves
from mrsgap.lcm.parameters import FitSettings
from mrsgap.quantities.table import write_quantities


def main(
    spectra: str, family: str, table: str, quality: str, scanner: str, basis: str, curves: str,
    *, dataset: str, settings: Mapping, calibration: Mapping, components: Mapping, record: dict[str, str],
) -> None:  # fmt: skip
    """Calibrate the store `family` on the store `spectra`; write `table`, `quality`, `scanner` (CSV), `basis` and `curves`.

    `settings` are those of `FitSettings`, `calibration` those of `CalibrationSettings`, `components` of `with_components`.
    """
    data, members = read_dataset(spectra, "fid").load(), read_family(family)
    effort, how = FitSettings.from_config(settings), CalibrationSettings.from_config(calibration)
    result = calibrate_dataset(data, members, effort, how, components)
    write_quantities(table, result.rows.assign(dataset=dataset), {dataset: data}, [METHOD])
    write_table(quality, pd.concat([part.quality for part in result.fitted] or [pd.DataFrame({"item": []})]))
    write_table(scanner, result.where)
    write_dataset(result.basis.assign_attrs(record, basis=f"{members.name} calibrated on {dataset}"), basis)
    origin = data.attrs.get("origin", "")
    write_dataset(kept_curves(result.fitted, list(CHANNELS), origin).assign_attrs(record, origin=origin), curves)
    log.info("wrote %d rows (%s)", len(result.rows), result.rows["status"].value_counts().to_dict())


if "snakemake" in globals():
    with job(snakemake.log[0]):
        jax.config.update("jax_enable_x64", True)
        log_device()
        wanted = snakemake.params
        main(
            *snakemake.input,
            *snakemake.output,
            dataset=snakemake.wildcards.fitted,
            settings=wanted.settings,
            calibration=wanted.calibration,
            components=wanted.components,
            record=made_from(snakemake.input, code=wanted.code),
        )
