"""The self-calibrating fit: planted coordinates come back, a right basis loses nothing, a foreign scanner is noticed."""

import dataclasses

import numpy as np
import pytest

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.lcm.calibrate import TAU_SQUARED, Told, calibrate, coordinates, population
from mrsgap.lcm.directions import principal_directions
from mrsgap.lcm.fit import fit_spectra
from mrsgap.lcm.parameters import COMMON
from mrsgap.lcm.problem import make_problem

ACQUISITION = Acquisition(larmor_mhz=123.23, carrier_ppm=4.7, spectral_width_hz=1250.0, points=512)
AMOUNTS = np.array(
    [[8, 4, 3, 12, 15], [8, 6, 5, 4, 15], [6, 9, 5, 8, 9], [8, 2, 6, 10, 12], [7, 5, 4, 9, 14], [9, 7, 3, 6, 12]]
)
NOISE = 0.03  # per real component of a sample, where NAA is 15
SD = np.full(len(AMOUNTS), NOISE)


def scanner(multiplets, random, spread=0.15):
    """Made-up multiplets whose lines have another amplitude each, as editing and refocusing pulses change them."""
    fid = np.zeros((len(multiplets), 2, ACQUISITION.points), complex)
    for place, lines in enumerate(multiplets.values()):
        for ppm, *amplitudes in lines:
            wave = np.exp(2j * np.pi * ACQUISITION.frequency_hz(ppm) * ACQUISITION.time_s)
            for edit, amplitude in enumerate(amplitudes):
                own = spread * random.normal() * (len(lines) > 2)  # a singlet's amplitude is the scale
                fid[place, edit] += amplitude * (1 + own) * wave
    return fid


def mix(basis, seed):
    """FIDs (item, edit, time) of `AMOUNTS`, each item with its own shift, phase and width, in noise."""
    random = np.random.default_rng(seed)
    rate = 2j * np.pi * random.normal(0, 3, len(AMOUNTS)) - np.pi * random.uniform(2, 4, len(AMOUNTS))
    common = np.exp(1j * random.normal(0, 0.2, len(AMOUNTS))[:, None] + rate[:, None] * ACQUISITION.time_s)
    fid = np.einsum("im,met->iet", AMOUNTS, basis) * common[:, None]
    return fid + NOISE * (random.normal(size=fid.shape) + 1j * random.normal(size=fid.shape))


@pytest.fixture(scope="module")
def directions(made_up_lines):
    random = np.random.default_rng(0)
    family = np.array([scanner(made_up_lines, random) for _ in range(12)])
    return principal_directions(family, ACQUISITION.time_s, list(made_up_lines), {"NAA": 12.0, "Cr": 8.0, "Gln": 3.0}, 4)


@pytest.fixture(scope="module")
def settings(fit_settings):
    simple = {"baseline_per_ppm": 0.0, "baseline_difference_per_ppm": 0.0, "transient_sd_hz": 0.0, "duration_s": 0.4}
    return dataclasses.replace(fit_settings, batch=6, metabolite_shift_sd_ppm=0.0, metabolite_linewidth_sd_hz=0.0, **simple)


@pytest.fixture(scope="module")
def problem(directions, settings):
    return make_problem(directions.mean, ACQUISITION, settings)


@pytest.fixture(scope="module")
def planted(directions, problem, settings):
    phi = np.array([1.2, -0.8, 0.5, 1.5])
    return phi, calibrate(problem, problem, directions.steps, mix(directions.basis(phi), 1), SD, settings)


def relative_errors(amplitude):
    return amplitude / amplitude[:, :1] / (AMOUNTS / AMOUNTS[:, :1]) - 1


def test_directions_span_the_family_and_have_unit_coordinates(directions, made_up_lines):
    random = np.random.default_rng(0)
    family = np.array([scanner(made_up_lines, random) for _ in range(12)])
    whole = principal_directions(family, ACQUISITION.time_s, list(made_up_lines), {}, 11)
    np.testing.assert_allclose(whole.coordinates.std(axis=0, ddof=1), 1.0, atol=1e-9)
    np.testing.assert_allclose(whole.basis(whole.coordinates), family, atol=1e-9)
    assert directions.steps.shape[0] == 4
    assert 0 < directions.unexplained < 0.6


def test_two_bases_are_no_family(directions, made_up_lines):
    with pytest.raises(InputError, match="no principal directions"):
        principal_directions(directions.steps[:2], ACQUISITION.time_s, list(made_up_lines), {}, 4)


def test_planted_coordinates_come_back(planted):
    phi, calibrated = planted
    where = calibrated.coordinates
    sd = np.sqrt(np.diag(where.mean_covariance))
    assert (np.abs(where.mean - phi) <= np.maximum(4 * sd, 0.05)).all()
    assert where.tau_squared <= 1e-3


def test_the_calibrated_basis_takes_the_error_of_the_wrong_one(planted):
    _, calibrated = planted
    before, after = (np.abs(relative_errors(fit.amplitude)).mean() for fit in (calibrated.first, calibrated.fit))
    assert before > 0.03
    assert after < before / 5


def test_a_clean_generating_basis_loses_nothing(directions, problem, settings):
    fid = mix(directions.mean, 2)
    plain = fit_spectra(problem, fid, settings)
    calibrated = calibrate(problem, problem, directions.steps, fid, SD, settings).fit
    assert (np.abs(calibrated.amplitude - plain.amplitude) / calibrated.sd).max() < 2.0
    assert np.abs(relative_errors(calibrated.amplitude)).max() < np.abs(relative_errors(plain.amplitude)).max() + 0.005


def test_a_scanner_outside_the_family_lies_far_out(made_up_lines, directions, problem, settings, planted):
    foreign = scanner(made_up_lines, np.random.default_rng(77), spread=0.6)
    calibrated = calibrate(problem, problem, directions.steps, mix(foreign, 3), SD, settings)
    inside = (planted[1].coordinates.phi ** 2).mean()
    assert (calibrated.coordinates.phi**2).mean() > 2 * inside
    assert np.median(calibrated.fit.noise_sd) > 1.5 * np.median(planted[1].fit.noise_sd)


def test_items_of_several_scanners_are_noticed_by_the_evidence():
    random = np.random.default_rng(5)
    matrix = np.array([np.eye(3) * 400.0] * 40)
    apart = random.normal(size=(40, 3))
    one = np.array([[0.4, -1.0, 0.2]] * 40)
    for phi, low, high in ((apart, 0.3, 1.0), (one, 0.0, 1e-3)):
        noisy = phi + random.normal(size=phi.shape) / 20
        where = coordinates(Told(matrix, np.einsum("ikl,il->ik", matrix, noisy), np.zeros((40, 1, 3))))
        assert low <= where.tau_squared <= high
        assert np.abs(where.phi - phi).mean() < 0.06


def test_the_evidence_is_that_of_the_marginal_gaussian():
    random = np.random.default_rng(6)
    root = random.normal(size=(3, 2, 2))
    matrix = root @ root.swapaxes(1, 2) + np.eye(2)
    found, wanted = [], []
    best = random.normal(size=(3, 2))  # the maximum of every item's likelihood
    told = Told(matrix, np.einsum("ikl,il->ik", matrix, best), np.zeros((3, 1, 2)))
    for tau_squared in TAU_SQUARED[1:]:
        found.append(population(told, tau_squared)[2])
        shared = np.kron(np.ones((3, 3)), (1 - tau_squared) * np.eye(2)) + tau_squared * np.eye(6)
        noise = np.zeros((6, 6))
        for item in range(3):
            noise[2 * item : 2 * item + 2, 2 * item : 2 * item + 2] = np.linalg.inv(matrix[item])
        whole = shared + noise
        wanted.append(-0.5 * best.ravel() @ np.linalg.solve(whole, best.ravel()) - 0.5 * np.linalg.slogdet(whole)[1])
    np.testing.assert_allclose(np.diff(found), np.diff(wanted), atol=1e-9)


@pytest.fixture(scope="module")
def free(directions, settings):
    """Settings and problem with a kernel and a stiff background, and the problem with a background free to differ."""
    both = {"kernel_sd": 0.15, "kernel_offsets_hz": (2.0, 5.0), "baseline_per_ppm": 2.0, "baseline_difference_per_ppm": 1.0}
    effort = dataclasses.replace(settings, **both)
    freer = dataclasses.replace(effort, baseline_difference_per_ppm=5.0)
    return effort, *(make_problem(directions.mean, ACQUISITION, one) for one in (effort, freer))


@pytest.fixture(scope="module")
def mended(directions, free):
    """Items 0 and 1 have lines of two components, items 2 and 3 a background in edit-on alone, items 4 and 5 neither."""
    effort, problem, freer = free
    fid = mix(directions.mean, 2)
    fid[:2] *= 0.65 + 0.35 * np.exp((2j * np.pi * 5.0 - np.pi * 4) * ACQUISITION.time_s)
    wide = np.exp(-((np.pi * 40 * ACQUISITION.time_s) ** 2) / 2.77)
    for ppm, amount in ((2.4, 4.0), (3.3, -4.0)):
        fid[2:4, 1] += amount * wide * np.exp(2j * np.pi * ACQUISITION.frequency_hz(ppm) * ACQUISITION.time_s)
    held = problem._replace(sd=np.where(kernel(problem), 0.0, problem.sd))
    plain = calibrate(held, held, directions.steps, fid, 100 * SD, effort)  # no residual is above such noise
    return calibrate(problem, freer, directions.steps, fid, SD, effort), plain


def test_lineshape_and_background_are_freed_where_the_data_ask_and_nowhere_else(mended):
    asked, plain = mended
    assert asked.kernel.tolist()[:2] == [True, True]
    assert asked.background.tolist() == [False, False, True, True, False, False]
    assert not asked.kernel[4:].any()
    assert not (plain.kernel | plain.background).any()


def test_what_is_freed_takes_the_error_of_the_misfit(mended):
    asked, plain = mended
    assert (asked.fit.noise_sd[:4] < 0.8 * plain.fit.noise_sd[:4]).all()
    errors = [np.abs(relative_errors(one.fit.amplitude)).mean(axis=1) for one in (asked, plain)]
    assert errors[0][:4].mean() < 0.8 * errors[1][:4].mean()
    np.testing.assert_allclose(errors[0][4:], errors[1][4:], atol=0.02)


def kernel(problem):
    place = np.arange(len(problem.sd))
    return (place >= COMMON + 2 * len(problem.transient_s)) & (place < problem.shared)
