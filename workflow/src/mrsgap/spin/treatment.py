"""Where spins are and how their physics is computed: data that the fold over events takes."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Localisation:
    """Positions in Hz of gradient offset, (position,), per axis, and the weight of each position (area over slice)."""

    offsets_hz: dict[str, np.ndarray]
    weight: float = 1.0


@dataclass(frozen=True)
class Treatment:
    """How the physics is computed: the splitting, ideal crushers or the phase cycle, and the reference's shift factor."""

    splitting: str = "first_order"
    ideal_selection: bool = False
    shift_scale: float = 1.0
