"""Normalised concentrations and ratios; undefined is NaN."""

import numpy as np
import pytest

from mrsgap.core.errors import InputError
from mrsgap.spectra.normalise import normalise_concentrations, ratio_to

NAMES = ["Cr", "GABA", "NAA"]
VALUES = np.array([[8.0, 2.0, 10.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])


def test_sum_and_max():
    np.testing.assert_allclose(normalise_concentrations(VALUES, "sum")[:2], [[0.4, 0.1, 0.5], [1, 0, 0]])
    np.testing.assert_allclose(normalise_concentrations(VALUES, "max")[:2], [[0.8, 0.2, 1.0], [1, 0, 0]])
    assert normalise_concentrations(VALUES, "none") is VALUES


@pytest.mark.parametrize("how", ["sum", "max"])
def test_nothing_has_no_normalised_form(how):
    assert np.all(np.isnan(normalise_concentrations(VALUES, how)[2]))


@pytest.mark.parametrize("how", ["sum", "max"])
def test_idempotent(how):
    once = normalise_concentrations(VALUES[:2], how)
    np.testing.assert_array_equal(normalise_concentrations(once, how), once)


def test_ratio_to_naa():
    np.testing.assert_allclose(ratio_to(VALUES, NAMES)[0], [0.8, 0.2, 1.0])
    assert np.all(np.isnan(ratio_to(VALUES, NAMES)[1:]))


def test_unknown_words_are_refused():
    with pytest.raises(InputError, match="unknown normalisation 'sun'"):
        normalise_concentrations(VALUES, "sun")
    with pytest.raises(InputError, match="no `H2O`"):
        ratio_to(VALUES, NAMES, "H2O")
