"""What plausible scanners have in common and how they differ: the principal directions of a family of bases.

A basis is written as mean + sum_k phi_k d_k, where d_k are the principal components (Jolliffe, Principal Component Analysis,
2002) of the family's joint edit-off and edit-on bases, each as long as one standard deviation of the family along it. A
scanner of the family then has coordinates phi with unit variance, and |phi|^2 / K tells how far outside a basis lies.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mrsgap.core.errors import InputError
from mrsgap.core.signal import lorentzian

SMOOTHING_HZ = 3.0  # linewidth at which bases are compared: what differs below it no spectrum can tell
LEAST_SHARE = 1e-5  # of the family's variance: further directions are rounding


@dataclass(frozen=True)
class Directions:
    """`mean` complex (metabolite, edit, time), `steps` (direction, metabolite, edit, time), and the variance that is left out.

    `coordinates` (member, direction) are those of the family's own members.
    """

    mean: np.ndarray
    steps: np.ndarray
    coordinates: np.ndarray
    unexplained: float  # share of the family's variance along the directions left out

    def basis(self, phi) -> np.ndarray:
        """The basis at coordinates `phi` (..., direction): complex (..., metabolite, edit, time)."""
        return self.mean + np.tensordot(phi, self.steps, 1)


def principal_directions(
    fids: np.ndarray, time_s: np.ndarray, metabolites, typical: Mapping[str, float], count: int
) -> Directions:
    """At most `count` directions of `fids` complex (member, metabolite, edit, time), sampled at `time_s` (time,).

    Metabolites weigh by their `typical` concentration (by name; the mean of those named where one is absent), after a 3 Hz
    line. There are fewer directions than asked for where the family has fewer members, or where the rest of its variance is
    below 1e-5. Every member must have the same scale: see `basis.family`. Raises `InputError` for fewer than three members.
    """
    if len(fids) < 3:
        raise InputError(f"a family of {len(fids)} bases has no principal directions", cure="Give it three members or more")
    common = np.mean(list(typical.values())) if typical else 1.0
    weight = np.array([typical.get(name, common) for name in metabolites])
    mean = fids.mean(axis=0)
    left = fids - mean  # (member, metabolite, edit, time)
    line = lorentzian(time_s, SMOOTHING_HZ)
    gram = np.zeros((len(fids), len(fids)))
    for place, amount in enumerate(weight):
        part = (left[:, place] * line * amount).reshape(len(fids), -1)
        gram += (part.conj() @ part.T).real
    values, vectors = np.linalg.eigh(gram)
    values, vectors = values[::-1].clip(0), vectors[:, ::-1]
    matter = int((values > LEAST_SHARE * values.sum()).sum())
    used = min(count, len(fids) - 1, matter)
    # With X = U S V' centred, direction k is S_k V_k / sqrt(n - 1) = U_k' X / sqrt(n - 1): one standard deviation long.
    steps = np.tensordot(vectors[:, :used].T, left, 1) / np.sqrt(len(fids) - 1)
    coordinates = vectors[:, :used] * np.sqrt(len(fids) - 1)
    return Directions(mean, steps, coordinates, float(1 - values[:used].sum() / values.sum()))
