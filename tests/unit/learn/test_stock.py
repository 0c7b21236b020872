"""A stock of spectra: noise is fresh whenever one is seen, parts are renewed in turn, and it is the same after a resumption."""

import jax
import numpy as np
import pytest
from reference_data import config
from spectra_signals import line

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.learn.family_network import held_out_examples
from mrsgap.learn.stock import CHANNELS, CHUNK, Stock, compact_renderer, compact_spoiler
from mrsgap.spectra.compact import make_compact
from mrsgap.spectra.imperfections import read_recipe
from mrsgap.spectra.members import pool_of_members
from mrsgap.spectra.mix import Pool
from mrsgap.spectra.render import Examples

SETTINGS = config("config.yaml")
COMPACT = make_compact(SETTINGS["compact"])
GRID = Acquisition(**SETTINGS["shipped"]["family"]["grid"])
PLAIN = {"linewidth_hz": 3.0, "noise": {"kind": "gaussian", "sigma": 0.01, "relative_to": "edit_off"}}
KEY = jax.random.key(5)


def pool() -> Pool:
    """Two metabolites: NAA, gone from edit-on, and Cr."""
    naa, cr = line(2.008, GRID, 0.0), line(3.027, GRID, 0.0) + 0.66 * line(3.913, GRID, 0.0)
    fid = np.stack([np.stack([cr, cr]), np.stack([naa, 0.02 * naa])])[None]
    return Pool(fid.astype(np.complex64), ("lines",), ("Cr", "NAA"), GRID)


def stock(items, passes, render=None):
    held_out = Examples(np.ones((8, 4, 293), np.float32), np.ones((8, 2), np.float32), None, np.zeros(8, np.float32))
    render = render or compact_renderer(pool(), read_recipe(PLAIN), {"sampler": "uniform"}, COMPACT, "max")
    return Stock(render, compact_spoiler(COMPACT, CHANNELS), KEY, items, passes, held_out, threads=2)


def test_parts_are_renewed_in_turn_and_a_resumed_stock_is_the_same():
    whole = stock(4 * CHUNK, 4)
    before, after = whole.at(2).inputs, whole.at(3).inputs
    same = [np.array_equal(before[i * CHUNK : (i + 1) * CHUNK], after[i * CHUNK : (i + 1) * CHUNK]) for i in range(4)]
    assert same == [True, True, True, False]
    np.testing.assert_array_equal(after[4 * CHUNK :], 1.0)  # the held-out ones stay
    np.testing.assert_array_equal(stock(4 * CHUNK, 4).at(3).inputs, after)
    everything = [stock(CHUNK, passes).at(5).inputs[0, 0, 0] for passes in (0, 1)]
    first = stock(CHUNK, 0).at(0).inputs[0, 0, 0]
    assert everything[0] == first
    assert everything[1] != first


def test_noise_added_as_spectra_are_seen_is_that_of_the_recipe():
    spectra = stock(CHUNK, 0).at(0)
    clean = jax.tree.map(lambda values: values[:CHUNK], spectra)
    spoil = jax.jit(compact_spoiler(COMPACT, CHANNELS))
    one, other = (spoil(jax.random.fold_in(KEY, n), clean).inputs for n in (0, 1))
    assert not np.array_equal(one, other)
    sizes = np.std(np.asarray(one - other), axis=(1, 2)) / np.sqrt(2)
    np.testing.assert_allclose(sizes, clean.noise_sd, rtol=0.15)
    loud = {**PLAIN, "noise": {**PLAIN["noise"], "sigma": 0.03}}
    louder = compact_renderer(pool(), read_recipe(loud), {"sampler": "uniform"}, COMPACT, "max")(KEY, CHUNK)
    quiet = compact_renderer(pool(), read_recipe(PLAIN), {"sampler": "uniform"}, COMPACT, "max")(KEY, CHUNK)
    np.testing.assert_allclose(louder.noise_sd / quiet.noise_sd, 3.0, rtol=0.02)


def test_held_out_examples_are_as_the_network_sees_them():
    settings = {"compact": SETTINGS["compact"], "concentrations": {"sampler": "uniform"}, "normalisation": "max"}
    examples = held_out_examples(pool(), settings, PLAIN, 100, KEY)
    assert examples.inputs.shape == (2 * CHUNK, 4, 293)
    np.testing.assert_allclose(examples.concentrations.max(axis=1), 1.0, atol=1e-6)
    upright = examples.inputs[:, 0].max(axis=1)
    assert np.all(upright > -examples.inputs[:, 0].min(axis=1))


def test_only_white_noise_can_be_added_later():
    generalised = {"noise": {"kind": "generalised_gaussian", "sigma": 0.01, "shape": 1.0, "relative_to": "edit_off"}}
    with pytest.raises(InputError, match="gaussian"):
        compact_renderer(pool(), read_recipe(generalised), {"sampler": "uniform"}, COMPACT, "max")
    with pytest.raises(InputError, match="multiple of"):
        stock(CHUNK + 1, 0)


def test_a_member_at_another_field_keeps_its_chemical_shifts_and_its_couplings_in_hz():
    high = Acquisition(128.5, 3.0, 2000, 2048)
    doublet = line(2.0 + 3.5 / 128.5, high, 0.0) + line(2.0 - 3.5 / 128.5, high, 0.0)  # 7 Hz apart
    fid = np.stack([doublet, doublet])[None, None]
    member = pool_of_members(fid, ("high",), ("A",), [high], GRID).fid[0, 0, 0]
    apart_hz = 7 * GRID.larmor_mhz / 128.5  # what the same difference in ppm is on the grid
    expected = line(2.0, GRID, 0.0) * np.cos(np.pi * apart_hz * GRID.time_s)
    assert np.max(np.abs(member - expected)) < 1e-3
