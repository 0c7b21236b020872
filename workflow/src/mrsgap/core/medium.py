"""What a recording is of, and what a fit of it must hold: a phantom's metabolites, or a brain's with its macromolecules.

The medium is what the manifest says, else what edit-off shows: every brain has choline beside creatine (a fifth of creatine's
height at least, whatever the linewidth), and the phantoms of the study have none.
"""

from collections.abc import Iterable

import numpy as np
import xarray as xr

from mrsgap.core.acquisition import Acquisition, by_acquisition
from mrsgap.core.names import EDIT, EDIT_STATES, ITEM, TIME
from mrsgap.core.noise import spectrum_noise_sd
from mrsgap.core.peaks import CR_PPM, absorption_factor, band, find_offset, fine_spectrum

PHANTOM, IN_VIVO = "phantom", "in-vivo"
WORDS = {  # of the manifest's column `medium`
    IN_VIVO: ("in-vivo", "in vivo", "in_vivo", "invivo", "brain"),
    PHANTOM: ("phantom", "solution", "gel", "aqueous"),
}
CHOLINES = {"Ch", "GPC", "PCh"}
CHOLINE_PPM = 3.215
HALF_WIDTH_PPM = 0.03
# ASSUME: healthy or ill, choline stands at a fifth of creatine or more; the tail of creatine, 23 Hz away, at less than a tenth
# for linewidths up to 12 Hz.
LEAST_CHOLINE = 0.2
DETECTABLE = 6.0  # noise standard deviations


def media_of(spectra: xr.Dataset) -> list[tuple[str, str]]:
    """Medium of every item of `fid` (item, edit, time), one of `WORDS`, and what said so: `medium` (item) or the signal.

    A word of the manifest that is not known counts as silence, and an item that shows nothing counts as a phantom.
    """
    count = spectra.sizes[ITEM]
    words = [_known(str(word)) for word in spectra["medium"].values] if "medium" in spectra else [None] * count
    shown: dict[int, bool] = {}
    places = spectra.assign_coords(place=(ITEM, np.arange(count)))
    for acquisition, part in by_acquisition(places) if None in words else ():
        fids = part["fid"].transpose(ITEM, EDIT, TIME).sel({EDIT: EDIT_STATES[0]}).values
        for place, fid in zip(part["place"].values, fids):
            if words[place] is None:
                shown[place] = bool(np.isfinite(fid).all() and choline_over_creatine(fid, acquisition) > LEAST_CHOLINE)
    signal = {True: (IN_VIVO, "choline in edit-off"), False: (PHANTOM, "no choline in edit-off")}
    return [(words[place], "the manifest") if words[place] else signal[shown[place]] for place in range(count)]


def medium_of(spectra: xr.Dataset) -> tuple[str, str]:
    """Medium of the majority of a set, as `media_of`, and what said so; where the manifest names any, its words alone count."""
    media = media_of(spectra)
    named = [one for one in media if one[1] == "the manifest"] or media
    return max(sorted(set(named)), key=named.count) if named else (PHANTOM, "the set is empty")


def without_choline(metabolites: Iterable[str]) -> bool:
    """Whether a basis or a network of `metabolites` holds no choline, without which no brain can be quantified."""
    return not CHOLINES & set(metabolites)


def choline_over_creatine(off: np.ndarray, acquisition: Acquisition) -> float:
    """Height of the choline line at 3.2 ppm over creatine's at 3.03 in edit-off `off` (time,), phased on creatine.

    NaN where creatine is not seen.

    >>> scan = Acquisition(larmor_mhz=123.2, carrier_ppm=4.7, spectral_width_hz=2000.0, points=1024)
    >>> line = lambda ppm: np.exp((2j * np.pi * scan.frequency_hz(ppm) - 12) * scan.time_s)
    >>> bool(choline_over_creatine(line(3.027) + 0.4 * line(3.215), scan) > LEAST_CHOLINE)
    True
    """
    offset_ppm = find_offset(off, acquisition)
    damped = off * np.exp(-3 * np.pi * acquisition.time_s)
    ppm, values = fine_spectrum(damped, acquisition)
    near = np.flatnonzero(band(ppm, CR_PPM + offset_ppm, HALF_WIDTH_PPM))
    top = int(near[np.argmax(abs(values[near]))])
    if abs(values[top]) <= DETECTABLE * float(spectrum_noise_sd(off, acquisition)):
        return float("nan")
    upright = (values * absorption_factor(values, top)).real
    # Creatine's tail and a level background are what stands at the same distance on its other side, where no line is.
    mirrored = float(np.median(upright[band(ppm, 2 * CR_PPM - CHOLINE_PPM + offset_ppm, HALF_WIDTH_PPM / 2)]))
    choline = float(upright[band(ppm, CHOLINE_PPM + offset_ppm, HALF_WIDTH_PPM)].max())
    return (choline - mirrored) / (float(upright[top]) - mirrored)


def _known(word: str) -> str | None:
    plain = word.strip().lower()
    return next((medium for medium, words in WORDS.items() if plain in words), None)
