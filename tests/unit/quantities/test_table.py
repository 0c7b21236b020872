"""The quantities contract: what is read, what is refused, and with which words."""

import re

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from estimates import compositions, estimates, study
from reference_data import REPOSITORY

from mrsgap.core.errors import InputError
from mrsgap.core.files import write_table
from mrsgap.core.names import QUANTITY_COLUMNS
from mrsgap.quantities.table import (
    check_every_item,
    check_quantities,
    gather_quantities,
    read_quantities,
    read_table,
    write_quantities,
)


def test_a_written_table_reads_back_to_the_same_numbers(tmp_path):
    table = study()
    write_table(tmp_path / "part.csv", table)
    read = read_quantities(tmp_path / "part.csv")
    assert list(read.columns) == list(QUANTITY_COLUMNS)
    np.testing.assert_array_equal(read["estimate"], table["estimate"])
    assert set(read["seed"]) == {"", "0", "1"}


def test_an_item_may_be_called_na(tmp_path):
    rows = {"item": ["NA", "007", "nan"], "note": ["", "NA", "None"], "mae": [0.1, np.nan, 0.3]}
    write_table(tmp_path / "table.csv", pd.DataFrame(rows))
    read = read_table(tmp_path / "table.csv")
    assert read[["item", "note"]].to_dict("list") == {"item": rows["item"], "note": rows["note"]}
    np.testing.assert_array_equal(read["mae"], rows["mae"])


def test_gathering_no_parts_gives_an_empty_table_with_all_columns():
    assert list(gather_quantities([]).columns) == list(QUANTITY_COLUMNS)


def test_gathering_does_not_depend_on_the_order_of_parts():
    truths = compositions()
    parts = [estimates("a", truths), estimates("b", truths)]
    pd.testing.assert_frame_equal(gather_quantities(parts), gather_quantities(parts[::-1]))


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("status", "fine", "must be one of ok, flagged, refused, failed"),
        ("origin", "scanner", "must be one of"),
        ("estimate", np.nan, "finite number unless the status is refused or failed"),
        ("estimate", np.inf, "finite number unless the status is refused or failed"),
        ("status", "failed", "must be empty where the status is refused or failed"),
        ("status", "refused", "must be empty where the status is refused or failed"),
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


ITEMS = ("a", "b", "007")


def answers(*items, method="lcm-off", dataset="phantoms", metabolites=("Cr", "NAA")):
    """Rows of one method, a number for every metabolite of `items`."""
    rows = [{"item": item, "metabolite": name} for item in items for name in metabolites]
    words = {"method": method, "basis": "study", "training_set": "", "fold": "", "seed": "", "dataset": dataset}
    return pd.DataFrame(rows).assign(**words, estimate=1.0, status="ok", reason="")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (answers("a", "b"), "1 differ, the first is `007`"),
        (answers(*ITEMS, "d"), "1 differ, the first is `d`"),
        (answers(*ITEMS, "b"), "1 differ, the first is `b`"),
        (answers(*ITEMS)[1:], "1 differ, the first is `a`"),
        (answers(*ITEMS, method="lcm-diff"), "lcm-off does not answer for each of the 3 items of phantoms once: 3 differ"),
        (answers(*ITEMS, dataset="test"), "3 differ, the first is `a`"),
        (pd.concat([answers(*ITEMS).assign(seed="0"), answers("b", "007").assign(seed="1")]), "1 differ, the first is `a`"),
        (answers(*ITEMS).assign(estimate=np.nan), "`reason` must say why there is no number"),
    ],
)
def test_a_table_that_loses_an_item_stops_the_run_and_names_it(table, message):
    with pytest.raises(InputError, match=message):
        check_every_item(table, {"phantoms": ITEMS}, ["lcm-off"], "quantities.csv")


def test_a_whole_table_passes_whatever_the_order_and_the_copies():
    table = pd.concat([answers(*ITEMS), answers("b", "007", "a", method="cnn", metabolites=("NAA",)).assign(seed="0")])
    table.loc[table["item"] == "b", ["estimate", "status", "reason"]] = [np.nan, "failed", "the data are all zero"]
    assert check_every_item(table, {"phantoms": ITEMS}, ["lcm-off", "cnn"], "quantities.csv") is table


def test_nothing_is_written_where_an_item_is_lost(tmp_path):
    spectra = xr.Dataset(coords={"item": list(ITEMS)})
    with pytest.raises(InputError, match="the first is `a`"):
        write_quantities(tmp_path / "lost.csv", answers("b", "007"), {"phantoms": spectra}, ["lcm-off"])
    assert not list(tmp_path.iterdir())
    write_quantities(tmp_path / "whole.csv", answers(*ITEMS), {"phantoms": spectra}, ["lcm-off"])
    assert len(pd.read_csv(tmp_path / "whole.csv")) == 6


def test_every_rule_that_makes_quantities_writes_them_through_the_check():
    rules = "".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "workflow" / "rules").glob("*.smk"))
    producers = re.findall(r"table=f\"\{RESULTS\}/quantities/[a-z{]", rules)
    scripts = set(
        re.findall(r"table=f\"\{RESULTS\}/quantities/.*\n(?:(?!^use rule ).*\n)*?.*\*\*runs\(\"(\w+)\"\)", rules, re.MULTILINE)
    )
    assert (len(producers), len(scripts)) == (
        6,
        4,
    )  # two fits, LCModel, networks on simulated and measured spectra, the shipped
    for name in scripts:
        assert "write_quantities(" in (REPOSITORY / "scripts" / f"{name}.py").read_text(encoding="utf-8"), name
