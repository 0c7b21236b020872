"""The published phantom series, and stand-ins for their spectra: NIfTI-MRS files, a manifest and all that was drawn.

The series (config/phantoms.csv) say what was in each tube, as far as it is known. Everything written is synthetic.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.core.acquisition import Acquisition, resample
from mrsgap.core.errors import InputError
from mrsgap.core.files import write_table
from mrsgap.core.keys import named_generator
from mrsgap.core.names import EDIT_STATES, METABOLITE, SYNTHETIC
from mrsgap.core.signal import rotation
from mrsgap.measured.nifti_out import write_nifti
from mrsgap.measured.stand_in import draw_imperfections, render

TRUTH = "_mmol_per_l"
NEEDED = ("series", "item", "medium", "spectral_width_hz", "concentrations")
LABEL = "Signal is simulated. Not a measurement, and no replacement for one."
KNOWN, CHOSEN = "known", "chosen"  # published, or made up because the publication does not say


@dataclass(frozen=True)
class Phantom:
    """One phantom spectrum to imitate; concentrations in mmol/l by metabolite."""

    series: str
    item: str
    medium: str
    spectral_width_hz: float
    truth: dict[str, float]
    concentrations: str


def read_phantoms(path, items_per_series: int | None = None) -> list[Phantom]:
    """Phantoms of the table `path`, in its order; at most `items_per_series` of each series, spread over its range."""
    path = Path(path)
    try:
        table = pd.read_csv(path, dtype={"series": str, "item": str}, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise InputError(f"the phantom table `{path}` cannot be read: {error}", cure="Correct `phantoms.table`") from error
    missing = [name for name in NEEDED if name not in table]
    metabolites = [name[: -len(TRUTH)] for name in table if name.endswith(TRUTH)]
    if missing or not metabolites:
        raise InputError(f"the phantom table `{path}` has no column `{(missing or ['<metabolite>' + TRUTH])[0]}`")
    if table["item"].duplicated().any():
        raise InputError(f"the phantom table `{path}` names `{table['item'][table['item'].duplicated()].iloc[0]}` twice")
    phantoms = []
    for _, rows in table.groupby("series", sort=False):
        count = len(rows) if items_per_series is None else min(items_per_series, len(rows))
        ends = (0, len(rows) - 1) if count > 1 else (len(rows) // 2, len(rows) // 2)  # the first of most series has no GABA
        for index in np.unique(np.linspace(*ends, count).round().astype(int)):
            row = rows.iloc[index]
            truth = {name: _amount(row, name + TRUTH, path) for name in metabolites}
            phantoms.append(
                Phantom(
                    row["series"], row["item"], row["medium"], float(row["spectral_width_hz"]), truth, row["concentrations"]
                )
            )
    return phantoms


def _amount(row, column: str, path: Path) -> float:
    """A concentration of the table, which a stand-in cannot be simulated without."""
    try:
        value = float(row[column])
    except ValueError:
        value = np.nan
    if not 0 <= value < np.inf:
        raise InputError(f"`{column}` of item `{row['item']}` is {row[column]!r}", where=str(path), cure="Give a number >= 0")
    return value


def laws_of(phantom: Phantom, settings: dict) -> dict:
    """Laws of one phantom: those of every item, then of its medium, then of its series, the later overriding."""
    laws = settings["imperfections"]
    if phantom.medium not in laws["media"]:
        known = ", ".join(laws["media"])
        raise InputError(
            f"item `{phantom.item}` has the medium `{phantom.medium}`, not one of {known}", cure="Correct the table"
        )
    return {**laws["every"], **laws["media"][phantom.medium], **laws["series"].get(phantom.series, {})}


def simulate_phantoms(phantoms: list[Phantom], bases: dict[str, xr.Dataset], settings: dict, seed: int, folder) -> pd.DataFrame:
    """Write one file per phantom (`data/`), `manifest.csv` and `imperfections.csv` into `folder`; return the manifest.

    Each item is mixed from one of `bases`, drawn for it. `InputError` if a phantom has a metabolite that a basis lacks.
    """
    folder = Path(folder)
    rows, drawn = [], []
    resampled = {}
    for phantom in phantoms:
        rng = named_generator(seed, "phantoms", phantom.item)
        name = list(bases)[int(rng.integers(len(bases)))]
        key = (name, phantom.spectral_width_hz)
        if key not in resampled:
            resampled[key] = _basis(bases[name], phantom.spectral_width_hz, settings)
        basis, acquisition, metabolites = resampled[key]
        missing = [other for other, amount in phantom.truth.items() if amount and other not in metabolites]
        if missing:
            raise InputError(f"basis `{name}` has no {missing[0]}, which item `{phantom.item}` contains")
        amounts = [phantom.truth.get(other, 0.0) for other in metabolites]
        given = draw_imperfections(rng, laws_of(phantom, settings), len(metabolites))
        fid = render(rng, basis, amounts, given, acquisition, settings["transients"])
        header = {"EchoTime": bases[name].attrs["echo_time_s"], "SequenceName": "MEGA-PRESS (SYNTHETIC)",
                  "ProtocolName": f"stand-in for phantom {phantom.item}", "ConversionMethod": "mrsgap"}  # fmt: skip
        pulses = (bases[name].attrs["edit_off_ppm"], bases[name].attrs["edit_on_ppm"])
        path = folder / "data" / f"{phantom.item}.nii.gz"
        write_nifti(path, fid, acquisition, header, edit_pulse_ppm=pulses, user={"Synthetic": (True, LABEL)})
        rows.append(
            {
                "series": phantom.series,
                "item": phantom.item,
                "medium": phantom.medium,
                "path": path.relative_to(folder).as_posix(),
                "origin": SYNTHETIC,
                "basis": name,
                "concentrations": phantom.concentrations,
                **{other + TRUTH: amount for other, amount in phantom.truth.items()},
            }
        )
        drawn.append({"item": phantom.item, "origin": SYNTHETIC, "basis": name, **_flat(given, metabolites)})
    manifest = pd.DataFrame(rows)
    write_table(folder / "manifest.csv", manifest)
    write_table(folder / "imperfections.csv", pd.DataFrame(drawn))
    return manifest


def _basis(store: xr.Dataset, spectral_width_hz: float, settings: dict) -> tuple[np.ndarray, Acquisition, list[str]]:
    """The basis as the phantom's acquisition samples it: (metabolite, edit, time), acquisition, metabolites."""
    source = Acquisition.from_attributes(store.attrs)
    target = Acquisition(source.larmor_mhz, settings["carrier_ppm"], spectral_width_hz, settings["points"])
    fid = store["fid"].sel(edit=list(EDIT_STATES)).values.astype(complex)
    sampled = resample(fid, source, replace(target, carrier_ppm=source.carrier_ppm))
    # as `recentre`, in the order of arithmetic that the stand-ins were first made with: their files keep their bits
    sampled = sampled * rotation(target.time_s, target.frequency_hz(source.carrier_ppm))
    return sampled, target, list(store[METABOLITE].values)


def _flat(given: dict, metabolites: list[str]) -> dict:
    """One column per number drawn."""
    flat = {}
    for name, values in given.items():
        labels = metabolites if name.startswith("metabolite_") else range(1, np.size(values) + 1)
        if np.ndim(values) == 0:
            flat[name] = float(values)
        else:
            flat.update({f"{name}_{label}": float(value) for label, value in zip(labels, values)})
    return flat
