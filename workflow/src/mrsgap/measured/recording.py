"""What one file holds, whatever its format: the signal in the package's sense and what the file says about it."""

from dataclasses import dataclass, replace

import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError

SHORTEST = 64  # complex points; LCModel refuses fewer, and no spectrum has them
LARGEST = 2**30  # bytes in one file; a damaged header asks for more


@dataclass(frozen=True)
class Recording:
    """`fid` complex (state, transient, time), the edit state of each row (None: the file does not say), and the header.

    A number that the format does not hold is None and must come from the manifest. `notes` tell what was assumed.
    """

    fid: np.ndarray
    states: tuple[str | None, ...] = (None,)
    larmor_mhz: float | None = None
    carrier_ppm: float | None = None
    dwell_s: float | None = None
    echo_time_s: float | None = None
    edit_off_ppm: float | None = None
    edit_on_ppm: float | None = None
    synthetic: bool = False
    notes: tuple[str, ...] = ()

    def with_header(self, **given) -> "Recording":
        """The same signal with every number of `given` that is not None in place of the file's."""
        return replace(self, **{name: value for name, value in given.items() if value is not None})

    @property
    def acquisition(self) -> Acquisition:
        """The acquisition; `InputError` names the number that is missing and the manifest column that supplies it."""
        for name in ("larmor_mhz", "carrier_ppm", "dwell_s"):
            if getattr(self, name) is None:
                raise InputError(f"the file does not say its `{name}`", cure=f"Give it in the manifest's column `{name}`")
        if not 0 < self.dwell_s < 1:
            raise InputError(f"`dwell_s` must be between 0 and 1 s, but is {self.dwell_s!r}")
        # A dwell time is exact to the nanosecond at best; so is the spectral width that follows from it.
        width_hz = float(f"{1 / self.dwell_s:.9g}")
        return Acquisition(float(self.larmor_mhz), float(self.carrier_ppm), width_hz, int(self.fid.shape[-1]))


def check_signal(recording: Recording) -> Recording:
    """Return `recording` if its signal can be one; `InputError` if it is too short, empty, not finite or misshapen."""
    fid = recording.fid
    if fid.ndim != 3 or not np.iscomplexobj(fid) or fid.shape[0] != len(recording.states):
        raise InputError(f"the signal has shape {fid.shape} and type {fid.dtype}, not complex (state, transient, time)")
    if fid.shape[-1] < SHORTEST:
        cure = "The file may be truncated, or its dimensions in another order: export it again"
        raise InputError(f"the signal has {fid.shape[-1]} points, fewer than {SHORTEST}", cure=cure)
    if not np.isfinite(fid).all():
        raise InputError(f"{np.sum(~np.isfinite(fid))} of {fid.size} samples are not finite", cure="Export the file again")
    largest = np.max(abs(fid))
    if largest == 0:
        raise InputError("every sample is zero", cure="Export the file again")
    if not 1e-30 < largest < 1e30:
        raise InputError(
            f"the largest sample is {largest:.1e}, which no scanner writes", cure="The file is damaged: export it again"
        )
    return recording
