"""Signals whose transform is known in closed form, for the tests of this folder."""

import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.spectra.window import Window

ACQUISITION = Acquisition(larmor_mhz=123.23, carrier_ppm=3.0, spectral_width_hz=2000, points=4096)
WINDOW = Window(4.5, 1.0, 2048, "exact", (3.015, 2.01), 0.25, "none", 4.3, 4.75, 0.75)


def line(shift_ppm, acquisition=ACQUISITION, linewidth_hz=2.0, amplitude=1.0):
    """One Lorentzian line, (time,) complex128; `shift_ppm` and `amplitude` may be arrays."""
    frequency_hz = acquisition.frequency_hz(np.asarray(shift_ppm, float))[..., None]
    decay = np.exp((2j * np.pi * frequency_hz - np.pi * linewidth_hz) * acquisition.time_s)
    return np.asarray(amplitude)[..., None] * decay


def exact_spectrum(shift_ppm, ppm, acquisition=ACQUISITION, linewidth_hz=2.0):
    """Its transform at `ppm`: the geometric series sum_n z^n = (1 - z^N) / (1 - z)."""
    offset_hz = acquisition.frequency_hz(shift_ppm) - acquisition.frequency_hz(ppm)
    z = np.exp((2j * np.pi * offset_hz - np.pi * linewidth_hz) * acquisition.dwell_s)
    return (1 - z**acquisition.points) / (1 - z)


def pair(naa=1.0, creatine=0.6, shift_ppm=0.0, acquisition=ACQUISITION, linewidth_hz=2.0):
    """An item (edit, time): NAA and Cr in edit-off, Cr alone in edit-on."""
    cr = creatine * line(3.015 - shift_ppm, acquisition, linewidth_hz)
    return np.stack([naa * line(2.01 - shift_ppm, acquisition, linewidth_hz) + cr, cr])
