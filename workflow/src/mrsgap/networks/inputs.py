"""What every network is built from and what every network gives back."""

from dataclasses import dataclass, field
from typing import NamedTuple

import jax
import numpy as np

from mrsgap.core.errors import InputError


@dataclass(frozen=True)
class Inputs:
    """Channels (`off-real`, ...) in order, bins of the band and their spacing, metabolites, and how targets are normalised.

    `basis` is for architectures that fit one: complex (metabolite, edit, bin), edit = off, on, through the same window as the
    spectra; or None.
    """

    channels: tuple[str, ...]
    points: int = 2048
    metabolites: tuple[str, ...] = ("Cr", "GABA", "Gln", "Glu", "NAA")
    normalisation: str = "sum"
    bin_hz: float = 0.2106962
    basis: np.ndarray | None = field(default=None, compare=False, repr=False)

    @property
    def states(self) -> tuple[str, ...]:
        """Edit states among the channels, in order of appearance."""
        return tuple(dict.fromkeys(name.split("-")[0] for name in self.channels))

    @property
    def parts(self) -> tuple[str, ...]:
        """Parts (real, imaginary, magnitude) among the channels, in order of appearance."""
        return tuple(dict.fromkeys(name.split("-")[1] for name in self.channels))

    def by_state(self, x):
        """(batch, channel, bin) -> (batch, state, part, bin); `InputError` unless every state has the same parts in order."""
        expected = tuple(f"{state}-{part}" for state in self.states for part in self.parts)
        if expected != self.channels:
            raise InputError(
                f"the channels {', '.join(self.channels)} do not give every edit state the same parts",
                where="config: models.<name>.channels",
                cure=f"This architecture needs an order such as {', '.join(expected)}",
            )
        return x.reshape(x.shape[0], len(self.states), len(self.parts), x.shape[-1])


class Output(NamedTuple):
    """Concentrations and scales (batch, metabolite), reconstruction (batch, channel, bin); None where a network has none.

    A scale is that of the error that the network expects of a concentration.
    """

    concentrations: jax.Array | None
    reconstruction: jax.Array | None = None
    scales: jax.Array | None = None
