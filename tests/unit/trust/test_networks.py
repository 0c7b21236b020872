"""A network says which spectra are unlike those it learnt from: in quality, and in what it sees."""

import dataclasses

import jax
import numpy as np
import pytest
import xarray as xr
from flax import nnx
from unit.networks.narrow import NARROW, key

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.names import EDIT_STATES
from mrsgap.learn.model import Model
from mrsgap.networks.inputs import Inputs
from mrsgap.networks.registry import build
from mrsgap.spectra.window import Window
from mrsgap.trust.networks import ranges_of_networks, training_quality

ACQUISITION = Acquisition(123.23, 4.7, 2000.0, 1024)
CHANNELS = ("off-real", "on-real")
WINDOW = Window(high_ppm=4.0, low_ppm=1.5, points=128, alignment="exact", references_ppm=(3.027, 2.008), search_ppm=0.2,
                water="none", water_from_ppm=4.3, water_ppm=4.75, water_search_ppm=0.5)  # fmt: skip
LINES_PPM = (2.008, 3.027, 2.284, 3.75)  # of NAA, Cr and two smaller ones


def made(count, linewidth_hz=(2.0, 6.0), seed=0):
    """Spectra of four singlets of random heights and width, a little noise; NAA is gone in edit-on."""
    random, time_s = np.random.default_rng(seed), ACQUISITION.time_s
    heights = random.uniform(0.5, 1.0, (count, len(LINES_PPM))) * (3, 2, 0.5, 0.5)
    waves = np.exp(2j * np.pi * np.array([[ACQUISITION.frequency_hz(ppm)] for ppm in LINES_PPM]) * time_s)
    decay = np.exp(-np.pi * random.uniform(*linewidth_hz, (count, 1)) * time_s)
    off, on = (heights * state @ waves * decay for state in (np.ones(4), np.array([0.05, 1, 1.5, 1])))
    fid = np.stack([off, on], axis=1)
    fid = fid + 0.02 * (random.normal(size=fid.shape) + 1j * random.normal(size=fid.shape))
    coordinates = {"item": [f"i{index}" for index in range(count)], "edit": list(EDIT_STATES)}
    words = {"series": ("item", ["A"] * count)}
    data = xr.Dataset({"fid": (("item", "edit", "time"), fid.astype(np.complex64))} | words, coordinates)
    return data.assign_attrs(**ACQUISITION.as_attributes())


@pytest.fixture(scope="module")
def model():
    """A narrow network with its first weights: enough to see spectra with."""
    hyper, inputs = NARROW["fcnn"], Inputs(CHANNELS, points=WINDOW.points, bin_hz=1.0)
    state = nnx.split(build("fcnn", hyper, inputs, key()), nnx.Param, ...)[1:]
    stacked = jax.tree.map(lambda leaf: leaf[None], tuple(map(nnx.to_pure_dict, state)))
    about = {"method": "net", "architecture": "fcnn", "hyper": hyper, "window": dataclasses.asdict(WINDOW)}
    return Model(about, inputs, stacked)


def quality_of(spectra):
    table = training_quality(spectra).assign(item=spectra["item"].values, series="A")
    return table.sample(frac=1, random_state=1)  # its rows may come in any order


def rows_for(model, spectra):
    (rows,) = ranges_of_networks([(model, "train")], {"train": made(200)}, spectra, quality_of(spectra))
    return rows


def test_spectra_like_the_training_are_inside_and_broad_ones_outside(model):
    rows = rows_for(model, made(30, seed=1))
    assert rows["item"].tolist() == [f"i{index}" for index in range(30)]
    assert set(rows["method"]) == {"net"}
    assert set(rows["training_set"]) == {"train"}
    assert (rows["reason"] == "").mean() > 0.85
    broad = rows_for(model, made(30, (12.0, 14.0), seed=2))
    assert broad["reason"].str.contains("linewidth").all()


def test_a_spectrum_without_a_state_is_not_judged(model):
    spectra = made(30, seed=3)
    spectra["fid"][2, 1] = np.nan
    rows = rows_for(model, spectra)
    assert np.flatnonzero(rows["distance"].isna()).tolist() == [2]
    assert rows["reason"][2] == ""
