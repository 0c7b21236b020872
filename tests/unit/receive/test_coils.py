"""Coils combine as well as anything can: against the bound that true sensitivities and the true covariance give."""

import numpy as np
import pytest

from mrsgap.core.errors import InputError
from mrsgap.receive.coils import coil_weights

DWELL_S = 5e-4
TIME_S = np.arange(1024) * DWELL_S


def recorded(generator, coils=16, transients=32, noise=0.2, drift_hz=3.0, correlated=True):
    """Signals (coil, transient, time) of two lines through known sensitivities, with correlated noise and drift."""
    sensitivity = (generator.normal(size=(coils, 2)) @ [1, 1j]) * generator.uniform(0.1, 1, coils)
    mix = np.eye(coils) + (0.3 * generator.normal(size=(coils, coils, 2)) @ [1, 1j] / np.sqrt(coils) if correlated else 0)
    covariance = mix @ mix.conj().T
    shift_hz = generator.normal(0, drift_hz, (transients, 1))
    lines = np.exp((2j * np.pi * (120 + shift_hz) - 15) * TIME_S) + 0.6 * np.exp((2j * np.pi * (-40 + shift_hz) - 15) * TIME_S)
    white = generator.normal(size=(coils, transients, TIME_S.size, 2)) @ [1, 1j]
    fid = sensitivity[:, None, None] * lines + noise * np.tensordot(mix, white, axes=1)
    return fid, sensitivity, covariance * noise**2, lines


def efficiency(row, sensitivity, covariance):
    """Signal-to-noise ratio of weights over the best possible one, sqrt(s^H C^-1 s)."""
    reached = abs(row @ sensitivity) / np.sqrt((row @ covariance @ row.conj()).real)
    return reached / np.sqrt(np.vdot(sensitivity, np.linalg.solve(covariance, sensitivity)).real)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("coils", "correlated"), [(4, True), (16, True), (32, False)])
def test_within_a_percent_of_the_best_snr(seed, coils, correlated):
    fid, sensitivity, covariance, _ = recorded(np.random.default_rng(seed), coils, correlated=correlated)
    assert efficiency(coil_weights(fid, DWELL_S).row, sensitivity, covariance) > 0.99


def test_a_noise_prescan_and_a_water_reference_serve_as_well():
    generator = np.random.default_rng(7)
    water, sensitivity, covariance, _ = recorded(generator, transients=1, noise=1e-3)
    fid, *_ = recorded(np.random.default_rng(7), noise=2.0)
    root = np.linalg.cholesky(covariance)
    prescan = root @ (generator.normal(size=(16, 4096, 2)) @ [1, 1j])
    weights = coil_weights(water, DWELL_S, noise=prescan)
    assert efficiency(weights.row, sensitivity, covariance) > 0.99
    assert weights.combine(fid).shape == fid.shape[1:]


def test_the_scale_is_that_of_the_sensitivity_not_of_the_data():
    fid, sensitivity, _, lines = recorded(np.random.default_rng(2), noise=1e-6)
    combined = coil_weights(fid, DWELL_S).combine(fid)
    twice = coil_weights(fid, DWELL_S).combine(2 * fid)
    np.testing.assert_allclose(twice, 2 * combined, rtol=1e-12)
    factor = np.linalg.norm(sensitivity) * np.exp(1j * np.angle(sensitivity[np.argmax(abs(sensitivity))]))
    np.testing.assert_allclose(combined, factor * lines, atol=1e-4)


def test_missing_coils_are_left_out_and_named():
    fid, sensitivity, covariance, _ = recorded(np.random.default_rng(3), coils=8)
    fid[2], fid[5] = 0, np.nan
    weights = coil_weights(fid, DWELL_S)
    assert weights.left_out == (2, 5)
    live = [coil for coil in range(8) if coil not in (2, 5)]
    assert efficiency(weights.row[live], sensitivity[live], covariance[np.ix_(live, live)]) > 0.99
    assert np.isfinite(weights.combine(fid)).all()


def test_a_coil_full_of_noise_counts_for_nothing():
    fid, *_ = recorded(np.random.default_rng(4), coils=4)
    fid[1] += 100 * (np.random.default_rng(5).normal(size=(*fid[1].shape, 2)) @ [1, 1j])
    row = coil_weights(fid, DWELL_S).row
    assert abs(row[1]) < 0.02 * abs(row).max()


def test_noise_free_signals_combine():
    fid, *_ = recorded(np.random.default_rng(6), noise=0.0)
    assert np.isfinite(coil_weights(fid, DWELL_S).combine(fid)).all()


def test_refusals():
    with pytest.raises(InputError, match="no coil holds a signal"):
        coil_weights(np.zeros((4, 1, 64), complex), DWELL_S)
    fid, *_ = recorded(np.random.default_rng(1), coils=4)
    with pytest.raises(InputError, match="3 coils cannot be combined with the weights of 4"):
        coil_weights(fid, DWELL_S).combine(fid[:3])
