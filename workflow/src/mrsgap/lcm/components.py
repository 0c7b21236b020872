"""Broad signals that no spin system describes, such as macromolecules, as further members of a basis."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from mrsgap.basis.lineshape import gaussian
from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.names import EDIT_STATES, METABOLITE


def with_components(basis: xr.Dataset, components: Mapping[str, list[Mapping]]) -> xr.Dataset:
    """`basis` (metabolite, edit, time) and after it one member per component: Gaussian lines at fixed places.

    A component is a list of lines, each with `ppm`, `fwhm_ppm` and its amplitude in edit-off and edit-on (`"off"`, `"on"`).
    Raises `InputError` where a name is taken.
    """
    if not components:
        return basis
    taken = {str(name) for name in basis[METABOLITE].values} & set(components)
    if taken:
        raise InputError(
            f"the basis has a metabolite `{min(taken)}` already", where="config: fit.sets", cure="Rename the component"
        )
    acquisition = Acquisition.from_attributes(basis.attrs)
    time_s = acquisition.time_s
    fid = np.zeros((len(components), len(EDIT_STATES), acquisition.points), np.complex128)
    for place, lines in enumerate(components.values()):
        for line in lines:
            wave = np.exp(2j * np.pi * acquisition.frequency_hz(line["ppm"]) * time_s)
            wave *= gaussian(time_s, line["fwhm_ppm"] * acquisition.larmor_mhz)
            fid[place] += np.array([line[state] for state in EDIT_STATES])[:, None] * wave
    whole = np.concatenate([basis["fid"].sel(edit=list(EDIT_STATES)).values, fid])
    names = [str(name) for name in basis[METABOLITE].values] + list(components)
    coords = {METABOLITE: names, "edit": list(EDIT_STATES), "time": time_s}
    return xr.Dataset({"fid": ((METABOLITE, "edit", "time"), whole)}, coords=coords, attrs=basis.attrs)
