"""Every rule says what it did, how long it took, in which environment, and with which code."""

import re

import pytest
import yaml
from reference_data import REPOSITORY

from mrsgap.core.files import caption_file

FILES = sorted((REPOSITORY / "workflow" / "rules").glob("*.smk"))
RULE = re.compile(r"^rule (\w+):\n((?:    .*\n|\n(?=\n*    ))*)", re.MULTILINE)
RULES = {name: body for file in FILES for name, body in RULE.findall(file.read_text(encoding="utf-8") + "\n")}
# A rule that differs from another in a word says what differs; the rest is the other's.
VARIANT = re.compile(r"^use rule (\w+) as (\w+) with:\n((?:    .*\n|\n(?=\n*    ))*)", re.MULTILINE)
VARIANTS = [match for file in FILES for match in VARIANT.findall(file.read_text(encoding="utf-8") + "\n")]
RULES |= {name: body + RULES[base] for base, name, body in VARIANTS}
WORKING = {name: body for name, body in RULES.items() if "    script:\n" in body}


@pytest.mark.parametrize("name", WORKING)
def test_a_rule_is_complete(name):
    body = WORKING[name]
    for part in ("log:", "conda:", "params:", "code=code("):
        assert part in body, f"rule {name} has no `{part}`"
    assert "benchmark:" in body or "output:" not in body, f"rule {name} is not timed"
    log, benchmark = (re.search(rf'    {part}:\n        f"(.*)"', body) for part in ("log", "benchmark"))
    if benchmark:
        assert benchmark[1] == log[1].replace("/logs/", "/benchmarks/").replace(".log", ".tsv")


@pytest.mark.parametrize("name", [name for name in RULES if name.startswith("train_")])
def test_training_asks_for_a_gpu(name):
    assert "gpu=1" in RULES[name]


@pytest.mark.parametrize("name", ["gpu", "slurm"])
def test_profiles_try_killed_jobs_again(name):
    profile = yaml.safe_load((REPOSITORY / "workflow" / "profiles" / name / "config.yaml").read_text(encoding="utf-8"))
    assert profile["retries"] >= 1
    assert profile["keep-going"]
    assert profile["rerun-incomplete"]
    assert set(profile.get("set-resources", {})) <= set(RULES), "a profile names a rule that is not there"


PICTURES = sorted(set(re.findall(r'figure_outputs\("([^"]+)"\)', "".join(WORKING.values()))))


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_has_a_caption(name):
    source = caption_file(name, REPOSITORY / "workflow" / "report")
    assert source is not None
    assert len(source.read_text(encoding="utf-8").split()) >= 8


WRITING = re.compile(r"write_dataset\(|train_and_write\(|simulate_spectra\(")
SCRIPTS = sorted((REPOSITORY / "scripts").glob("*.py"))
WRITERS = [path for path in SCRIPTS if WRITING.search(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("path", WRITERS, ids=lambda path: path.stem)
def test_a_script_that_writes_a_store_records_what_it_was_made_from(path):
    assert re.search(r"made_from\((snakemake\.input|files)\b", path.read_text(encoding="utf-8"))
