"""What a study chose becomes what a model is trained with."""

import pandas as pd
import pytest
from loaded_script import load_script

from mrsgap.core.errors import InputError
from mrsgap.core.files import write_json
from mrsgap.select.study import with_choice

CHOICE = {
    "architecture": "yae", "data": {"channels": ["off-real"], "normalisation": "max"},
    "hyper": {"width": 64, "units": 32}, "training": {"learning_rate": 2e-3, "epochs": 8},
}  # fmt: skip
SETTINGS = {
    "architecture": "yae", "hyper": {"units": 48}, "training": {"epochs": 100, "batch_size": 16}, "window": {"points": 2048},
    "own": {"hyper": {"units": 48}, "training": {"epochs": 100}},
}  # fmt: skip


def test_the_choice_settles_what_the_model_does_not(tmp_path):
    write_json(tmp_path / "choice.json", {"settings": CHOICE})
    merged = with_choice(SETTINGS, tmp_path / "choice.json")
    assert merged["channels"] == ["off-real"]
    assert merged["normalisation"] == "max"
    assert merged["hyper"] == {"width": 64, "units": 48}
    assert merged["training"] == {"learning_rate": 2e-3, "epochs": 100, "batch_size": 16}
    assert merged["window"] == SETTINGS["window"]


def test_another_architecture_is_an_error(tmp_path):
    write_json(tmp_path / "choice.json", {"settings": CHOICE})
    with pytest.raises(InputError, match="`yae`, not `cnn`"):
        with_choice(SETTINGS | {"architecture": "cnn"}, tmp_path / "choice.json")


def test_layers_are_described_by_the_choice_that_snakemake_hands_over_as_a_list(tmp_path):
    network = {"width": 32, "encoder_layers": 2, "decoder_layers": 2, "units": 8}
    chosen = CHOICE | {"hyper": network, "data": {"channels": ["off-real", "on-real"], "normalisation": "sum"}}
    write_json(tmp_path / "choice.json", {"settings": chosen})
    models = {"yae": {"architecture": "yae", "own": {"hyper": {}, "training": {}}, "training": {}}}
    layers = tmp_path / "layers.csv"
    load_script("describe_networks").main(
        {"yae": [str(tmp_path / "choice.json")]}, str(layers), models=models, metabolites=["Cr", "GABA"]
    )
    assert set(pd.read_csv(layers)["size"]) == {"published", "this run"}
