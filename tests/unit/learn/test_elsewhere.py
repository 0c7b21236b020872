"""A training that was stopped goes on on another machine, where the same spectra differ by rounding."""

import json
import shutil

import jax
import numpy as np
import pytest
import xarray as xr
from unit.networks.narrow import inputs, key, spectra

import mrsgap.learn.fit as fit
from mrsgap.learn.members import fold_members
from mrsgap.learn.task import lineage, task_digest, train_and_write
from mrsgap.spectra.render import Examples

SETTINGS = {"architecture": "yae", "hyper": {"width": 64, "encoder_layers": 3, "decoder_layers": 2, "units": 16},
            "training": {"epochs": 5, "checkpoint_every_s": 0.0}}  # fmt: skip


def made(**changes):
    """What a training job says of itself: on which device, from which files, by which code."""
    record = {
        "code": "abc",
        "seed": 1,
        "versions": {"jax": "0.1"},
        "device": "cpu (A)",
        "inputs": [["x", "1"]],
        "python": "3.11",
    }
    stores = [{"attributes": {"items": 24}, "code": "def", "seed": 1}]
    said = {"method": "yae", "training_set": "train", "basis": "study", "acquisition": {}, "window": {}}
    return said | {"device": "cpu x 1", "provenance": json.dumps(record | changes), "lineage": stores}


def data(rounding=0.0):
    x, concentrations, clean = spectra(24)
    return Examples(x * np.float32(1 + rounding), concentrations, clean)


def members():
    return fold_members(np.arange(24) % 2, [0], 0.25, key())


def elsewhere(about):
    record = json.loads(about["provenance"]) | {"device": "gpu (B)", "inputs": [["x", "2"]], "python": "3.12"}
    return about | {"device": "gpu x 1", "provenance": json.dumps(record)}


def test_a_job_is_the_same_on_another_machine_and_another_after_any_change():
    digest = task_digest(SETTINGS, data(), members(), made())
    assert task_digest(SETTINGS, data(1e-6), members(), elsewhere(made())) == digest
    other = made() | {"lineage": [{"attributes": {"items": 24}, "code": "new", "seed": 1}]}
    changed = [(SETTINGS | {"training": {"epochs": 6}}, data(), made()), (SETTINGS, data(), made(code="new")),
               (SETTINGS, data(), made(seed=2)), (SETTINGS, data(), made(versions={"jax": "0.2"})), (SETTINGS, data(), other),
               (SETTINGS, data()._replace(concentrations=data().concentrations * 2), made())]  # fmt: skip
    assert digest not in [task_digest(settings, examples, members(), about) for settings, examples, about in changed]


def test_data_without_lineage_count_to_the_last_bit():
    about = made() | {"lineage": [None]}
    assert task_digest(SETTINGS, data(1e-6), members(), about) != task_digest(SETTINGS, data(), members(), about)


def test_lineage_is_what_a_store_says_but_not_its_machine():
    said = [lineage(xr.Dataset(attrs={"items": 3, "provenance": about["provenance"]})) for about in (made(), elsewhere(made()))]
    assert said == [{"attributes": {"items": 3}, "code": "abc", "seed": 1}] * 2
    assert lineage(xr.Dataset(attrs={"items": 3})) is None


def test_a_training_stopped_midway_goes_on_elsewhere(tmp_path, monkeypatch):
    here, there = tmp_path / "here", tmp_path / "there"
    written = fit.write_checkpoint

    def write_then_stop(path, checkpoint):
        written(path, checkpoint)
        if checkpoint.epoch == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(fit, "write_checkpoint", write_then_stop)
    with pytest.raises(KeyboardInterrupt):
        train_and_write(here / "yae", SETTINGS, inputs(), data(), members(), made(), checkpoints=here / "checkpoints")
    monkeypatch.setattr(fit, "write_checkpoint", written)
    shutil.copytree(here / "checkpoints", there / "checkpoints")
    trained = []
    epoch = fit.Loop.train
    monkeypatch.setattr(fit.Loop, "train", lambda *words: (trained.append(words[2]), epoch(*words))[1])
    moved = train_and_write(
        there / "yae", SETTINGS, inputs(), data(1e-6), members(), elsewhere(made()), checkpoints=there / "checkpoints"
    )
    assert trained == [3, 4]
    whole = train_and_write(here / "yae", SETTINGS, inputs(), data(), members(), made(), checkpoints=here / "other")
    assert np.allclose(moved.scores, whole.scores, rtol=1e-3)
    for one, other in zip(jax.tree.leaves(moved.state), jax.tree.leaves(whole.state), strict=True):
        assert np.allclose(one, other, atol=1e-4)
