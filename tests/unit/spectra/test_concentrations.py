"""Concentrations: the study's points bit for bit, and sets that share nothing by default."""

import numpy as np
import pytest
import scipy.stats.qmc

from mrsgap.core.errors import InputError
from mrsgap.spectra.concentrations import SAMPLERS, sample_concentrations, study_sobol

NAMES = ["Cr", "GABA", "Gln", "Glu", "NAA"]


def sample(sampler, items=64, dataset="train", seed=1, names=NAMES, **settings):
    return sample_concentrations({"sampler": sampler, **settings}, items, names, seed, dataset)


def plain_sobol(count):
    """Section 3.2 of study.md, as written there: one point after another by the Gray-code recursion."""
    numbers = [[1] * 30, [1], [1, 1], [1, 3, 7], [1, 1, 5]]
    for m, polynomial in zip(numbers[1:], (3, 7, 11, 13)):
        degree = polynomial.bit_length() - 1
        a = [int(bit) for bit in bin(polynomial)[3:]]
        while len(m) < 30:
            i = len(m)
            value = m[i - degree]
            for k in range(1, degree + 1):
                if a[k - 1]:
                    value ^= 2**k * m[i - k]
            m.append(value)
    x, points = [0] * 5, []
    for n in range(count):
        c = 0
        while n & (1 << c):
            c += 1
        x = [value ^ (numbers[d][c] << (29 - c)) for d, value in enumerate(x)]
        points.append([value / 2**30 for value in x])
    return np.array(points)  # row r is point r + 1


def test_study_sequence_begins_as_published():
    np.testing.assert_array_equal(
        study_sobol(10_000, 5)[:2],
        [[0.09375, 0.46875, 0.84375, 0.40625, 0.28125], [0.59375, 0.96875, 0.34375, 0.90625, 0.78125]],
    )
    np.testing.assert_array_equal(
        study_sobol(100_000, 5)[:2],
        [[0.34375, 0.71875, 0.59375, 0.65625, 0.03125], [0.46875, 0.09375, 0.46875, 0.28125, 0.65625]],
    )


@pytest.mark.parametrize(("items", "skip"), [(3000, 13), (10_000, 15)])
def test_study_sequence_is_bit_exact(items, skip):
    np.testing.assert_array_equal(study_sobol(items, 5), plain_sobol(items + skip)[skip:])


def test_study_sequence_is_not_scipy_s_beyond_two_dimensions():
    joe_kuo = scipy.stats.qmc.Sobol(5, scramble=False).random_base2(6)[1:]
    ours = plain_sobol(63)
    np.testing.assert_array_equal(ours[:, :2], joe_kuo[:, :2])
    assert all(np.any(ours[:, d] != joe_kuo[:, d]) for d in (2, 3, 4))


def test_study_sequence_stops_at_five_dimensions():
    with pytest.raises(InputError, match="5 dimensions, but the basis has 6"):
        sample("sobol_study", names=[*NAMES, "Lac"])


def test_the_study_s_sets_share_compositions_and_ours_do_not():
    def rows(values):
        return set(map(tuple, values))

    assert len(rows(study_sobol(1000, 5)) & rows(study_sobol(10_000, 5))) >= 997
    sets = [sample("sobol", 4096, name) for name in ("selection", "train", "test")]
    shared = [rows(a) & rows(b) for i, a in enumerate(sets) for b in sets[i + 1 :]]
    assert not any(shared)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_draws_are_repeatable_and_named(sampler):
    np.testing.assert_array_equal(sample(sampler), sample(sampler))
    if sampler != "sobol_study":
        assert not np.array_equal(sample(sampler), sample(sampler, dataset="test"))
        assert not np.array_equal(sample(sampler), sample(sampler, seed=2))


@pytest.mark.parametrize("items", [1, 2, 100, 1000])
def test_scrambled_sequence_fills_the_cube_evenly(items):
    values = sample("sobol", items)
    assert values.shape == (items, 5)
    assert np.all((values > 0) & (values < 1))
    if items == 1000:
        assert scipy.stats.qmc.discrepancy(values) < 0.2 * scipy.stats.qmc.discrepancy(sample("uniform", items))


def test_dirichlet_sums_to_one():
    np.testing.assert_allclose(sample("dirichlet", 500).sum(axis=1), 1)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_ranges_bound_each_metabolite(sampler):
    values = sample(sampler, 2000, ranges={"GABA": [0.1, 0.3], "NAA": [5, 20]})
    assert values[:, 1].min() >= 0.1
    assert values[:, 1].max() <= 0.3
    assert 5 <= values[:, 4].min() < 6
    assert values[:, 0].max() > 0.7


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_zeros_come_as_often_as_asked_and_never_everywhere(sampler):
    values = sample(sampler, 8000, absent_fraction=0.5)
    expected = 0.5 - 0.5**5 / 5  # one stays where all five were to go
    assert np.mean(values == 0) == pytest.approx(expected, abs=0.01)
    assert np.all(values.max(axis=1) > 0)


@pytest.mark.parametrize(
    ("ranges", "message"),
    [({"Lac": [0, 1]}, "`Lac`, which the basis lacks"), ({"Cr": [2, 1]}, r"\[2, 1\]"), ({"Cr": [0, 0]}, "Cr must be"),
     ({"Cr": [-1, 1]}, r"\[-1, 1\]"), ({"Cr": [0, float("inf")]}, "Cr must be")],
)  # fmt: skip
def test_impossible_ranges_are_refused(ranges, message):
    with pytest.raises(InputError, match=message):
        sample("sobol", ranges=ranges)


RARE = {
    "sampler": "uniform", "log_uniform": {"fraction": 0.25, "lowest": 0.01},
    "absent_fraction": 0.25, "absent_items": 0.5, "always": ["Cr", "NAA"],
}  # fmt: skip


def test_rare_kinds_of_compositions():
    """A quarter logarithmic, absences in a half of the items, and always one of two metabolites."""
    values = sample_concentrations(RARE, 8000, ["Cr", "GABA", "NAA"], 1, "set")
    assert np.all(values[:, 0] + values[:, 2] > 0)
    assert np.mean(values[:, 1] == 0) == pytest.approx(0.125, abs=0.015)
    assert np.mean(np.any(values == 0, axis=1)) == pytest.approx(0.5 * (1 - 0.75**3), abs=0.02)
    present = values[values > 0]
    # uniform on [0, 1] below a tenth: 0.1; uniform in the logarithm from 0.01: a half
    assert np.mean(present < 0.1) == pytest.approx(0.75 * 0.1 + 0.25 * 0.5, abs=0.01)


def test_fresh_compositions_follow_the_same_law():
    import jax

    from mrsgap.spectra.render import draw_compositions

    names = ("Cr", "GABA", "NAA")
    fresh = np.asarray(draw_compositions(jax.random.split(jax.random.key(1), 8000), RARE, names))
    stored = sample_concentrations(RARE, 8000, list(names), 1, "set")
    for column in range(3):
        assert scipy.stats.ks_2samp(fresh[:, column], stored[:, column]).pvalue > 0.01


def test_a_metabolite_that_must_be_there_is_in_the_basis():
    with pytest.raises(InputError, match="basis lacks it"):
        sample_concentrations({"sampler": "uniform", "always": ["Cho"]}, 3, ["Cr"], 1, "set")
