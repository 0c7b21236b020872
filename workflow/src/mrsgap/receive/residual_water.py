"""Residual water and lipid as a few damped exponentials, found by the Hankel SVD and taken out (HLSVD).

Pijnappel et al., J. Magn. Reson. 1992, 97, 122, with the Lanczos form of Laudadio et al., J. Magn. Reson. 2002, 157, 292: the
FID's Hankel matrix has the rank of its number of lines; the shift between two neighbouring rows of its singular vectors has the
lines' poles as eigenvalues. Products with a Hankel matrix are convolutions, so it is never formed.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lstsq
from scipy.sparse.linalg import LinearOperator, svds

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError

WATER_PPM = (4.25, 5.1)  # ASSUME: what lies here is water; the nearest metabolite signals end at 4.2 ppm
LINES = 25  # of the whole spectrum; a residual water line of odd shape takes several
USED = 1024  # samples that the decomposition sees, which is where the lines are
BROADEST_HZ = 150.0  # broader components describe the baseline, not a line
LATEST = 0.05  # share of its start at which a component may stand still: growing ones are noise


@dataclass(frozen=True)
class Lines:
    """Damped exponentials: frequency and damping of each (line,) and its complex amplitude."""

    frequency_hz: np.ndarray
    damping_per_s: np.ndarray
    amplitude: np.ndarray

    def fid(self, time_s: np.ndarray) -> np.ndarray:
        """Their sum at `time_s`, (time,)."""
        return self.amplitude @ np.exp(np.outer(2j * np.pi * self.frequency_hz - self.damping_per_s, time_s))


def decompose(fid: np.ndarray, acquisition: Acquisition, lines: int = LINES) -> Lines:
    """The strongest `lines` damped exponentials in `fid` complex (time,); `InputError` for a signal too short for them."""
    used = np.asarray(fid[: min(fid.size, USED)], complex)
    rows = used.size // 2
    columns = used.size - rows + 1
    lines = min(lines, rows - 2)
    if lines < 1:
        raise InputError(f"{fid.size} samples are too few to find lines in", cure="The file may be truncated: export it again")
    vectors, _, _ = svds(_hankel(used, rows, columns), k=lines, v0=np.ones(min(rows, columns), complex))
    shift, *_ = lstsq(vectors[:-1], vectors[1:])  # rotational invariance of the signal space
    poles = np.linalg.eigvals(shift)
    poles = poles[(abs(poles) > 0) & (abs(poles) < 1 + LATEST / used.size)]
    rate = np.log(poles) / acquisition.dwell_s
    powers = np.exp(np.outer(acquisition.time_s[: used.size], rate))  # (time, line)
    amplitude, *_ = lstsq(powers, used)
    return Lines(rate.imag / (2 * np.pi), -rate.real, amplitude)


def remove_lines(
    fid: np.ndarray,
    acquisition: Acquisition,
    regions_ppm: tuple[tuple[float, float], ...] = (WATER_PPM,),
    offset_ppm: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """`fid` (time,) without the lines inside `regions_ppm`, and what was removed (time,).

    `offset_ppm` is where the spectrum lies against its nominal shifts. Components broader than 150 Hz stay.

    >>> scan = Acquisition(larmor_mhz=123.2, carrier_ppm=4.7, spectral_width_hz=2000.0, points=1024)
    >>> water, naa = (np.exp((2j * np.pi * scan.frequency_hz(ppm) - 20) * scan.time_s) for ppm in (4.7, 2.0))
    >>> clean, removed = remove_lines(30 * water + naa, scan)
    >>> bool(abs(clean - naa).max() < 1e-6)
    True
    """
    found = decompose(fid, acquisition)
    shift_ppm = acquisition.shift_ppm(found.frequency_hz) - offset_ppm
    inside = np.any([(shift_ppm >= low) & (shift_ppm <= high) for low, high in regions_ppm], axis=0)
    inside &= found.damping_per_s < np.pi * BROADEST_HZ
    taken = Lines(found.frequency_hz[inside], found.damping_per_s[inside], found.amplitude[inside])
    removed = taken.fid(acquisition.time_s)
    return fid - removed, removed


def _hankel(signal: np.ndarray, rows: int, columns: int) -> LinearOperator:
    """The matrix H[i, j] = signal[i + j] as an operator."""
    points = 1 << (signal.size + max(rows, columns)).bit_length()
    forward, backward = np.fft.fft(signal, points), np.fft.fft(signal.conj(), points)

    def times(vector, transformed, length):
        # sum_j s[i + j] v[j]: a correlation, that is, a convolution with the reversed vector
        reversed_vector = np.ravel(vector)[::-1]
        product = np.fft.ifft(transformed * np.fft.fft(reversed_vector, points))
        return product[reversed_vector.size - 1 : reversed_vector.size - 1 + length]

    return LinearOperator(
        (rows, columns),
        matvec=lambda vector: times(vector, forward, rows),
        rmatvec=lambda vector: times(vector, backward, columns),
        dtype=complex,
    )
