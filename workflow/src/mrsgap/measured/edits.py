"""Whether the file called edit-on is the edit-on one: NAA is suppressed in it, and negative in the difference."""

from dataclasses import dataclass

import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.noise import spectrum_noise_sd
from mrsgap.core.peaks import NAA_PPM, band, find_offset, fine_spectrum

HALF_WIDTH_PPM = 0.05  # narrower than the distance to glutamate at 2.07 ppm; any offset is taken out first
DETECTABLE = 6.0  # NAA must stand this many noise standard deviations high to decide anything
# Of edit-off's NAA magnitude, edit-on keeps 0.1 to 0.6; a swapped pair shows the inverse, an unedited one a value near 1.
SWAPPED, EDITED = 1.25, 0.8


@dataclass(frozen=True)
class Verdict:
    """What the signal says: the NAA ratio on/off (NaN where NAA is not seen) and a remark, empty if all is well."""

    naa_on_off: float
    remark: str = ""


def check_pair(off: np.ndarray, on: np.ndarray, acquisition: Acquisition, trust: bool = False, source: str = "") -> Verdict:
    """Compare NAA in edit-off and edit-on FIDs (time,); `InputError` on a swapped pair unless `trust` overrides it.

    `source` is what named the states; the error names it beside the signal.
    """
    naa_off, naa_on = naa_height(off, on, acquisition)
    floor = DETECTABLE * float(max(spectrum_noise_sd(off, acquisition), spectrum_noise_sd(on, acquisition)))
    if max(abs(naa_off), abs(naa_on)) < floor:
        return Verdict(np.nan, "edit states not checked: NAA is not seen")
    ratio = abs(naa_on) / max(abs(naa_off), 1e-30)
    sure = ratio > SWAPPED and abs(naa_on) - abs(naa_off) > floor  # more than noise on a small line
    if sure and not trust:
        raise InputError(
            f"edit-on and edit-off look exchanged: NAA at 2.01 ppm is {ratio:.2g} times as large in what "
            f"{source or 'the manifest'} calls edit-on",
            cure="Exchange `path_on` and `path_off` (or set `edit_order`), or set `edit_check` to trust if the files are right",
        )
    if sure:
        return Verdict(ratio, "edit states look exchanged, but the manifest says trust")
    if ratio > EDITED:
        return Verdict(ratio, f"edit-on hardly differs from edit-off: NAA ratio {ratio:.2f}")
    return Verdict(ratio)


def naa_height(off: np.ndarray, on: np.ndarray, acquisition: Acquisition) -> tuple[complex, complex]:
    """Complex height of NAA in edit-off and edit-on FIDs (time,) of like polarity, their common offset taken out."""
    offset_ppm = find_offset(off + on, acquisition)
    return _naa(off, acquisition, offset_ppm), _naa(on, acquisition, offset_ppm)


def check_difference(diff: np.ndarray, acquisition: Acquisition, trust: bool = False) -> Verdict:
    """Check the sign of a difference FID (time,) that comes alone: NAA must be negative; `InputError` if it is positive."""
    naa = _naa(diff, acquisition, find_offset(diff, acquisition))
    if abs(naa) < DETECTABLE * float(spectrum_noise_sd(diff, acquisition)):
        return Verdict(np.nan, "sign of the difference not checked: NAA is not seen")
    cosine = naa.real / abs(naa)
    if abs(cosine) < 0.5:
        return Verdict(
            np.nan, f"sign of the difference not checked: NAA is {np.degrees(np.angle(naa)):.0f} degrees out of phase"
        )
    if cosine > 0 and not trust:
        raise InputError(
            "the difference spectrum is inverted: NAA at 2.01 ppm is positive",
            cure="Set `diff_sign` to -1 in the manifest, or `edit_check` to trust if the file is right",
        )
    return Verdict(np.nan, "difference looks inverted, but the manifest says trust" if cosine > 0 else "")


def _naa(fid, acquisition: Acquisition, offset_ppm: float) -> complex:
    """Complex height of the largest bin near NAA, of the FID damped by 3 Hz, in units of the undamped spectrum's noise."""
    damped = fid * np.exp(-3 * np.pi * acquisition.time_s)
    ppm, values = fine_spectrum(damped, acquisition, 2)
    near = values[band(ppm, NAA_PPM + offset_ppm, HALF_WIDTH_PPM)]
    return complex(near[np.argmax(abs(near))])
