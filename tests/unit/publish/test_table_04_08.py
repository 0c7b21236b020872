"""Tables 4 to 8 list every option with what the paper and this run chose."""

from mrsgap.publish.table_02_08 import model_table, selection_tables, space_table
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


def test_every_table_shows_its_studies_and_the_last_one_the_models():
    tables = {"table-04": ["s"], "table-05": ["unknown"], "table-06": [], "table-07": ["s"], "table-08": ["s"]}
    written = selection_tables(tables, {"s": SPACE.options}, {}, {"s": CHOICE})
    assert list(written) == list(tables)
    assert [len(table.text) for table in written.values()] == [2, 0, 0, 2, 1]
    assert written["table-08"].title == "Table 8. Selected models"
