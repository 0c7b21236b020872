"""The one discrete Fourier transform of the package, and its inverse.

Sense: NIfTI-MRS and LCModel (Levitt, Spin Dynamics, 2008). A resonance at delta ppm is
exp(+2 pi i (carrier_ppm - delta) larmor_mhz t), so bin frequencies rise while ppm falls: `Acquisition.ppm` descends.
"""

import numpy as np


def spectrum(fid, xp=np):
    """Spectrum of a FID along the last axis, bins in the order of `Acquisition.ppm`; any length, any leading shape."""
    return xp.fft.fftshift(xp.fft.fft(fid, axis=-1), axes=-1)  # (..., bin)


def fid(spectrum, xp=np):
    """FID of a spectrum along the last axis: the exact inverse of `spectrum` for even and odd lengths."""
    return xp.fft.ifft(xp.fft.ifftshift(spectrum, axes=-1), axis=-1)  # (..., time)
