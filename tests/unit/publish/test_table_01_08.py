"""Tables 1 to 3: compositions and layers as the study prints them."""

import pandas as pd
import pytest
from reference_data import REPOSITORY

from mrsgap.publish.table_01_08 import (
    layers_table,
    model_table,
    phantom_table,
    published_parameters,
    selection_tables,
    space_table,
)
from mrsgap.select.space import read_space
from mrsgap.show.printed import SYNTHETIC_NOTE


def layers():
    rows = [
        ("decoder", "decoder.0", "Linear", "kernel 2×4", 8, "published"),
        ("encoder", "encoder.0", "Linear", "kernel 4×2", 8, "published"),
        ("encoder", "encoder.0", "Linear", "kernel 4×1", 4, "this run"),
    ]
    table = pd.DataFrame(rows, columns=["part", "layer", "kind", "weights", "parameters", "size"])
    return table.assign(model="yae", architecture="yae")


def test_layers_follow_the_signal_and_stand_beside_this_run():
    table = layers_table(layers(), "yae", "MRSNet-YAE", 3)
    assert list(table.text["layer"]) == ["encoder.0", "decoder.0"]
    assert list(table.text["this run"]) == ["kernel 4×1", "–"]
    assert "16 published, 4 in this run" in table.notes[0]
    shape = {"yae_encoder_layers": 1.0, "yae_decoder_layers": 1.0}
    assert published_parameters(layers()) == {"yae_parameters": 16.0} | shape


def test_a_missing_architecture_is_said():
    assert "No model of architecture `cnn`" in layers_table(layers(), "cnn", "MRSNet-CNN", 2).notes[0]


def test_phantom_table_has_the_studys_counts_and_every_value_in_its_csv():
    phantoms = pd.read_csv(REPOSITORY / "config" / "phantoms.csv")
    table = phantom_table(phantoms, synthetic=True, apart=["E5a", "E5b"])
    ours = table.text[~table.text["series"].isin(["E5a", "E5b"])]
    assert (ours["spectra"].sum(), len(ours)) == (144, 14)
    assert (len(table.numbers), len(table.text)) == (160, 16)
    assert ours["phantoms"].sum() == 112 + 3 * 8 + 8  # E4b to E4d and E9b are measured again
    assert any(note.startswith("144 spectra of 112 phantoms in 14 series") for note in table.notes)
    assert table.notes[-1] == "E5a, E5b: on the group's poster only, and in no error or test of the study."
    assert table.notes[0] == SYNTHETIC_NOTE
    assert table.text.set_index("series").loc["E3", "Glu (mmol/l)"] == "12"


@pytest.mark.parametrize(("architecture", "channels", "published"), [("cnn", 2, 6_777_861), ("yae", 4, 9_988_165)])
def test_layers_add_up_to_the_published_count(architecture, channels, published):
    from mrsgap.networks.inputs import Inputs
    from mrsgap.networks.registry import layer_table

    names = ("off-real", "on-real", "off-imaginary", "on-imaginary")[:channels]
    assert layer_table(architecture, {}, Inputs(tuple(sorted(names))))["parameters"].sum() == published


SPACE = read_space("s", {"data": {"normalisation": ["sum", "max"]}, "training": {"batch_size": [16, 32, 64]}})
CHOICE = {"study": "s", "options": {"normalisation": "sum", "batch_size": "32"}, "mae_mean": 0.0123, "mae_sd": 0.0011,
          "folds": 5, "trials": 6, "not_separable_from_best": 2}  # fmt: skip


def test_space_table_has_the_papers_and_our_choice_side_by_side():
    table = space_table("T", {"s": SPACE.options}, {"s": {"batch_size": "16"}}, {"s": CHOICE})
    assert table.text.iloc[1].tolist() == ["s", "training", "batch_size", "16, 32, 64", "16", "32"]
    assert table.text.iloc[0].paper == "–"
    assert table.notes[0] == "s: 6 configurations."


def test_study_that_did_not_run_says_so():
    table = space_table("T", {"s": SPACE.options}, {}, {})
    assert table.notes[0] == "s: 6 configurations; not carried out at this scale."
    assert set(table.text.selected) == {"–"}


def test_model_table_shows_the_evidence():
    row = model_table("T", {"s": CHOICE}).text.iloc[0].tolist()
    assert row == ["s", "normalisation sum, batch_size 32", "0.0123 ± 0.0011", 5, 6, 2]


def test_every_table_shows_its_studies_and_the_last_one_the_models():
    tables = {"table-04": ["s"], "table-05": ["unknown"], "table-06": [], "table-07": ["s"], "table-08": ["s"]}
    written = selection_tables(tables, {"s": SPACE.options}, {}, {"s": CHOICE})
    assert list(written) == list(tables)
    assert [len(table.text) for table in written.values()] == [2, 0, 0, 2, 1]
    assert written["table-08"].title == "Table 8. Selected models"
