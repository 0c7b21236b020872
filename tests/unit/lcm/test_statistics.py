"""Long proof: on repeated simulations the fit is unbiased and as precise as its Cramer-Rao bound says."""

import dataclasses

import numpy as np
import pytest
from simulated_basis import simulated_basis

from mrsgap.core.acquisition import Acquisition
from mrsgap.lcm.channels import resample_basis
from mrsgap.lcm.fit import fit_spectra
from mrsgap.lcm.problem import make_problem

METABOLITES = ("Cr", "GABA", "Gln", "Glu", "NAA")
ITEMS, POINTS, LARGEST_NOISE = 2400, 2000, 0.03  # noise as the study draws it, relative to the largest sample of edit-off


def draw(basis, acquisition):
    """Amplitudes (item, metabolite) and noisy FIDs (item, edit, time): Voigt lines, noise of the study's range."""
    random = np.random.default_rng(20)
    time_s = acquisition.time_s[:POINTS]
    amplitude = random.uniform(0.35, 1.0, (ITEMS, len(METABOLITES)))
    shape = np.exp((-np.pi * 2.0 + 2j * np.pi * random.normal(0, 2, ITEMS)[:, None]) * time_s - 3.5596 * (2.5 * time_s) ** 2)
    clean = np.einsum("im,met->iet", amplitude, basis) * shape[:, None]
    sigma = random.uniform(0.002, LARGEST_NOISE, ITEMS) * np.abs(clean[:, 0]).max(axis=-1)
    noise = random.normal(size=clean.shape) + 1j * random.normal(size=clean.shape)
    return amplitude, clean + sigma[:, None, None] * noise


@pytest.mark.slow
def test_standardised_errors_have_mean_zero_and_unit_spread(fit_settings, capsys):
    basis = simulated_basis("study", METABOLITES)
    acquisition = Acquisition.from_attributes(basis.attrs)
    resampled = resample_basis(basis, acquisition, POINTS)
    amplitude, fid = draw(resampled, acquisition)
    free = dataclasses.replace(
        fit_settings, baseline_per_ppm=0.0, baseline_difference_per_ppm=0.0, metabolite_shift_sd_ppm=0.0,
        metabolite_linewidth_sd_hz=0.0, transient_sd_hz=0.0, first_order_phase_sd_deg_per_ppm=0.0,
        edit_mismatch_frequency_sd_hz=0.0, edit_mismatch_phase_sd_deg=0.0, edit_mismatch_gain_sd=0.0, batch=48,
    )  # fmt: skip
    fit = fit_spectra(make_problem(resampled, acquisition, free), fid, free)
    assert fit.converged.mean() > 0.99
    for place, name in enumerate(METABOLITES):
        clear = fit.converged & (amplitude[:, place] > 5 * fit.sd[:, place])  # away from the bound at zero
        error = (fit.amplitude - amplitude)[clear, place]
        standard = error / fit.sd[clear, place]
        with capsys.disabled():
            print(f"{name}: n {clear.sum()}, mean {standard.mean():+.3f}, SD {standard.std():.3f}")
        assert clear.sum() >= 2000, name
        assert abs(standard.mean()) <= 0.1, name
        assert abs(standard.std() - 1) <= 0.05, name
        assert np.sqrt((error**2).mean() / (fit.sd[clear, place] ** 2).mean()) == pytest.approx(1, abs=0.05), name
