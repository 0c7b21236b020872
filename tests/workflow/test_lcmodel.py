"""The rule fit_lcmodel on the stand-ins, with the real program where MRSGAP_LCMODEL names it, else with an unruly fake."""

import os

import numpy as np
import pytest
from reference_data import REPOSITORY
from workspace import Workspace

from mrsgap.core.names import FAILED, OK
from mrsgap.core.store import read_dataset
from mrsgap.quantities.table import read_quantities, texts

FAKE = REPOSITORY / "tests" / "unit" / "lcm" / "fake_lcmodel.py"
TABLE, CURVES = "results/smoke/quantities/lcmodel-phantoms.csv", "results/smoke/fits/lcmodel-phantoms-curves.zarr"
FIGURE = "results/smoke/figures/figure-fit-lcmodel-phantoms.pdf"


def run(folder, executable, **environment):
    """The folder of a run of the rule and its picture, the stand-ins' items and the table."""
    workspace = Workspace(folder / "clone")
    (workspace.root / "lcmodel.yaml").write_text(f"lcmodel: {{executable: '{executable}'}}\n")
    workspace.snakemake(
        "--configfile", "config/smoke.yaml", "lcmodel.yaml", "--", TABLE, FIGURE, environment={**os.environ, **environment}
    )
    spectra = read_dataset(workspace.root / "results/smoke/measured/phantoms.zarr", "fid").load()
    assert len(np.unique(spectra["spectral_width_hz"].values)) > 1  # what makes the rule run more than once
    return workspace.root, texts(spectra["item"]), read_quantities(workspace.root / TABLE)


def check_whole(root, items, table):
    counts = table.groupby(["method", "item"]).size()
    assert set(table["item"]) == set(items)
    assert set(table["method"]) == {"lcmodel-off", "lcmodel-diff", "lcmodel-joint"}
    assert (counts == 5).all()
    assert len(counts) == 3 * len(items)
    assert (table.loc[table["estimate"].isna(), "reason"] != "").all()
    assert list(read_dataset(root / CURVES, "fit")["item"].values) == items[:2]
    assert (root / FIGURE).stat().st_size > 0


@pytest.mark.slow
def test_the_rule_keeps_every_item_with_an_unruly_program(tmp_path):
    root, items, table = run(tmp_path, FAKE, FAKE_LCMODEL="unruly")
    check_whole(root, items, table)
    assert (table["status"] == FAILED).any()


@pytest.mark.slow
@pytest.mark.skipif(
    not os.environ.get("MRSGAP_LCMODEL"), reason="the LCModel program is not here (set MRSGAP_LCMODEL to its path)"
)
def test_the_rule_keeps_every_item_with_the_real_program(tmp_path):
    root, items, table = run(tmp_path, os.environ["MRSGAP_LCMODEL"])
    check_whole(root, items, table)
    fitted = table[(table["method"] == "lcmodel-off") & (table["metabolite"] == "NAA")]
    assert (fitted["status"] == OK).mean() > 0.5
