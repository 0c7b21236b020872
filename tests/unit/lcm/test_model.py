"""The signal model: derivatives against automatic differentiation, the baseline against an explicit fit."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.lcm.channels import resample_basis, with_components
from mrsgap.lcm.model import derivatives, inner, rotate, signals, to_bins, unrotate
from mrsgap.lcm.parameters import FitSettings
from mrsgap.lcm.problem import fit_points, make_problem, smoother, spline_basis


@pytest.fixture(scope="module")
def problem(made_up_basis, fit_settings):
    acquisition = Acquisition.from_attributes(made_up_basis.attrs)
    everything = dataclasses.replace(fit_settings, editing_loss_sd=0.05, kernel_sd=0.05)
    return make_problem(resample_basis(made_up_basis, acquisition, 512), acquisition, everything)


@pytest.fixture(scope="module")
def theta(problem):
    random = np.random.default_rng(3)
    theta = random.normal(size=len(problem.sd)) * np.where(np.isfinite(problem.sd), problem.sd, 0.3)
    theta[3:5] = 2.0, 4.0
    return theta


def test_derivatives_are_those_of_automatic_differentiation(problem, theta):
    amplitude = jnp.array([8.0, 3.0, 0.0, 12.0, 15.0])

    def model(theta):
        return jnp.tensordot(amplitude, to_bins(problem, theta, signals(problem, theta)), 1)

    signal = signals(problem, theta)
    found = derivatives(problem, theta, signal, to_bins(problem, theta, signal), amplitude)
    real, imag = (jax.jacfwd(lambda x, part=part: part(model(x)))(jnp.asarray(theta)) for part in (jnp.real, jnp.imag))
    expected = np.moveaxis(np.asarray(real + 1j * imag), -1, 0)
    np.testing.assert_allclose(found, expected, atol=1e-9 * np.abs(expected).max())


def test_fitted_bins_are_those_of_the_whole_transform(problem, made_up_basis):
    acquisition = Acquisition.from_attributes(made_up_basis.attrs)
    bins = to_bins(problem, np.zeros(len(problem.sd)), signals(problem, np.zeros(len(problem.sd))))
    short = dataclasses.replace(acquisition, points=512)
    whole = np.fft.fftshift(np.fft.fft(made_up_basis["fid"].values[..., :512]), axes=-1) / np.sqrt(512)
    places = [np.abs(short.ppm - ppm).argmin() for ppm in problem.ppm]
    np.testing.assert_allclose(short.ppm[places], problem.ppm, atol=1e-9)
    np.testing.assert_allclose(bins, whole[..., places], atol=1e-9)
    assert problem.ppm.min() >= 1.5
    assert problem.ppm.max() <= 4.1


def test_rotation_is_orthonormal_and_undone(problem):
    random = np.random.default_rng(0)
    bins = random.normal(size=(3, 2, 7)) + 1j * random.normal(size=(3, 2, 7))
    np.testing.assert_allclose(unrotate(rotate(bins)), bins, atol=1e-15)
    np.testing.assert_allclose(np.linalg.norm(rotate(bins)), np.linalg.norm(bins))


def test_inner_product_is_what_the_best_penalised_baseline_leaves(fit_settings, made_up_basis):
    settings = dataclasses.replace(fit_settings, baseline_difference_per_ppm=4.0)
    acquisition = Acquisition.from_attributes(made_up_basis.attrs)
    problem = make_problem(resample_basis(made_up_basis, acquisition, 512)[:, :1], acquisition, settings)
    random = np.random.default_rng(1)
    data = random.normal(size=(1, 1, len(problem.ppm))) + 1j * random.normal(size=(1, 1, len(problem.ppm)))
    splines = spline_basis(problem.ppm)
    differences = np.diff(np.eye(splines.shape[1]), 2, axis=0)

    def left(stiffness):
        hat = splines @ np.linalg.solve(splines.T @ splines + stiffness * differences.T @ differences, splines.T)
        return np.trace(hat), sum(y @ y - y @ hat @ y for y in (data[0, 0].real, data[0, 0].imag))

    wanted = 4.0 * np.ptp(problem.ppm)
    low, high = -8.0, 8.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if left(10**middle)[0] > wanted else (low, middle)
    assert problem.baseline_degrees == pytest.approx(wanted, rel=1e-3)
    assert inner(problem, data, data)[0, 0] == pytest.approx(left(10**low)[1], rel=1e-4)


def test_a_straight_baseline_costs_nothing(problem):
    ppm = np.linspace(4.1, 1.5, 300)
    factor, degrees, free, volume = smoother(ppm, 3.0)
    line = 2.0 + 0.7 * ppm
    np.testing.assert_allclose(factor @ (factor.T @ line), line, rtol=1e-6)
    assert degrees == pytest.approx(3.0 * 2.6, rel=1e-3)
    assert free == 2
    passed = np.linalg.svd(factor, compute_uv=False) ** 2
    assert volume == pytest.approx(np.log1p(-passed[passed < 1 - 1e-9]).sum(), rel=1e-6)
    assert smoother(ppm, 0)[0].shape == (300, 0)


def test_basis_is_resampled_to_another_scanner(made_up_basis, lines_fid):
    """Another dwell time and carrier at the same field: exactly the signal that would have been recorded."""
    other = Acquisition(larmor_mhz=123.23, carrier_ppm=4.7, spectral_width_hz=1250.0, points=1024)
    found = resample_basis(made_up_basis, other, 1024)
    expected = lines_fid(other)
    np.testing.assert_allclose(found, expected, atol=2e-5 * np.abs(expected).max())


def test_field_strength_and_length_must_fit(made_up_basis, fit_settings):
    good = Acquisition.from_attributes(made_up_basis.attrs)
    with pytest.raises(InputError, match=r"made for 123\.23 MHz, but the data are from 63\.6 MHz"):
        resample_basis(made_up_basis, dataclasses.replace(good, larmor_mhz=63.6), 512)
    with pytest.raises(InputError, match=r"the basis lasts 1\.024 s"):
        resample_basis(made_up_basis, dataclasses.replace(good, spectral_width_hz=500.0), 1000)
    with pytest.raises(InputError, match="needs at least 64"):
        fit_points(dataclasses.replace(good, points=32), fit_settings)
    narrow = dataclasses.replace(good, spectral_width_hz=200.0)
    with pytest.raises(InputError, match="leaves the spectral width"):
        make_problem(np.zeros((1, 1, 64), complex), narrow, fit_settings)


def test_a_component_is_a_gaussian_line_of_its_basis(made_up_basis):
    component = {"MM09": [{"ppm": 0.9, "fwhm_ppm": 0.1, "off": 0.0, "on": 3.0}]}
    basis = with_components(made_up_basis, component)
    assert [str(name) for name in basis["metabolite"].values][-1] == "MM09"
    np.testing.assert_array_equal(basis["fid"].values[:-1], made_up_basis["fid"].values)
    off, on = basis["fid"].values[-1]
    assert not off.any()
    acquisition = Acquisition.from_attributes(basis.attrs)
    shape = np.fft.fftshift(np.fft.fft(on)).real
    assert acquisition.ppm[shape.argmax()] == pytest.approx(0.9, abs=0.01)
    above = acquisition.ppm[shape - shape.min() > np.ptp(shape) / 2]
    assert np.ptp(above) == pytest.approx(0.1, abs=0.02)
    with pytest.raises(InputError, match="metabolite `Cr` already"):
        with_components(made_up_basis, {"Cr": component["MM09"]})
    assert with_components(made_up_basis, {}) is made_up_basis


def test_unknown_and_impossible_settings_are_named(fit_settings):
    section = dataclasses.asdict(fit_settings)
    with pytest.raises(InputError, match="unknown setting `baselin`"):
        FitSettings.from_config({**section, "baselin": 1})
    with pytest.raises(InputError, match="`range_ppm` must rise"):
        FitSettings.from_config({**section, "range_ppm": [4.0, 2.0]})
    with pytest.raises(InputError, match="`edit_mismatch_gain_sd` must be a finite number >= 0, but is -1"):
        FitSettings.from_config({**section, "edit_mismatch_gain_sd": -1})
