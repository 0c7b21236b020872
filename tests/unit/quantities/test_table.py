"""The quantities contract: what is read, what is refused, and with which words."""

import numpy as np
import pandas as pd
import pytest
from estimates import compositions, estimates, study

from mrsgap.core.errors import InputError
from mrsgap.core.files import write_table
from mrsgap.core.names import QUANTITY_COLUMNS
from mrsgap.quantities.table import check_quantities, gather_quantities, read_quantities


def test_a_written_table_reads_back_to_the_same_numbers(tmp_path):
    table = study()
    write_table(tmp_path / "part.csv", table)
    read = read_quantities(tmp_path / "part.csv")
    assert list(read.columns) == list(QUANTITY_COLUMNS)
    np.testing.assert_array_equal(read["estimate"], table["estimate"])
    assert set(read["seed"]) == {"", "0", "1"}


def test_gathering_no_parts_gives_an_empty_table_with_all_columns():
    assert list(gather_quantities([]).columns) == list(QUANTITY_COLUMNS)


def test_gathering_does_not_depend_on_the_order_of_parts():
    truths = compositions()
    parts = [estimates("a", truths), estimates("b", truths)]
    pd.testing.assert_frame_equal(gather_quantities(parts), gather_quantities(parts[::-1]))


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("status", "fine", "must be ok, flagged or failed"),
        ("origin", "scanner", "must be one of"),
        ("estimate", np.nan, "finite number unless the status is failed"),
        ("estimate", np.inf, "finite number unless the status is failed"),
        ("status", "failed", "must be empty where the status is failed"),
        ("status", "flagged", "must say why"),
        ("truth", -1.0, "must be >= 0"),
        ("item", "", "must not be empty"),
    ],
)
def test_a_row_that_breaks_the_contract_is_named(column, value, message):
    table = estimates("cnn", compositions())
    table.loc[3, column] = value
    with pytest.raises(InputError, match=message) as caught:
        check_quantities(table, "part.csv")
    assert "part.csv" in str(caught.value)
    assert "cnn" in str(caught.value)


def test_two_answers_to_one_question_are_refused():
    table = estimates("cnn", compositions())
    with pytest.raises(InputError, match="stands twice"):
        gather_quantities([table, table.iloc[:1]])


def test_unreadable_files_are_named(tmp_path):
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "short.csv").write_text("method,item\ncnn,a\n")
    table = estimates("cnn", compositions()).astype({"estimate": object})
    table.loc[0, "estimate"] = "many"
    write_table(tmp_path / "words.csv", table)
    for name, message in {
        "absent": "no quantities",
        "empty": "not a CSV",
        "short": "column `basis`",
        "words": "no number",
    }.items():
        with pytest.raises(InputError, match=message):
            read_quantities(tmp_path / f"{name}.csv")
