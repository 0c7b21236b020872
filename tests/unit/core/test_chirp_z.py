"""The chirp-z transform is the discrete-time Fourier transform, on any grid and at any length."""

import numpy as np
import pytest

from mrsgap.core.chirp_z import chirp_z
from mrsgap.core.signal import phasor


def direct(signal, start, step, points):
    n, k = np.arange(signal.shape[-1]), np.arange(points)
    return signal @ np.exp(-2j * np.pi * np.outer(n, start + k * step))


@pytest.mark.parametrize("samples", [1, 16, 333, 1024])
@pytest.mark.parametrize(("start", "step", "points"), [(-0.31, 0.7e-4, 257), (0.4, -3e-3, 100), (0.0, 0.0, 1), (0.11, 1.7, 5)])
def test_equals_the_direct_sum(samples, start, step, points):
    rng = np.random.default_rng(1)
    signal = rng.normal(size=(3, samples)) + 1j * rng.normal(size=(3, samples))
    expected = direct(signal, start, step, points)
    assert np.max(np.abs(chirp_z(signal, start, step, points) - expected)) < 1e-10 * samples


@pytest.mark.parametrize("samples", [64, 255, 256])
def test_equals_the_fft_on_its_grid(samples):
    signal = np.random.default_rng(2).normal(size=samples) + 0j
    np.testing.assert_allclose(chirp_z(signal, 0.0, 1 / samples, samples), np.fft.fft(signal), atol=1e-11 * samples)


def test_single_precision_keeps_its_precision():
    rng = np.random.default_rng(3)
    signal = rng.normal(size=4096) + 1j * rng.normal(size=4096)
    single = chirp_z(signal.astype(np.complex64), -0.092, 1.05e-4, 2048)
    assert single.dtype == np.complex64
    reference = chirp_z(signal, -0.092, 1.05e-4, 2048)
    assert np.linalg.norm(single - reference) < 1e-5 * np.linalg.norm(reference)


@pytest.mark.parametrize("samples", [1, 63, 64, 65, 4096])
def test_phasor_is_the_complex_exponential(samples):
    cycles = np.array([0.0, 1.3e-4, -0.37, 0.499])
    expected = np.exp(2j * np.pi * np.outer(cycles, np.arange(samples)))
    np.testing.assert_allclose(phasor(cycles, samples), expected, atol=1e-10)
    np.testing.assert_allclose(phasor(cycles.astype(np.float32)[1:2], samples), expected[1:2], atol=2e-5)
