"""Trained networks on disk and what they say of spectra: rows for every run and the ensemble, or reasons."""

import json
from dataclasses import replace

import jax
import numpy as np
import pytest
import xarray as xr
from unit.networks.narrow import NARROW, inputs, key, spectra

from mrsgap.core.errors import InputError
from mrsgap.core.names import QUANTITY_COLUMNS
from mrsgap.learn.members import fold_members
from mrsgap.learn.model import encoder_weights, read_model, write_model
from mrsgap.learn.quantities import quantify, quantify_all
from mrsgap.learn.settings import Settings
from mrsgap.learn.task import train_and_write
from mrsgap.spectra.render import Examples

ABOUT = {
    "method": "mine", "basis": "study", "training_set": "train", "window": {"points": 384},
    "acquisition": {"larmor_mhz": 123.23, "edit_on_ppm": 1.9, "echo_time_s": 0.068},
}  # fmt: skip
TINY = {"width": 64, "encoder_layers": 3, "decoder_layers": 2}
SETTINGS = {"architecture": "yae", "hyper": {**TINY, "units": 16}, "training": {"epochs": 2}}


@pytest.fixture(scope="module")
def examples():
    return Examples(*spectra(24))


@pytest.fixture(scope="module")
def folder(tmp_path_factory, examples):
    place = tmp_path_factory.mktemp("models")
    runs = fold_members(np.arange(24) % 3, [0, 1, 2], 0.1, key())
    train_and_write(place / "yae", SETTINGS, inputs(), examples, runs, ABOUT, checkpoints=place / "checkpoints")
    return place


@pytest.fixture(scope="module")
def model(folder):
    return read_model(folder / "yae")


def measured(count=4, **attributes):
    names = ["Cr", "GABA", "Gln", "Glu", "NAA"]
    return xr.Dataset(
        {
            "fid": (("item", "edit", "time"), np.zeros((count, 2, 8), np.complex64)),
            "truth": (("item", "metabolite"), np.arange(count * 5.0).reshape(count, 5)),
            "series": ("item", ["E1"] * count),
            "origin": ("item", ["measured"] * count),
            "medium": ("item", ["gel"] * count),
            "has_off": ("item", [True] * count),
            "has_on": ("item", [True] * (count - 1) + [False]),
            "larmor_mhz": ("item", [123.2] * count),
        },
        coords={"item": [f"GABA{i}" for i in range(count)], "metabolite": names, "edit": ["off", "on"]},
        attrs=attributes,
    )


def with_a_missing_state(examples):
    x = examples.inputs[:4].copy()
    x[3, 2:] = np.nan
    return x


def test_model_comes_back_from_disk_as_it_went(model, folder, examples):
    about = json.loads((folder / "yae" / "model.json").read_text())
    assert about["runs"] == ["fold 0", "fold 1", "fold 2"]
    assert about["parameters"]["total"] == about["parameters"]["trainable"] > 0
    assert {"versions", "digest", "scores", "best_epochs"} <= set(about)
    assert model.inputs.channels == inputs().channels
    assert model.predict(examples.inputs).shape == (3, 24, 5)
    assert np.array_equal(model.predict(examples.inputs, 5), model.predict(examples.inputs, 5))
    assert np.allclose(model.predict(examples.inputs, 5), model.predict(examples.inputs), atol=1e-6)


def test_checkpoints_are_gone_when_the_model_is_written(folder):
    assert not list((folder / "checkpoints").glob("*.msgpack"))


def test_rows_for_every_run_and_the_ensemble(model, examples):
    table = quantify([model], measured(), "phantoms", with_a_missing_state(examples))
    assert tuple(table.columns) == QUANTITY_COLUMNS
    assert len(table) == (3 + 1) * 4 * 5
    assert set(table["fold"]) == {"0", "1", "2", ""}
    members, ensemble = table[table["fold"] != ""], table[table["fold"] == ""]
    first = members[(members["item"] == "GABA0") & (members["metabolite"] == "GABA")]["estimate"]
    row = ensemble[(ensemble["item"] == "GABA0") & (ensemble["metabolite"] == "GABA")].iloc[0]
    assert row["estimate"] == pytest.approx(first.mean())
    assert row["sd"] == pytest.approx(first.std(ddof=1))
    assert row["truth"] == 1.0
    assert (row["unit"], row["method"], row["dataset"], row["origin"]) == ("sum-normalised", "mine", "phantoms", "measured")


def test_missing_state_fails_with_its_name_and_no_number(model, examples):
    table = quantify([model], measured(), "phantoms", with_a_missing_state(examples))
    failed = table[table["item"] == "GABA3"]
    assert (failed["status"] == "failed").all()
    assert failed["estimate"].isna().all()
    assert failed["reason"].str.contains("no edit-on spectrum; the network needs off, on").all()
    assert (table[table["item"] != "GABA3"]["status"] != "failed").all()


def test_what_a_file_does_not_state_is_told_beside_every_answer(model, examples):
    silent = quantify([model], measured(), "phantoms", examples.inputs[:4])
    assert set(silent["status"]) == {"flagged"}
    assert silent["reason"].str.contains("echo time not stated (the network learnt spectra with 68 ms)", regex=False).all()
    assert silent["reason"].str.contains("edit-on frequency not stated", regex=False).all()
    assert np.isfinite(silent["estimate"]).all()
    stating = quantify([model], measured(echo_time_s=0.068, edit_on_ppm=1.9), "phantoms", examples.inputs[:4])
    assert not stating["reason"].str.contains("not stated").any()
    simulated = measured()
    simulated["origin"] = ("item", ["simulated"] * 4)
    assert not quantify([model], simulated, "test", examples.inputs[:4])["reason"].str.contains("not stated").any()


def test_another_field_or_another_protocol_is_refused(model, examples):
    other = measured()
    other["larmor_mhz"] = ("item", [297.2] * 4)
    table = quantify([model], other, "phantoms", examples.inputs[:4])
    assert table["reason"].str.startswith("recorded at 297.20 MHz, but the network learnt spectra at 123.23 MHz").all()
    assert table["estimate"].isna().all()
    assert set(table["status"]) == {"refused"}
    table = quantify([model], measured(edit_on_ppm=4.1), "phantoms", examples.inputs[:4])
    assert (table["reason"] == "recorded with edit-on pulses at 4.1 ppm, but the network learnt spectra with 1.9 ppm").all()
    some = measured()
    some["echo_time_s"] = ("item", [0.068, 0.030, np.nan, 0.069])
    table = quantify([model], some, "phantoms", examples.inputs[:4])
    refused = table[table["estimate"].isna()]
    assert set(refused["item"]) == {"GABA1"}
    assert set(refused["reason"]) == {"recorded with an echo time of 30 ms, but the network learnt spectra with 68 ms"}


def test_a_brain_gets_no_number_from_a_network_that_knows_no_choline(model, examples):
    spectra = measured(3, echo_time_s=0.068, edit_on_ppm=1.9)
    spectra["medium"] = ("item", ["in vivo", "gel", "solution"])
    rows = quantify([model], spectra, "mine", examples.inputs[:3])
    brain, phantoms = (
        rows[rows["item"] == "GABA0"],
        rows[(rows["item"] != "GABA0") & (rows["fold"] == "") & (rows["seed"] == "")],
    )
    assert brain["estimate"].isna().all()
    assert set(brain["status"]) == {"failed"}
    assert set(brain["reason"]) == {"a brain (the manifest), and the network knows Cr, GABA, Gln, Glu, NAA only"}
    assert phantoms["estimate"].notna().all()


def test_network_input_is_made_once_and_copies_of_one_network_are_one(model, examples, monkeypatch):
    calls = []

    def prepare(data, window, channels):
        calls.append(channels)
        return examples.inputs[:4]

    monkeypatch.setattr("mrsgap.learn.quantities.inputs_by_window", prepare)
    other = replace(model, about=model.about | {"training_set": "wide"})
    more = replace(model, about=model.about | {"runs": ["fold 3", "fold 4", "fold 5"]})
    table = quantify_all([model, other, more], {"phantoms": measured()}, 256)
    assert len(calls) == 1
    assert table.groupby("training_set").size().to_dict() == {"train": (6 + 1) * 4 * 5, "wide": (3 + 1) * 4 * 5}
    whole = table[table["training_set"] == "train"]
    of_one = whole[(whole["item"] == "GABA0") & (whole["metabolite"] == "GABA")].set_index("fold")["estimate"]
    assert of_one[""] == pytest.approx(of_one.drop("").mean())


def test_encoder_is_taken_over_and_kept(folder, examples, tmp_path):
    runs = fold_members(np.arange(24) % 3, [0], 0.1, key())
    settings = {"architecture": "frozen_encoder_quantifier", "hyper": {"width": 64, "encoder_layers": 3, "units": 16},
                "training": {"epochs": 2}, "encoder_from": str(folder / "yae")}  # fmt: skip
    train_and_write(tmp_path / "q", settings, inputs(), examples, runs, ABOUT, checkpoints=tmp_path)
    taken = read_model(tmp_path / "q").state[1]["encoder"]
    source = encoder_weights(read_model(folder / "yae"))
    for mine, theirs in zip(jax.tree.leaves(taken), jax.tree.leaves(source), strict=True):
        assert np.array_equal(mine[0], theirs)


def test_carried_basis_survives_the_disk(tmp_path, examples):
    runs = fold_members(np.arange(24) % 3, [0], 0.1, key())
    settings = {"architecture": "qnet_basis", "hyper": NARROW["qnet_basis"], "training": {"epochs": 1}}
    train_and_write(tmp_path / "b", settings, inputs(), examples, runs, ABOUT, checkpoints=tmp_path)
    found = read_model(tmp_path / "b").predict(examples.inputs)[0]
    assert np.abs(found - examples.concentrations).mean() < 0.05


def test_errors_of_what_it_learnt_and_of_what_it_was_stopped_by_are_its_own(folder, examples):
    model = read_model(folder / "yae")
    runs = fold_members(np.arange(24) % 3, [0, 1, 2], 0.1, key())
    truth = examples.concentrations / examples.concentrations.max(axis=1, keepdims=True)
    for place, run in enumerate(runs):
        for name, items in (("training_mae", run.training[: len(run.held_out)]), ("held_out_mae", run.held_out)):
            estimates = model.predict(examples.inputs[items])[place]
            expected = np.abs(estimates / estimates.max(axis=1, keepdims=True) - truth[items]).mean()
            assert model.about[name][place] == pytest.approx(expected, rel=1e-4)


def test_folder_without_a_model_is_named(tmp_path):
    with pytest.raises(InputError, match="no trained network"):
        read_model(tmp_path)


def test_network_without_encoder_cannot_lend_one(tmp_path):
    from mrsgap.learn.fit import train

    data = Examples(*spectra(8))
    runs = fold_members(np.arange(8) % 2, [0], 0.1, key())
    trained = train("fcnn", NARROW["fcnn"], inputs(), data, runs, Settings(epochs=1))
    write_model(tmp_path, trained, "fcnn", NARROW["fcnn"], inputs(), ABOUT)
    with pytest.raises(InputError, match="has no encoder"):
        encoder_weights(read_model(tmp_path))
