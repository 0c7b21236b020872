"""What one file holds, whatever its format: signal in the package's sense, water reference and what the file says of both.

Readers make a `Recording`; coil combination, eddy-current correction and registration turn one into another.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError

SHORTEST = 64  # complex points; LCModel refuses fewer, and no spectrum has them
LARGEST = 2**30  # bytes in one file; a damaged header asks for more
LOUDEST_NOISE = 1e3  # of a pre-scan over the largest sample of the signal; no coil is that noisy
SMALLEST_SAMPLE, LARGEST_SAMPLE = 1e-15, 1e15  # no scanner writes others, and their squares are no single-precision numbers
SAMPLING = ("larmor_mhz", "carrier_ppm", "dwell_s")


@dataclass(frozen=True)
class Step:
    """One thing that was done to a signal, as NIfTI-MRS lists it under `ProcessingApplied`; `program` is empty for this one."""

    method: str
    details: str = ""
    program: str = ""
    version: str = ""


@dataclass(frozen=True)
class Water:
    """The unsuppressed water that belongs to a recording: `fid` complex (coil, transient, time), and its own sampling.

    `source` says in words where it came from. A number that is None is the recording's own.
    """

    fid: np.ndarray
    source: str
    larmor_mhz: float | None = None
    carrier_ppm: float | None = None
    dwell_s: float | None = None
    echo_time_s: float | None = None
    repetition_time_s: float | None = None
    leading_points: float = 0.0
    notes: tuple[str, ...] = ()

    @property
    def acquisition(self) -> Acquisition:
        """How it was sampled; `InputError` names a number that is missing."""
        return _acquisition(self)


@dataclass(frozen=True)
class Recording:
    """`fid` complex (state, coil, transient, time), the edit state along its first axis (None: not said), and the header.

    `state_source` says what named the states. `present` (state, transient) is False where a row was empty or left out; its
    samples are zero, and row i of one state neighbours row i of the other. `noise` (coil, sample) is a noise pre-scan.
    `leading_points` samples (a fraction where a digital filter delays) before the top of the FID are still in `fid`. A number
    that the format does not hold is None and must come from the manifest. `notes` tell what was assumed or mended.
    """

    fid: np.ndarray
    states: tuple[str | None, ...] = (None,)
    state_source: str = ""
    present: np.ndarray | None = None
    water: Water | None = None
    noise: np.ndarray | None = None
    larmor_mhz: float | None = None
    carrier_ppm: float | None = None
    dwell_s: float | None = None
    echo_time_s: float | None = None
    repetition_time_s: float | None = None
    edit_off_ppm: float | None = None
    edit_on_ppm: float | None = None
    field_tesla: float | None = None  # as the header rounds it; the Larmor frequency is what counts
    vendor: str = ""
    leading_points: float = 0.0
    coil_names: tuple[str, ...] = ()
    synthetic: bool = False
    notes: tuple[str, ...] = ()
    steps: tuple[Step, ...] = field(default=())

    def with_header(self, **given) -> "Recording":
        """The same signal with every number of `given` that is not None in place of the file's."""
        return replace(self, **{name: value for name, value in given.items() if value is not None})

    def noted(self, *notes: str) -> "Recording":
        """The same recording with further remarks, each told once."""
        fresh = tuple(dict.fromkeys(note for note in notes if note and note not in self.notes))
        return replace(self, notes=self.notes + fresh)

    @property
    def rows(self) -> np.ndarray:
        """Which rows hold signal, (state, transient)."""
        if self.present is not None:
            return self.present
        return np.ones((self.fid.shape[0], self.fid.shape[2]), bool)

    @property
    def acquisition(self) -> Acquisition:
        """The acquisition; `InputError` names the number that is missing and the manifest column that supplies it."""
        return _acquisition(self)


def with_axes(fid: np.ndarray) -> np.ndarray:
    """`fid` complex (..., time) of at most four axes as (state, coil, transient, time): the missing ones come first, length 1.

    >>> with_axes(np.zeros((3, 64), complex)).shape
    (1, 1, 3, 64)
    """
    return fid.reshape((1,) * (4 - fid.ndim) + fid.shape)


def check_signal(recording: Recording) -> Recording:
    """Return `recording` if its signal can be one; `InputError` if it is too short, empty, not finite or misshapen."""
    fid = recording.fid
    if fid.ndim != 4 or not np.iscomplexobj(fid) or fid.shape[0] != len(recording.states):
        raise InputError(f"the signal has shape {fid.shape} and type {fid.dtype}, not complex (state, coil, transient, time)")
    _check_samples(fid, "the signal")
    if recording.water is not None:
        _check_samples(recording.water.fid, f"the water reference ({recording.water.source})")
    noise = recording.noise
    if noise is not None and not (np.isfinite(noise).all() and 0 < np.max(abs(noise)) < LOUDEST_NOISE * np.max(abs(fid))):
        return replace(recording, noise=None).noted("the noise pre-scan is empty or damaged, and not used")
    return recording


def _check_samples(fid: np.ndarray, what: str) -> None:
    if fid.shape[-1] < SHORTEST:
        cure = "The file may be truncated, or its dimensions in another order: export it again"
        raise InputError(f"{what} has {fid.shape[-1]} points, fewer than {SHORTEST}", cure=cure)
    if not fid.size:
        raise InputError(f"{what} has no samples: its shape is {fid.shape}", cure="Export the file again")
    if not np.isfinite(fid).all():
        raise InputError(
            f"{np.sum(~np.isfinite(fid))} of {fid.size} samples of {what} are not finite", cure="Export the file again"
        )
    largest = np.max(abs(fid))
    if largest == 0:
        raise InputError(f"every sample of {what} is zero", cure="Export the file again")
    if not SMALLEST_SAMPLE < largest < LARGEST_SAMPLE:
        raise InputError(
            f"the largest sample of {what} is {largest:.1e}, which no scanner writes",
            cure="The file is damaged: export it again",
        )


def _acquisition(signal: Recording | Water) -> Acquisition:
    for name in SAMPLING:
        if getattr(signal, name) is None:
            raise InputError(f"the file does not say its `{name}`", cure=f"Give it in the manifest's column `{name}`")
    if not 0 < signal.dwell_s < 1:
        cure = "Give the right one in the manifest's column `dwell_s`"
        raise InputError(f"`dwell_s` must be between 0 and 1 s, but is {signal.dwell_s!r}", cure=cure)
    # A dwell time is exact to the nanosecond at best; so is the spectral width that follows from it.
    width_hz = float(f"{1 / signal.dwell_s:.9g}")
    return Acquisition(float(signal.larmor_mhz), float(signal.carrier_ppm), width_hz, int(signal.fid.shape[-1]))
