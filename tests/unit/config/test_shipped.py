"""The networks that ship: made by the config that ships, small, whole, and described without a word that is not there."""

import json

import pytest
from reference_data import REPOSITORY, config

from mrsgap.config.bases import Bases, Families
from mrsgap.config.shipped import Ablation, Shipped
from mrsgap.config.spectra import Datasets
from mrsgap.core.errors import InputError

LARGEST_BYTES = 8 * 2**20


def settings() -> dict:
    return {**config("config.yaml"), **config("metabolites.yaml"), **config("sequence.yaml")}


def sections(whole: dict) -> Shipped:
    bases = Bases.of(whole)
    return Shipped.of(whole, Families.of(whole, bases), Datasets.of(whole, bases))


@pytest.mark.parametrize("name", config("config.yaml")["shipped"])
def test_what_ships_was_made_by_the_config_that_ships(name):
    whole, folder = settings(), REPOSITORY / "models" / name
    about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    assert about["settings_digest"] == sections(whole).digest(name, whole["seed"]), "run `snakemake --cores 2 model`"
    assert sum(path.stat().st_size for path in folder.iterdir()) <= LARGEST_BYTES
    assert {path.name for path in folder.iterdir()} >= {"history.csv", "calibration.csv", "coverage.csv", "range.msgpack"}


def test_an_edit_of_anything_that_makes_it_changes_the_digest():
    whole = settings()
    first = sections(whole).digest("family", whole["seed"])
    assert sections(settings()).digest("family", whole["seed"]) == first
    edits = {
        "imperfections": lambda one: one["imperfections"]["wide"].update(drift_hz=1.0),
        "family": lambda one: one["families"]["scanners-wide"]["random"]["localised"].update(members=21),
        "a spin system": lambda one: one["metabolites"]["GABA"]["parts"][0]["shifts_ppm"].__setitem__(0, 2.285),
        "compact": lambda one: one["compact"].update(points=292),
        "training": lambda one: one["shipped"]["family"]["training"].update(epochs=1),
    }
    for what, edit in edits.items():
        other = settings()
        edit(other)
        assert sections(other).digest("family", other["seed"]) != first, what


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"family": "none"}, "unknown `none`"),
        ({"imperfections": "none"}, "unknown imperfections"),
        ({"hyper": {"depth": 3}}, "no hyper-parameter `depth`"),
        ({"architecture": "fcnn", "hyper": {}}, "how large its errors are"),
    ],
)
def test_a_network_that_cannot_be_made_is_told(change, message):
    whole = settings()
    whole["shipped"]["family"].update(change)
    with pytest.raises(InputError, match=message):
        sections(whole)


def test_intervals_need_members_held_out():
    whole = settings()
    whole["families"]["scanners-wide"]["held_out"] = []
    with pytest.raises(InputError, match="holds no member out"):
        sections(whole)


def test_an_ablation_differs_from_the_shipped_network_in_what_it_names():
    whole = settings()
    ablation = Ablation.of(whole, sections(whole))
    assert len(ablation.runs) == len(ablation.training_sets) * 2 * whole["ablation"]["seeds"]
    one, own = ablation.settings("study", "yae"), sections(whole).settings("family")
    assert one["imperfections"] == whole["imperfections"]["study"]
    assert one["training"]["loss"] == "huber"
    assert (one["items"], one["training"]["epochs"]) == (12800, 24)
    assert {key: one[key] for key in ("grid", "compact", "concentrations")} == {
        key: own[key] for key in ("grid", "compact", "concentrations")
    }
    assert ablation.members("wide-family") == []
    for change, message in (
        ({"network": "none"}, "unknown `none`"),
        ({"architectures": {"yae": {"depth": 1}}}, "no hyper-parameter"),
    ):
        with pytest.raises(InputError, match=message):
            Ablation.of(whole | {"ablation": whole["ablation"] | change}, sections(whole))
