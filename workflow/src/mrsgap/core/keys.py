"""Randomness by name: every draw comes from the config's one seed through a key that says what it is for."""

import hashlib

import numpy as np


def _words(seed: int, names: tuple) -> list[int]:
    text = "\x1f".join(f"{type(name).__name__}:{name}" for name in names)
    digest = hashlib.sha256(f"{int(seed)}\x1e{text}".encode()).digest()
    return [int.from_bytes(digest[i : i + 4], "little") for i in range(0, 32, 4)]


def named_key(seed: int, *names):
    """A JAX key that depends on the seed and on every name, in order (strings or whole numbers)."""
    import jax  # here, so that table and figure scripts stay free of JAX

    key = jax.random.key(0)
    for word in _words(seed, names)[:2]:
        key = jax.random.fold_in(key, word)
    return key


def named_generator(seed: int, *names) -> np.random.Generator:
    """A NumPy generator that depends on the seed and on every name, in order.

    >>> named_generator(1, "noise", 0).random() == named_generator(1, "noise", 0).random()
    True
    >>> named_generator(1, "noise", 0).random() == named_generator(1, "noise", 1).random()
    False
    """
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(_words(seed, names))))
