"""Every command that the README shows is one that works: planned by Snakemake or make, with the README's own words."""

import re
import shlex
import subprocess

import pytest
from reference_data import REPOSITORY
from workspace import Workspace

TEXT = (REPOSITORY / "README.md").read_text(encoding="utf-8")
JOINED = re.sub(r"\s*\n(?=--)", " ", TEXT)  # a command broken before an option


def commands(program: str) -> list[str]:
    fenced = re.findall(rf"^({program} [^\n#]*)", TEXT, re.MULTILINE)
    inline = re.findall(rf"`({program} [^`]*)`", JOINED.replace("\n", " "))
    return sorted({" ".join(command.split()) for command in (*fenced, *inline)})


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("clone"))
    (workspace.root / "spectra").mkdir()
    (workspace.root / "spectra" / "note.txt").write_text("a folder to read")
    (workspace.root / "mine.yaml").write_text("scale: mine\n")
    return workspace


def test_the_readme_shows_commands():
    assert len(commands("snakemake")) >= 4
    assert len(commands("make")) >= 2


# A report needs a finished run: tests/workflow/test_smoke.py makes one.
@pytest.mark.parametrize("command", [command for command in commands("snakemake") if "--report" not in command])
def test_snakemake_commands_plan(workspace, command):
    words = shlex.split(command.replace("path/to/manifest-or-folder", "spectra"))[1:]
    done = workspace.snakemake(*words, "--dry-run", check=False)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("command", commands("make"))
def test_make_commands_exist(command):
    done = subprocess.run(
        ["make", "--dry-run", *shlex.split(command)[1:]], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
