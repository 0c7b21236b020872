"""The alignment references of a basis, and the window made from settings with them."""

import jax
import numpy as np
import xarray as xr

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.names import EDIT, METABOLITE, OFF, TIME
from mrsgap.core.signal import lorentzian
from mrsgap.spectra.align import exact_peak
from mrsgap.spectra.window import Window


def make_window(settings: dict, basis: xr.Dataset) -> Window:
    """The window that the `window:` section of the config describes, aligned to peaks of `basis`.

    With `reference_positions: basis`, each nominal reference (NAA 2.01, Cr 3.015 ppm) is replaced by the position that peak has
    in the basis's edit-off spectrum at the reference linewidth. Raises `InputError` when the basis has none of the references.
    """
    nominal = {name: shift for name, shift in settings["references_ppm"].items() if name in basis[METABOLITE].values}
    if not nominal:
        raise InputError(
            f"the basis has none of the alignment references {', '.join(settings['references_ppm'])}",
            where="config: window.references_ppm",
            cure=f"Name peaks of {', '.join(basis[METABOLITE].values)}",
        )
    if settings["reference_positions"] == "basis":
        nominal = peak_positions(basis, nominal, settings["search_ppm"], settings["reference_linewidth_hz"])
    if settings["high_ppm"] <= settings["low_ppm"]:
        raise InputError(
            f"`high_ppm` ({settings['high_ppm']}) must exceed `low_ppm` ({settings['low_ppm']})", where="config: window"
        )
    water = settings["water"]
    return Window(
        high_ppm=float(settings["high_ppm"]),
        low_ppm=float(settings["low_ppm"]),
        points=int(settings["points"]),
        alignment=settings["alignment"],
        references_ppm=tuple(float(nominal[name]) for name in sorted(nominal)),
        search_ppm=float(settings["search_ppm"]),
        water=water["treatment"],
        water_from_ppm=float(water["taper_from_ppm"]),
        water_ppm=float(water["clamp_centre_ppm"]),
        water_search_ppm=float(water["clamp_search_ppm"]),
    )


def peak_positions(basis: xr.Dataset, nominal_ppm: dict, search_ppm: float, linewidth_hz: float) -> dict[str, float]:
    """Position (ppm) of each named metabolite's largest edit-off peak near its nominal shift, at `linewidth_hz`."""
    acquisition = Acquisition.from_attributes(basis.attrs)
    fid = basis["fid"].sel({METABOLITE: list(nominal_ppm), EDIT: OFF}).transpose(METABOLITE, TIME).values
    fid = fid * lorentzian(acquisition.time_s, linewidth_hz)
    scaled = (fid / np.abs(fid).max(axis=1, keepdims=True)).astype(np.complex64)

    @jax.jit
    def find(fid):
        return [exact_peak(fid[i : i + 1], acquisition, ppm, search_ppm)[0][0] for i, ppm in enumerate(nominal_ppm.values())]

    return dict(zip(nominal_ppm, map(float, find(scaled))))
