"""Stand-ins for the measured phantom spectra: NIfTI-MRS files, a manifest and a table of all that was drawn. All synthetic."""

from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.files import write_table
from mrsgap.core.keys import named_generator
from mrsgap.core.names import EDIT_STATES, METABOLITE, SYNTHETIC
from mrsgap.measured.phantom_table import TRUTH, Phantom
from mrsgap.measured.resample import resample
from mrsgap.measured.stand_in import draw_imperfections, render
from mrsgap.measured.write_nifti import write_nifti

LABEL = "Signal is simulated. Not a measurement, and no replacement for one."


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
    return resample(fid, source, target), target, list(store[METABOLITE].values)


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
