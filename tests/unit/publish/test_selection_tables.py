"""Tables 4 to 8 list every option with what the paper and this run chose."""

from mrsgap.publish.selection_tables import model_table, space_table
from mrsgap.select.space import read_space

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
