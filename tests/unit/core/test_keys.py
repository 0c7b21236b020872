"""Randomness by name."""

import jax
import numpy as np

from mrsgap.core.keys import named_generator, named_key


def test_same_names_same_draws():
    assert named_generator(1, "noise", 3).random() == named_generator(1, "noise", 3).random()
    np.testing.assert_array_equal(jax.random.key_data(named_key(1, "a")), jax.random.key_data(named_key(1, "a")))


def test_seed_name_order_and_type_matter():
    names = [(1, "a", "b"), (1, "b", "a"), (2, "a", "b"), (1, "ab"), (1, "a", "b", 1), (1, "a", "b", "1")]
    assert len({named_generator(*each).random() for each in names}) == len(names)
