"""The study's library as a backend: GPyOpt's Gaussian process and expected improvement on the enumerated space.

Options without order are one-hot encoded, as GPyOpt does; ordered ones enter by rank scaled to 0 ... 1. The space is finite, so
the acquisition function is evaluated on all of it rather than climbed by L-BFGS. GPyOpt has no Thompson sampling (asked for it
with a batch of one it silently maximises expected improvement), so the draw is made here from its model's joint posterior.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mrsgap.core.errors import InputError
from mrsgap.select.space import Space

LARGEST = 5_000  # configurations of a joint draw: its covariance is a full matrix here


@dataclass(frozen=True)
class GPyOptPosterior:
    """The same two questions as `gaussian_process.Posterior`, answered by GPyOpt."""

    model: object  # GPyOpt.models.GPModel
    coordinates: np.ndarray  # (configuration, coordinate)
    observed: np.ndarray
    values: np.ndarray

    def expected_improvement(self, pending: Sequence[int], jitter: float) -> np.ndarray:
        """GPyOpt's expected improvement at every configuration; `pending` ones count as observed at their predicted mean."""
        from GPyOpt.acquisitions import AcquisitionEI

        if pending:
            believed = self.model.predict(self.coordinates[list(pending)])[0][:, 0]
            self._condition([*self.observed, *pending], [*self.values, *believed])
        acquisition = AcquisitionEI(self.model, space=None, jitter=jitter)
        improvement = np.asarray(acquisition._compute_acq(self.coordinates))[:, 0]
        if pending:
            self._condition(self.observed, self.values)
        return improvement

    def draw(self, generator: np.random.Generator) -> np.ndarray:
        """One joint draw of the noise-free objective at every configuration."""
        mean, covariance = self.model.model.predict(self.coordinates, full_cov=True, include_likelihood=False)
        covariance = covariance + 1e-8 * np.trace(covariance) / len(covariance) * np.eye(len(covariance))
        return generator.multivariate_normal(mean[:, 0], covariance, method="cholesky")

    def _condition(self, observed, values) -> None:
        self.model.model.set_XY(self.coordinates[np.asarray(observed, int)], np.asarray(values, float)[:, None])


def fit(space: Space, observed, values, generator: np.random.Generator) -> GPyOptPosterior:
    """Fit GPyOpt's model (Matern 5/2, one length, five restarts from `generator`) to `values` (observation,)."""
    from GPyOpt.models import GPModel

    if space.size > LARGEST:
        raise InputError(f"the GPyOpt backend takes at most {LARGEST:,} configurations, but the space has {space.size:,}",
                         cure="Use `backend: mrsgap`")  # fmt: skip
    coordinates, observed, values = encode(space), np.asarray(observed, int), np.asarray(values, float)
    model = GPModel(exact_feval=False, optimizer="lbfgs", max_iters=1000, optimize_restarts=5, verbose=False)
    with _seeded(int(generator.integers(2**32))):
        model.updateModel(coordinates[observed], values[:, None], None, None)
    return GPyOptPosterior(model, coordinates, observed, values)


def encode(space: Space) -> np.ndarray:
    """One-hot columns for options without order, one column of scaled ranks for ordered ones, (configuration, coordinate)."""
    columns = []
    for option, code in zip(space.options, space.codes.T):
        count = len(option.values)
        columns.append((code / max(count - 1, 1))[:, None] if option.ordered else np.eye(count)[code])
    return np.concatenate(columns, axis=1)


@contextlib.contextmanager
def _seeded(seed: int):
    """GPy draws its restarts from NumPy's global generator: seed that, and put it back."""
    state = np.random.get_state()  # noqa: NPY002
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(state)  # noqa: NPY002
