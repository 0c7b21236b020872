"""A narrow configuration of every architecture, so that tests build and train each in moments."""

import jax
import numpy as np

from mrsgap.networks.inputs import Inputs

POINTS = 384
CHANNELS = ("off-imaginary", "off-real", "on-imaginary", "on-real")

NARROW = {
    "cnn": {"kernels": (7, 5, 3, 3), "steps": (2, 2), "filters": (8, 16), "dense_units": 32, "dense_dropout": 0.0},
    "yae": {"width": 256, "dropout": 0.0, "units": 64},
    "autoencoder": {"width": 256, "dropout": 0.0},
    "frozen_encoder_quantifier": {"width": 256, "units": 64},
    "fcnn": {"filters": (8, 16, 32), "dense_units": 64, "dropout": 0.0},
    "qnet": {"filters": (4, 8, 16), "dense_units": 32},
    "qnet_basis": {"filters": (4, 8, 16), "dense_units": 32},
    "qmrs": {"filters": 8, "inception": (4, 5, 6), "units": 16, "dense_units": (32, 16), "dropout": 0.0},
    "encdec": {"filters": 16},
    "residual_mlp": {"width": 64, "blocks": 1},
}


def lines() -> np.ndarray:
    """A basis of five metabolites, each two Lorentzian lines of its own: complex (metabolite, edit, bin)."""
    rng = np.random.default_rng(3)
    bins = np.arange(POINTS)
    centres = rng.uniform(20, POINTS - 20, (5, 2, 2))
    heights = rng.uniform(0.3, 1.0, (5, 2, 2))
    return np.sum(heights[..., None] / (1 + 1j * (bins - centres[..., None]) / 3), axis=2).astype(np.complex64)


def inputs(channels=CHANNELS, **changes) -> Inputs:
    """What a narrow network is built from."""
    return Inputs(channels, points=POINTS, bin_hz=431.3 / POINTS, basis=lines(), **changes)


def spectra(count: int, seed=0, noise=0.01):
    """Network input and sum-normalised concentrations made from `lines`: (count, 4, bin), (count, 5), the noise-free twin."""
    rng = np.random.default_rng(seed)
    truth = rng.uniform(0.05, 1, (count, 5))
    mixed = np.einsum("im,meb->ieb", truth, lines())
    mixed = mixed / np.abs(mixed[:, :1]).max(axis=-1, keepdims=True)
    x = np.stack([mixed[:, 0].imag, mixed[:, 0].real, mixed[:, 1].imag, mixed[:, 1].real], axis=1)
    clean = x.astype(np.float32)
    noisy = clean + rng.normal(0, noise, x.shape).astype(np.float32)
    return noisy, (truth / truth.sum(axis=1, keepdims=True)).astype(np.float32), clean


def key(seed=0):
    """A JAX key."""
    return jax.random.key(seed)
