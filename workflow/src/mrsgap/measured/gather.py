"""Items of a manifest to the one data set that everything downstream reads, and the list of those that failed."""

from dataclasses import replace

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.core.acquisition import ACQUISITION_NAMES, PROTOCOL, same_acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.job import track
from mrsgap.core.names import DIFF, EDIT, EDIT_STATES, ITEM, METABOLITE, OFF, ON, ORIGINS, TIME
from mrsgap.measured.item import Item, read_row
from mrsgap.measured.manifest import Failure, Row

LISTING = ("series", "item", "status", "reason", "path", "sha256")


def read_items(rows: list[Row], failures: list[Failure]) -> tuple[list[Item], list[Failure]]:
    """Read every row; those that cannot be read join `failures`. `InputError` if none is left."""
    items, failures = [], list(failures)
    for row in track(rows, "reading"):
        try:
            items += read_row(row)
        except InputError as error:
            path = ", ".join(str(path) for path in row.paths.values())
            failures.append(Failure(row.series, row.item, path, str(error)))
    items = [_remark_copies(item, items[:place]) for place, item in enumerate(items)]
    if not items:
        reasons = "\n".join(f"{failure.item}: {failure.reason}" for failure in failures)
        raise InputError(f"none of {len(failures)} items can be read:\n{reasons}")
    return items, failures


def as_dataset(items: list[Item], metabolites: list[str], folder) -> xr.Dataset:
    """One data set of all items in the schema of simulated spectra (`fid` (item, edit, time), `truth` (item, metabolite)).

    `fid` is NaN where a state is absent and beyond the end of a shorter signal; `fid_diff` (item, time) holds a difference that
    came without its states, else NaN. `truth` is in mmol/l, NaN where unknown. Paths are stored relative to `folder`. The
    acquisition is in the attributes where all items share one, and always per item: read with `by_acquisition`.

    >>> from pathlib import Path
    >>> from mrsgap.core.acquisition import Acquisition
    >>> from mrsgap.measured.manifest import read_manifest
    >>> from mrsgap.measured.nifti_out import write_nifti
    >>> scan = Acquisition(larmor_mhz=123.23, carrier_ppm=4.65, spectral_width_hz=2000.0, points=512)
    >>> line = np.exp(2j * np.pi * scan.frequency_hz(2.01) * scan.time_s - 9 * scan.time_s)
    >>> write_nifti("tube.nii.gz", [line, 0.1 * line], scan, {"EchoTime": 0.068}, edit_pulse_ppm=(7.4, 1.9), user={})
    >>> _ = Path("manifest.csv").write_text("series,item,path,NAA_mmol_per_l\\nE1,tube,tube.nii.gz,15\\n")
    >>> rows, failures, metabolites = read_manifest("manifest.csv")
    >>> items, failures = read_items(rows, failures)
    >>> spectra = as_dataset(items, metabolites, Path("."))
    >>> spectra.fid.shape, float(spectra.truth[0, 0]), float(spectra.echo_time_s[0])
    ((1, 2, 512), 15.0, 0.068)
    """
    acquisitions = _shared_acquisitions(items)
    points = max(acquisition.points for acquisition in acquisitions)
    fid = np.full((len(items), len(EDIT_STATES), points), np.nan + 1j * np.nan, np.complex64)
    fid_diff = np.full((len(items), points), np.nan + 1j * np.nan, np.complex64)
    truth = np.full((len(items), len(metabolites)), np.nan)
    for index, item in enumerate(items):
        length = item.acquisition.points
        for position, state in enumerate(EDIT_STATES):
            if state in item.fids:
                fid[index, position, :length] = item.fids[state]
        if DIFF in item.fids and not {OFF, ON} <= set(item.fids):
            fid_diff[index, :length] = item.fids[DIFF]
        truth[index] = [item.row.truth.get(name, np.nan) for name in metabolites]
    per_item = {
        "series": [item.row.series for item in items],
        "medium": [item.row.medium for item in items],
        "origin": [item.origin for item in items],
        "path": [_paths(item, folder) for item in items],
        "sha256": [item.sha256 for item in items],
        "has_off": [OFF in item.fids for item in items],
        "has_on": [ON in item.fids for item in items],
        "has_diff": [DIFF in item.fids or {OFF, ON} <= set(item.fids) for item in items],
        "transients": [item.transients for item in items],
        "drift_hz": [item.drift_hz for item in items],
        "naa_on_off": [item.naa_on_off for item in items],
        "note": [item.note for item in items],
        **{name: [item.protocol[name] for item in items] for name in PROTOCOL},
        "header_larmor_mhz": [item.acquisition.larmor_mhz for item in items],
        **{name: [getattr(acquisition, name) for acquisition in acquisitions] for name in ACQUISITION_NAMES},
    }
    dataset = xr.Dataset(
        {
            "fid": ((ITEM, EDIT, TIME), fid),
            "fid_diff": ((ITEM, TIME), fid_diff),
            "truth": ((ITEM, METABOLITE), truth, {"units": "mmol/l"}),
            **{name: ((ITEM,), np.array(values)) for name, values in per_item.items()},
        },
        coords={ITEM: [item.row.item for item in items], METABOLITE: list(metabolites), EDIT: list(EDIT_STATES)},
    )
    present = {item.origin for item in items}
    dataset.attrs["origin"] = present.pop() if len(present) == 1 else ", ".join(name for name in ORIGINS if name in present)
    distinct = set(acquisitions)
    dataset.attrs["acquisitions"] = len(distinct)
    if len(distinct) == 1:
        acquisition = distinct.pop()
        dataset.attrs.update(acquisition.as_attributes())
        dataset = dataset.assign_coords({TIME: (TIME, acquisition.time_s, {"units": "s"})})
    return dataset


def _remark_copies(item: Item, earlier: list[Item]) -> Item:
    """`item`, with a note if an earlier one has the very same bytes: most likely a slip of the manifest."""
    copied = next((other.row.item for other in earlier if other.sha256 == item.sha256), None)
    if copied is None:
        return item
    return replace(item, note="; ".join(filter(None, [item.note, f"the same file contents as item `{copied}`"])))


def _shared_acquisitions(items: list[Item]) -> list:
    """Acquisition of each item: the first item's that agrees with its own but for the scanner's frequency adjustment."""
    distinct, result = [], []
    for item in items:
        known = next((other for other in distinct if same_acquisition(other, item.acquisition)), None)
        if known is None:
            distinct.append(item.acquisition)
        result.append(known or item.acquisition)
    return result


def listing(items: list[Item], failures: list[Failure], folder) -> pd.DataFrame:
    """One row per item of the manifest (`LISTING`): read or failed, and why."""
    read = [(item.row.series, item.row.item, "ok", item.note, _paths(item, folder), item.sha256) for item in items]
    failed = [(failure.series, failure.item, "failed", failure.reason, failure.path, "") for failure in failures]
    return pd.DataFrame(read + failed, columns=list(LISTING))


def _paths(item: Item, folder) -> str:
    return "; ".join(_relative(path, folder) for path in item.row.paths.values())


def _relative(path, folder) -> str:
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return path.as_posix()
