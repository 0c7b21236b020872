"""The whole workflow at CI's scale, for real: everything is made, says what it was made from, and is made once."""

import json

import pytest
from workspace import SMOKE, Workspace

from mrsgap.core.provenance import checksum
from mrsgap.publish.results_page import headline, publish_run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]
PICKLES = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")


def stores(workspace):
    for path in sorted((workspace.root / "results" / "smoke").rglob("zarr.json")):
        description = json.loads(path.read_text(encoding="utf-8"))
        if description["node_type"] == "group":
            yield path.parent, description["attributes"]


def test_everything_is_made_once_and_the_report_is_there(smoke_run):
    assert smoke_run.planned(*SMOKE) == {}
    page = (smoke_run.root / "results/smoke/report.html").read_text(encoding="utf-8")
    assert page.rstrip().endswith("</html>")
    assert "Table 9" in page


def test_snakemakes_own_report_shows_figures_and_tables(smoke_run, tmp_path):
    smoke_run.snakemake(*SMOKE, "--report", str(tmp_path / "mine.html"))
    page = (tmp_path / "mine.html").read_text(encoding="utf-8")
    assert "figure-10-answer.png" in page
    assert "table-09-simulation.csv" in page


def test_every_store_says_what_it_was_made_from(smoke_run):
    found = list(stores(smoke_run))
    assert len(found) > 10
    for path, attributes in found:
        record = json.loads(attributes.get("provenance", "{}"))
        assert {"code", "device", "inputs", "versions"} <= set(record), path.relative_to(smoke_run.root)
        for name, value in record["inputs"]:
            source = smoke_run.root / name
            assert not source.exists() or checksum(source) == value, f"{path}: {name}"


def test_nothing_half_nothing_pickled_nothing_elsewhere(smoke_run, tmp_path):
    assert not list(smoke_run.root.rglob("*.partial*"))
    for path in (smoke_run.root / "results").rglob("*"):
        if path.is_file():
            assert path.suffix not in (".pkl", ".pickle", ".joblib", ".npy")
            with path.open("rb") as file:
                start = file.read(2)
            assert start not in PICKLES or path.parent.name == "0" or "c" in path.parts, path
    assert set(smoke_run.tree()) == set(Workspace(tmp_path / "fresh").tree())


def test_a_store_made_again_has_the_same_bytes(smoke_run):
    target = "results/smoke/spectra/scanner.zarr"
    before = checksum(smoke_run.root / target)
    smoke_run.snakemake(*SMOKE, "--force", target)
    assert checksum(smoke_run.root / target) == before
    smoke_run.snakemake(*SMOKE)


def test_the_plan_prices_what_is_left(smoke_run):
    told = smoke_run.snakemake(*SMOKE, "plan").stdout
    assert "mrsgap at the scale smoke" in told
    assert "GB free" in told


def test_every_network_says_what_it_was_made_from(smoke_run):
    found = list((smoke_run.root / "results/smoke/models").rglob("model.json"))
    assert found
    for path in found:
        record = json.loads(json.loads(path.read_text(encoding="utf-8"))["provenance"])
        assert {"code", "device", "inputs", "seed", "versions"} <= set(record), path


def test_a_finished_run_can_be_published(smoke_run, tmp_path):
    facts = publish_run(smoke_run.root / "results/smoke", tmp_path / "smoke", smoke_run.root / "workflow" / "report")
    assert facts["training_spectra"] == 300
    assert facts["synthetic"]
    assert sum(facts["verdicts"].values()) == 196
    assert "scale `smoke`" in headline(tmp_path)
