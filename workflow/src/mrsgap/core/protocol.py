"""What the sequence did, as far as a file says it: echo time and editing frequencies, and where that matters."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import xarray as xr

from mrsgap.core.names import ITEM


class Quantity(NamedTuple):
    """One number of a protocol: its words, the unit it is told in, and how far two may lie apart (in that unit)."""

    words: str
    unit: str
    per_unit: float
    tolerance: float


# ASSUME: within these a basis or a network made for one protocol serves the other.
PROTOCOL = {
    "echo_time_s": Quantity("an echo time of", "ms", 1e3, 2.0),
    "edit_off_ppm": Quantity("edit-off pulses at", "ppm", 1.0, 0.1),
    "edit_on_ppm": Quantity("edit-on pulses at", "ppm", 1.0, 0.1),
}


def stated(spectra: xr.Dataset, name: str) -> np.ndarray:
    """A number of `PROTOCOL` for every item, (item,); NaN where no file says it."""
    count = spectra.sizes[ITEM]
    if name in spectra:
        return spectra[name].values.astype(float)
    return np.full(count, float(spectra.attrs.get(name, np.nan)))


def unlike(spectra: xr.Dataset, made_with: Mapping, who: str) -> list[str]:
    """For every item, where it was recorded otherwise than `made_with` (numbers by name of `PROTOCOL`), in words; else empty.

    `who` is told to differ, for example "the basis was simulated with". What either side does not state is not compared.
    """
    told: list[list[str]] = [[] for _ in range(spectra.sizes[ITEM])]
    for name, quantity in PROTOCOL.items():
        made = made_with.get(name)
        if made is None:
            continue
        made = float(made) * quantity.per_unit
        for item, value in enumerate(stated(spectra, name) * quantity.per_unit):
            if abs(value - made) > quantity.tolerance + 1e-9:
                words, unit = quantity.words, quantity.unit
                told[item].append(f"recorded with {words} {value:g} {unit}, but {who} {made:g} {unit}")
    return ["; ".join(parts) for parts in told]
