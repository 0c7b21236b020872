"""What is published comes from a finished run's files, and the README quotes what is published."""

import json
import subprocess

import pandas as pd
import pytest
from estimates import study
from PIL import Image
from reference_data import REPOSITORY, config
from unit.publish.test_report import pairs
from unit.publish.test_tables import SETTINGS, evidence

from mrsgap.core.errors import InputError
from mrsgap.core.files import write_json, write_table
from mrsgap.publish.results_page import (
    BEGIN,
    END,
    NONE_YET,
    config_digest,
    headline,
    publish_run,
    run_record,
    with_headline,
    write_index,
)

CAPTIONS = REPOSITORY / "workflow" / "report"
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def results(tmp_path):
    """A small finished run: its statistics are those of the tables' tests."""
    folder = tmp_path / "results" / "tiny"
    for name in ("statistics", "tables", "figures", "logs", "models/yae/final-train-seed-0-1"):
        (folder / name).mkdir(parents=True)
    quantities = study()
    write_table(folder / "quantities.csv", quantities)
    write_table(folder / "statistics" / "errors.csv", evidence(quantities)["summary"].assign(norm="max"))
    write_table(folder / "statistics" / "paired-differences.csv", pairs(quantities))
    write_table(folder / "reproduction.csv", pd.DataFrame({"verdict": ["differs", "holds", "differs"]}))
    (folder / "report.html").write_text("<html></html>")
    (folder / "tables" / "table-09-simulation.md").write_text("**Table 9. Errors**\n\n| a |\n|--|\n| 1 |\n")
    for name, title in (("table-01-phantoms", "Table 1. Phantoms"), ("table-reproduction", "Published numbers")):
        (folder / "tables" / f"{name}.md").write_text(f"**{title}**\n\n| a |\n|--|\n| 1 |\n")
    (folder / "logs" / "train_final.log").write_text("t INFO device: cpu (cpu) x 1, jax 0.1\nt INFO done in 5400.0 s\n")
    for name in ("figure-10-answer", "figure-01d-spectra"):
        Image.new("RGB", (8, 8), "white").save(folder / "figures" / f"{name}.png")
    network = {
        "method": "yae",
        "training_set": "train",
        "runs": ["seed 0", "seed 1"],
        "provenance": '{"device": "cpu (A chip)"}',
    }
    write_json(folder / "models" / "yae" / "final-train-seed-0-1" / "model.json", network)
    settings = SETTINGS | {"phantoms": "phantoms", "validation": "test", "training_sets": {"fixed": "train"}, "level": 0.95}
    sizes = {name: config("config.yaml")["datasets"][name] for name in ("train", "test")}
    whole = {"scale": "tiny", "seed": 7, "datasets": sizes, "statistics": settings}
    write_json(folder / "run.json", run_record(whole, "abc123"))
    return folder


def test_a_page_tells_what_the_run_found_and_on_what_it_rests(results, tmp_path):
    facts = publish_run(results, tmp_path / "docs" / "tiny", CAPTIONS)
    page = (tmp_path / "docs" / "tiny" / "README.md").read_text(encoding="utf-8")
    assert facts["networks"] == {"yae on train": 2}
    assert facts["job_hours"] == 1.5
    assert facts["verdicts"] == {"differs": 2, "holds": 1}
    for said in (
        "abc123",
        facts["config_digest"],
        "cpu (A chip)",
        "has the smallest error",
        "Table 9. Errors",
        "- 2 differs",
    ):
        assert said in page
    assert "figures/figure-10-answer.png" in page
    assert "figure-01d" not in page
    assert not [name for name in page.split("](")[1:] if not (tmp_path / "docs" / "tiny" / name.split(")")[0]).exists()]


def test_the_headline_moves_with_the_files_and_with_nothing_else(results, tmp_path):
    docs = tmp_path / "docs"
    assert headline(docs) == NONE_YET
    publish_run(results, docs / "tiny", CAPTIONS)
    write_index(docs)
    told = headline(docs)
    assert "scale `tiny`, 2,000 training spectra" in told
    assert "Of 3 printed statements: 1 *holds*, 2 *differs*." in told
    assert "[tiny](tiny/README.md)" in (docs / "README.md").read_text(encoding="utf-8")
    answer = pd.read_csv(docs / "tiny" / "answer.csv")
    answer["mae"] *= 2
    write_table(docs / "tiny" / "answer.csv", answer)
    assert headline(docs) != told


def test_the_largest_run_speaks(results, tmp_path):
    docs = tmp_path / "docs"
    publish_run(results, docs / "small", CAPTIONS)
    record = json.loads((results / "run.json").read_text())
    record["config"]["datasets"]["train"]["items"] = 50_000
    write_json(results / "run.json", record | {"commit": "def456"})
    publish_run(results, docs / "large", CAPTIONS)
    assert "scale `large`, 50,000 training spectra" in headline(docs)


def test_an_unfinished_run_is_not_published(results, tmp_path):
    (results / "report.html").unlink()
    with pytest.raises(InputError, match=r"`report.html` is missing"):
        publish_run(results, tmp_path / "docs" / "tiny", CAPTIONS)
    assert not (tmp_path / "docs" / "tiny").exists()


def test_the_digest_is_of_every_setting():
    assert config_digest({"a": {"b": 1}, "c": 2}) == config_digest({"c": 2, "a": {"b": 1}})
    assert config_digest({"a": {"b": 1}}) != config_digest({"a": {"b": 2}})


def test_a_readme_without_marks_is_refused():
    assert with_headline(f"x {BEGIN}old{END} y", "new") == f"x {BEGIN}\nnew\n{END} y"
    with pytest.raises(InputError, match="lacks the marks"):
        with_headline("x", "new")


def test_the_readme_quotes_the_published_files():
    assert README.split(BEGIN)[1].split(END)[0].strip() == headline(REPOSITORY / "docs" / "results")


def test_every_published_page_links_files_that_are_there():
    for page in (REPOSITORY / "docs" / "results").glob("**/README.md"):
        for target in page.read_text(encoding="utf-8").split("](")[1:]:
            assert (page.parent / target.split(")")[0]).exists(), f"{page}: {target}"


def test_git_keeps_what_is_published():
    if not (REPOSITORY / ".git").exists():
        pytest.skip("this copy is not a clone")
    asked = ["git", "check-ignore", "docs/results/smoke/README.md", "results/smoke/report.html"]
    ignored = subprocess.run(asked, cwd=REPOSITORY, capture_output=True, text=True, check=False).stdout.split()
    assert ignored == ["results/smoke/report.html"]
