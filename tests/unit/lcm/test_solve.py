"""Non-negative least squares against SciPy's."""

import jax
import numpy as np
from scipy.optimize import nnls

from mrsgap.lcm.solve import non_negative


def problems(count, metabolites, seed=1):
    random = np.random.default_rng(seed)
    design = random.normal(size=(count, 40, metabolites))
    design[:, :, 1] = design[:, :, 0] + 0.05 * design[:, :, 1]  # two nearly equal columns
    target = np.einsum("ijk,ik->ij", design, random.normal(size=(count, metabolites))) + random.normal(size=(count, 40))
    return design, target


def test_equals_scipy_on_many_problems():
    for metabolites in (2, 5, 10):
        design, target = problems(300, metabolites)
        gram, moment = np.einsum("ijk,ijl->ikl", design, design), np.einsum("ijk,ij->ik", design, target)
        found, optimal = jax.jit(jax.vmap(non_negative))(gram, moment)
        expected = np.array([nnls(one, y)[0] for one, y in zip(design, target)])
        assert optimal.all()
        assert ((expected == 0).any(axis=1)).mean() > 0.5  # the bound matters in this test
        np.testing.assert_allclose(found, expected, atol=1e-9 * np.abs(expected).max())


def test_scale_of_a_column_does_not_matter_and_an_empty_one_gets_zero():
    design, target = problems(1, 4)
    scale = np.array([1e6, 1e-6, 1.0, 0.0])
    gram, moment = design[0].T @ design[0], design[0].T @ target[0]
    found, optimal = non_negative(gram * scale[:, None] * scale, moment * scale)
    plain, _ = non_negative(gram[:3, :3], moment[:3])
    assert optimal
    assert found[3] == 0
    np.testing.assert_allclose(found[:3] * scale[:3], plain, rtol=1e-9)
