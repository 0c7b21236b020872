"""What a linear-combination fit is told: range, baseline, priors, effort."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from mrsgap.core.errors import InputError, require_positive


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
    phase1_sd_deg_per_ppm: float
    on_frequency_sd_hz: float
    on_phase_sd_deg: float
    on_gain_sd: float
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
