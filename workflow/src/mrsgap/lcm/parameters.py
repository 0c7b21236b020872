"""What a fit is given and what it varies: settings from the config, parameters with their order, priors, bounds and units.

Order: phase0 (rad), phase1 (rad/ppm), frequency (Hz), Lorentzian width (Hz), squared Gaussian width (Hz^2), then of edit-on
against edit-off phase (rad), frequency (Hz), log gain and editing loss (share of edit-on that the editing pulse missed), then
per time constant a transient frequency and a transient broadening (Hz), then per offset of the lineshape kernel its weight,
then per metabolite a frequency (Hz) and a Lorentzian width (Hz). A parameter whose prior is zero is held.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from mrsgap.core.errors import InputError, require_positive

PHASE0, PHASE1, FREQUENCY, LORENTZIAN, GAUSSIAN_SQUARED, ON_PHASE, ON_FREQUENCY, ON_GAIN, ON_LOSS = range(9)
COMMON = 9
FREE = np.inf  # prior of a parameter that the data alone determine


@dataclass(frozen=True)
class FitSettings:
    """Settings of one kind of fit (config: fit.*), all `_sd` being one standard deviation of a Gaussian prior about zero.

    A prior of zero holds the parameter at zero. `baseline_per_ppm` and `baseline_difference_per_ppm` are effective
    degrees of freedom of the baseline per ppm, common to and different between edit states (zero: no baseline).
    """

    range_ppm: tuple[float, float]  # low, high
    duration_s: float  # of the FID used: later points are noise
    baseline_per_ppm: float
    baseline_difference_per_ppm: float
    metabolite_shift_sd_ppm: float
    metabolite_linewidth_sd_hz: float
    transient_sd_hz: float
    transient_time_constants_s: tuple[float, ...]
    first_order_phase_sd_deg_per_ppm: float
    edit_mismatch_frequency_sd_hz: float
    edit_mismatch_phase_sd_deg: float
    edit_mismatch_gain_sd: float
    editing_loss_sd: float
    kernel_sd: float
    kernel_offsets_hz: tuple[float, ...]  # on one side; the kernel has the same on the other
    largest_linewidth_hz: float
    largest_shift_ppm: float  # of the coarse search
    iterations: int
    batch: int

    def __post_init__(self):
        low, high = self.range_ppm
        if not low < high:
            raise InputError(f"`range_ppm` must rise, but is {list(self.range_ppm)}", where="config: fit")
        for name in ("duration_s", "largest_linewidth_hz", "iterations", "batch"):
            require_positive(name, getattr(self, name), where="config: fit")
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name.endswith(("_sd", "_sd_hz", "_sd_ppm", "_sd_deg", "per_ppm", "shift_ppm")) and not 0 <= value < 1e9:
                raise InputError(f"`{field.name}` must be a finite number >= 0, but is {value!r}", where="config: fit")

    @classmethod
    def from_config(cls, section: Mapping) -> "FitSettings":
        """Settings from a config section; lists become tuples so that settings can be compared and hashed."""
        unknown = set(section) - {field.name for field in fields(cls)}
        if unknown:
            raise InputError(f"unknown setting `{min(unknown)}`", where="config: fit", cure="See `fit.settings` in config.yaml")
        return cls(**{key: tuple(value) if isinstance(value, list) else value for key, value in section.items()})


@dataclass(frozen=True)
class Prior:
    """Per parameter: `sd` of the prior about zero (inf: none, 0: held), `low` and `high` bounds; all (parameter,)."""

    sd: np.ndarray
    low: np.ndarray
    high: np.ndarray


def transients(settings: FitSettings) -> int:
    """Number of transient time constants in use."""
    return len(settings.transient_time_constants_s) if settings.transient_sd_hz > 0 else 0


def kernel_offsets(settings: FitSettings) -> np.ndarray:
    """Offsets in Hz at which the free lineshape kernel has weights, (offset,), on both sides; empty where it is not in use."""
    one_side = np.array(settings.kernel_offsets_hz if settings.kernel_sd > 0 else ())
    return np.concatenate([-one_side[::-1], one_side])


def moves_metabolites(settings: FitSettings) -> bool:
    """Whether any metabolite has a frequency or width of its own."""
    return settings.metabolite_shift_sd_ppm > 0 or settings.metabolite_linewidth_sd_hz > 0


def make_prior(settings: FitSettings, metabolites: int, channels: int, larmor_mhz: float) -> Prior:
    """Priors and bounds of all parameters of a fit of `channels` spectra (1: one state, 2: off and on)."""
    degree, both = np.pi / 180, float(channels == 2)
    sd = np.concatenate([
        [FREE, settings.first_order_phase_sd_deg_per_ppm * degree, FREE, FREE, FREE],
        [settings.edit_mismatch_phase_sd_deg * degree * both, settings.edit_mismatch_frequency_sd_hz * both],
        [settings.edit_mismatch_gain_sd * both, settings.editing_loss_sd * both],
        np.full(2 * transients(settings), settings.transient_sd_hz),
        np.full(len(kernel_offsets(settings)), settings.kernel_sd),
        np.full(metabolites * moves_metabolites(settings), settings.metabolite_shift_sd_ppm * larmor_mhz),
        np.full(metabolites * moves_metabolites(settings), settings.metabolite_linewidth_sd_hz),
    ])  # fmt: skip
    low, high = np.full(len(sd), -np.inf), np.full(len(sd), np.inf)
    low[[LORENTZIAN, GAUSSIAN_SQUARED]] = 0.0
    high[[LORENTZIAN, GAUSSIAN_SQUARED]] = settings.largest_linewidth_hz, settings.largest_linewidth_hz**2
    # A prior is no wall, but six of its standard deviations are: a metabolite absent from the data must not wander.
    bounded = np.isfinite(sd)
    low[bounded], high[bounded] = -6 * sd[bounded], 6 * sd[bounded]
    return Prior(sd, low, high)
