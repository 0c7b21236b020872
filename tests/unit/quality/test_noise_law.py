"""The law of recorded noise: planted noise is recovered, with the coverage that its intervals state."""

import jax
import numpy as np
import pytest
import xarray as xr
from scipy import special, stats

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.signal import inverse_transform
from mrsgap.quality.noise_law import (
    SHAPES,
    Chains,
    draws_table,
    log_power_sums,
    noise_bins,
    posterior_summary,
    posterior_table,
    power_sums,
    sample_posterior,
    tail_table,
)

PLANTED = (0.7, 1.0, 1.5, 2.0)
SCAN = Acquisition(larmor_mhz=123.23, carrier_ppm=4.7, spectral_width_hz=2000.0, points=2048)
REGIONS = [[-4.0, -0.5], [8.5, 13.0]]


@pytest.fixture(autouse=True)
def _double_precision():
    with jax.enable_x64(True):
        yield


def planted(shape, size, rng):
    """Independent values of unit variance: |x|^shape is gamma distributed with 1 / shape degrees."""
    values = rng.gamma(1 / shape, size=size) ** (1 / shape) * rng.choice([-1.0, 1.0], size=size)
    return values / np.sqrt(special.gamma(3 / shape) / special.gamma(1 / shape))


def planted_sets(shape, repeats, items, size, rng):
    """Power sums of `repeats` sets of `items` spectra, stacked, and their sigmas (repeat, item)."""
    sigma = np.exp(rng.normal(np.log(0.01), 0.35, (repeats, items)))
    sums = [power_sums([level * planted(shape, size, rng) for level in row]) for row in sigma]
    return jax.tree.map(lambda *parts: np.stack(parts), *sums), sigma


def covered(draws, truth, level=0.95):
    """Whether the equal-tailed interval of every repeat holds its truth."""
    low, high = np.quantile(np.asarray(draws).reshape(len(truth), -1), [(1 - level) / 2, (1 + level) / 2], axis=1)
    return (low <= truth) & (truth <= high)


def coverage(repeats, seed):
    """Counts of repeats whose intervals hold the planted shape, median sigma and sigma of one spectrum: {shape: counts}."""
    rng = np.random.default_rng(seed)
    parts = [planted_sets(shape, repeats, 3, 500, rng) for shape in PLANTED]
    sums = jax.tree.map(lambda *some: np.concatenate(some), *(part[0] for part in parts))
    sigma, shapes = np.concatenate([part[1] for part in parts]), np.repeat(PLANTED, repeats)
    keys = jax.random.split(jax.random.key(seed), len(shapes))
    draws = jax.vmap(lambda key, one: sample_posterior(key, one, Chains(2, 300, 500)))(keys, sums)
    middle = np.exp(np.log(sigma).mean(axis=1))
    found = [covered(draws["shape"], shapes), covered(draws["sigma_median"], middle),
             covered(draws["sigma"][..., 0], sigma[:, 0])]  # fmt: skip
    return {shape: [int(held[shapes == shape].sum()) for held in found] for shape in PLANTED}


def test_planted_noise_lies_in_its_intervals():
    """Twelve sets of each shape: fewer than nine held has a chance of 1e-4 at 95 %."""
    for shape, counts in coverage(12, 5).items():
        assert min(counts) >= 9, f"shape {shape}: {counts} of 12"


@pytest.mark.slow
def test_planted_noise_lies_in_its_95_percent_intervals_in_95_percent_of_repeats():
    """Counts stay inside the central 99.9 % of the binomial law with 0.95, for every shape and parameter."""
    repeats = 100
    low, high = stats.binom.ppf([0.0005, 0.9995], repeats, 0.95)
    for shape, counts in coverage(repeats, 6).items():
        assert low <= min(counts), f"shape {shape}: {counts}"
        assert max(counts) <= high, f"shape {shape}: {counts}"


def test_power_sums_are_exact_between_the_nodes():
    rng = np.random.default_rng(0)
    values = planted(0.8, 700, rng)
    sums = power_sums([values, 3 * values])
    rms = np.sqrt(np.mean(values**2))
    for shape in (0.3, 0.77, 1.9, 5.0, 7.9):
        low, high = np.log(SHAPES)
        place = np.asarray(2 * (np.log(shape) - low) / (high - low) - 1)
        exact = np.log(np.sum(np.abs(values / rms) ** shape))
        np.testing.assert_allclose(log_power_sums(sums, place), [exact, exact], atol=1e-9)


def recorded(fid, items):
    return xr.Dataset(
        {"fid": (("item", "edit", "time"), fid)}, coords={"item": items, "edit": ["off", "on"]}, attrs=SCAN.as_attributes()
    )


def recording(rng, sigma, shape=1.0):
    """A metabolite line, a water line as large, and generalised Gaussian noise in the frequency domain, (edit, time)."""
    lines = sum(
        np.exp((2j * np.pi * SCAN.frequency_hz(ppm) - np.pi * width) * SCAN.time_s) for ppm, width in ((2.0, 3), (4.7, 8))
    )
    parts = planted(shape, (2, 2, SCAN.points), rng)
    noise = inverse_transform(parts[0] + 1j * parts[1], np, norm="ortho")
    return 40 * (lines + sigma * noise)


def test_noise_of_recordings_is_found_under_the_tails_of_water():
    rng, sigma = np.random.default_rng(2), [0.01, 0.02]
    fids = np.stack([recording(rng, level) for level in sigma])
    bins = noise_bins(recorded(fids, ["a", "b"]), REGIONS, 3)
    largest = np.abs(fids[:, 0]).max(axis=1) / 40  # of both lines: the unit is the largest recorded sample
    for values, level, top in zip(bins.values(), sigma, largest):
        assert np.sqrt(np.mean(values**2)) == pytest.approx(level / top, rel=0.05)
    draws = sample_posterior(jax.random.key(1), power_sums(list(bins.values())), Chains(4, 300, 500))
    table = posterior_table(draws, list(bins), 0.95)
    rows = table.set_index("parameter")
    assert rows.loc["shape", "low"] < 1.0 < rows.loc["shape", "high"]
    assert table["converged"].all()
    assert rows.loc["sigma b", "mean"] == pytest.approx(0.02 / largest[1], rel=0.06)
    summary = posterior_summary(table, bins)
    assert summary["converged"]
    assert summary["values"] == sum(map(len, bins.values()))
    assert len(draws_table(draws)) == 4 * 500
    tail = tail_table(bins, table)
    seen = tail[tail["recorded"] > 0.01]
    np.testing.assert_allclose(seen["recorded"], seen["fitted"], rtol=0.25)
    assert (tail["gaussian"].iloc[-1] < 1e-3 * tail["fitted"].iloc[-1]).all()


def test_chains_that_disagree_are_not_called_converged():
    rng = np.random.default_rng(3)
    apart = rng.normal(size=(4, 500)) * 0.01 + np.array([1.0, 1.0, 1.0, 1.2])[:, None]
    same = rng.normal(size=(4, 500))
    draws = {
        "shape": apart,
        "sigma_median": same,
        "sigma_log_sd": np.zeros((4, 500)),
        "scale_median": same,
        "sigma": same[..., None],
    }
    table = posterior_table(draws, ["a"], 0.95).set_index("parameter")
    assert table.loc["shape", "rhat"] > 1.1
    assert table["converged"].to_dict() == {
        "shape": False, "sigma_median": True, "sigma_log_sd": True, "scale_median": True, "sigma a": True
    }  # fmt: skip
    assert not posterior_summary(table.reset_index(), {"a": np.zeros(3)})["converged"]


def test_items_without_numbers_are_left_out_and_a_set_without_noise_is_an_error():
    rng = np.random.default_rng(4)
    whole, nothing = recording(rng, 0.01), np.full((2, SCAN.points), np.nan)
    fids = recorded(np.stack([whole, nothing, [whole[0], nothing[1]], [nothing[0], whole[1]]]), ["a", "b", "off", "on"])
    bins = noise_bins(fids, REGIONS, 3)
    assert list(bins) == ["a", "off"]
    assert len(bins["off"]) == len(bins["a"]) / 2
    with pytest.raises(InputError, match="no spectrum has noise to learn from"):
        noise_bins(fids, [[20.0, 30.0]], 3)
