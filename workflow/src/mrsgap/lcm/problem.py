"""Everything about a fit that all spectra of a data set share, as arrays ready for the fit.

The baseline is a cubic B-spline with a penalty on second differences (Eilers and Marx, Statistical Science 11 (1996) 89) whose
stiffness is given as effective degrees of freedom per ppm (Wilson, Magn Reson Med 85 (2021) 13), marginalised once for a whole
data set: for any residual r the best baseline leaves r'(I - Q)r, so it never enters the fit but through the smoother Q = U U'.
"""

from typing import NamedTuple

import numpy as np
from scipy.fft import next_fast_len
from scipy.interpolate import BSpline
from scipy.optimize import brentq

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.lcm.parameters import COMMON, FitSettings, kernel_offsets, make_prior, transients

SHORTEST_POINTS = 64
KNOTS_PER_PPM = 8.0
DEGREE = 3
UNPENALISED = 1e-9  # 1 less an eigenvalue of Q below which a direction counts as free: a straight line
NEGLIGIBLE = 1e-5  # eigenvalues of Q below this are noise of the eigen-decomposition


class Problem(NamedTuple):
    """A pytree of arrays. `basis` is demodulated so that the fitted bins come first in its discrete Fourier transform."""

    basis: np.ndarray  # (metabolite, channel, time) complex
    time_s: np.ndarray  # (time,)
    turn: np.ndarray  # (time,) complex, demodulates data as the basis was
    ppm: np.ndarray  # (bin,) descending
    smooth: np.ndarray  # (channel, bin, rank), factor of the baseline smoother in rotated channels
    transient_s: np.ndarray  # (time constant, time), tau (1 - exp(-t / tau))
    kernel_hz: np.ndarray  # (offset,), of the free lineshape kernel
    sd: np.ndarray  # (parameter,) and the two below
    low: np.ndarray
    high: np.ndarray
    baseline_degrees: float  # effective, of one real component over all channels
    baseline_free: float  # of those, the ones without any penalty
    baseline_volume: float  # log determinant of I - Q over all channels, what is without penalty left out
    larmor_mhz: float

    @property
    def offset_ppm(self):
        """Distance of every bin from the middle of the range, the pivot of the first-order phase."""
        return self.ppm - (self.ppm[0] + self.ppm[-1]) / 2

    @property
    def shared(self) -> int:
        """Number of parameters that all metabolites share; those of single metabolites come after them."""
        return COMMON + 2 * self.transient_s.shape[0] + self.kernel_hz.shape[0]


def fit_points(acquisition: Acquisition, settings: FitSettings) -> int:
    """Samples of the FID that a fit uses: the first `duration_s`, at a length that transforms fast.

    They stay a little short of the mark rather than over it.
    """
    points = min(acquisition.points, round(settings.duration_s * acquisition.spectral_width_hz))
    if points < SHORTEST_POINTS:
        raise InputError(f"the fit would use {points} points, but needs at least {SHORTEST_POINTS}", cure="Raise `duration_s`")
    while next_fast_len(points) != points:
        points -= 1
    return points


def make_problem(basis: np.ndarray, acquisition: Acquisition, settings: FitSettings) -> Problem:
    """`basis` (metabolite, channel, time) complex128 at the samples of `acquisition`; channels: off and on, or one."""
    metabolites, channels, points = basis.shape
    width_hz = acquisition.spectral_width_hz / points
    low_ppm, high_ppm = settings.range_ppm
    if acquisition.folds(high_ppm) or acquisition.folds(low_ppm):
        raise InputError(
            f"the fit range {low_ppm:g}-{high_ppm:g} ppm leaves the spectral width of {acquisition.spectral_width_hz:g} Hz",
            cure="Narrow `fit.range_ppm`",
        )
    # Turned by `first` bins the range begins at bin zero, so that a plain transform cut short holds the fitted bins.
    first, last = (acquisition.frequency_hz(ppm) / width_hz for ppm in (high_ppm, low_ppm))
    first, last = int(np.ceil(first)), int(np.floor(last))
    time_s = acquisition.time_s[:points]
    turn = np.exp(-2j * np.pi * first * width_hz * time_s) / np.sqrt(points)
    ppm = acquisition.shift_ppm(np.arange(first, last + 1) * width_hz)
    per_ppm = [settings.baseline_per_ppm, settings.baseline_difference_per_ppm][:channels]
    factors, degrees, free, volumes = zip(*(smoother(ppm, one) for one in per_ppm))
    rank = max(factor.shape[1] for factor in factors)
    smooth = np.stack([np.pad(factor, ((0, 0), (0, rank - factor.shape[1]))) for factor in factors])
    constants = np.array(settings.transient_time_constants_s[: transients(settings)])[:, None]
    prior = make_prior(settings, metabolites, channels, acquisition.larmor_mhz)
    return Problem(
        basis=basis * turn,
        time_s=time_s,
        turn=turn,
        ppm=ppm,
        smooth=smooth,
        transient_s=constants * -np.expm1(-time_s / constants),
        kernel_hz=kernel_offsets(settings),
        sd=prior.sd,
        low=prior.low,
        high=prior.high,
        baseline_degrees=float(sum(degrees)),
        baseline_free=float(sum(free)),
        baseline_volume=float(sum(volumes)),
        larmor_mhz=acquisition.larmor_mhz,
    )


def spline_basis(ppm: np.ndarray) -> np.ndarray:
    """Cubic B-splines (bin, spline) on evenly spaced knots over the range of `ppm` (bin,)."""
    low, high = float(ppm.min()), float(ppm.max())
    pieces = max(2, round((high - low) * KNOTS_PER_PPM))
    step = (high - low) / pieces
    knots = low + step * np.arange(-DEGREE, pieces + DEGREE + 1)
    knots[DEGREE + pieces] = max(knots[DEGREE + pieces], high)  # rounding must not push the last bin out
    return BSpline.design_matrix(np.clip(ppm, low, high), knots, DEGREE).toarray()


def smoother(ppm: np.ndarray, per_ppm: float) -> tuple[np.ndarray, float, int, float]:
    """Factor U (bin, rank) of the smoother Q = U U' with `per_ppm` effective degrees of freedom per ppm, and their number.

    Besides the number of directions without penalty, and the log determinant of I - Q over the others.

    Two degrees (a straight line) are the least a second-difference penalty leaves; `per_ppm` of zero gives no baseline.
    """
    if per_ppm == 0:
        return np.zeros((len(ppm), 0)), 0.0, 0, 0.0
    splines = spline_basis(ppm)
    degrees = max(2.05, per_ppm * float(np.ptp(ppm)))
    orthogonal, triangle = np.linalg.qr(splines)
    inverse = np.linalg.pinv(triangle)
    penalty = np.diff(np.eye(splines.shape[1]), 2, axis=0) @ inverse
    stiffness, directions = np.linalg.eigh(penalty.T @ penalty)  # Demmler-Reinsch basis
    stiffness = np.clip(stiffness, 0, None)
    degrees = min(degrees, 0.9 * len(stiffness))
    exponent = brentq(lambda power: (1 / (1 + 10.0**power * stiffness)).sum() - degrees, -12, 14)
    # A spline direction of stiffness s passes by 1 / (1 + lambda s): the trace of Q is their sum.
    weights = 1 / (1 + 10.0**exponent * stiffness)
    matter = weights > NEGLIGIBLE
    stiff = matter & (weights < 1 - UNPENALISED)
    factor = orthogonal @ directions[:, matter] * np.sqrt(weights[matter])
    return factor, float(weights[matter].sum()), int((matter & ~stiff).sum()), float(np.log1p(-weights[stiff]).sum())
