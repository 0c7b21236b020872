"""Every rule says what it did, how long it took, in which environment, and with which code."""

import re

import pytest
import yaml
from reference_data import REPOSITORY

from mrsgap.core.files import caption_file

FILES = sorted((REPOSITORY / "workflow" / "rules").glob("*.smk"))
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in FILES) + "\n"
BODY = r"((?:    .*\n|\n(?=\n*    ))*)"
PLAIN = dict(re.findall(rf"^rule (\w+):\n{BODY}", TEXT, re.MULTILINE))
# A step says what it differs in from `step`, or from another step; the rest is the other's.
DERIVED = {
    name: (base, body) for base, name, body in re.findall(rf"^use rule (\w+) as (\w+) with:\n{BODY}", TEXT, re.MULTILINE)
}
WILDCARDS = set(
    re.findall(r"^    (\w+)=", "".join(re.findall(rf"^wildcard_constraints:\n{BODY}", TEXT, re.MULTILINE)), re.MULTILINE)
)
SCRIPTS = sorted((REPOSITORY / "scripts").glob("*.py"))


def whole(name):
    """All that a rule says, what it inherits last."""
    base, body = DERIVED.get(name, (None, PLAIN.get(name)))
    return body + whole(base) if base else body


RULES = {name: whole(name) for name in [*PLAIN, *DERIVED]}
WORKING = {name: body for name, body in RULES.items() if "    script:\n" in body and name != "step"}


@pytest.mark.parametrize("name", WORKING)
def test_a_rule_is_complete(name):
    body = WORKING[name]
    for part in ("log:", "conda:", "params:"):
        assert part in body, f"rule {name} has no `{part}`"
    script = re.search(r'\*\*runs\("(\w+)"\)|\bcode=code\("(\w+)"\)', body)
    assert f"{script[1] or script[2]}.py" in [path.name for path in SCRIPTS]
    assert "benchmark:" in body or "output:" not in body, f"rule {name} is not timed"


@pytest.mark.parametrize("name", DERIVED)
def test_a_job_is_named_after_its_rule_and_all_its_wildcards(name):
    """Log and timing lie under that name (step.smk), so two jobs of one name would overwrite each other's."""
    _, own = DERIVED[name]
    job = re.search(r'    pathvars:\n        job="(\w+)(.*)",\n', own)
    assert job[1] == name
    outputs = (re.search(r"    output:\n((?:        .*\n)+)", own) or [None, ""])[1]
    assert len(WILDCARDS) >= 10
    assert set(re.findall(r"\{(\w+)\}", job[2])) == set(re.findall(r"\{(\w+)\}", outputs)) & WILDCARDS


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
WRITERS = [path for path in SCRIPTS if WRITING.search(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("path", WRITERS, ids=lambda path: path.stem)
def test_a_script_that_writes_a_store_records_what_it_was_made_from(path):
    assert re.search(r"made_from\((snakemake\.input|files)\b", path.read_text(encoding="utf-8"))
