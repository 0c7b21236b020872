"""Conda environments, the lock and the project file agree; nothing committed names a package index."""

import re
import subprocess
import tomllib

import pytest
import yaml
from packaging.markers import Marker
from reference_data import REPOSITORY

LOCK = (REPOSITORY / "requirements.lock").read_text()
ENTRY = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)(?: ; ([^\\\n]*))?", re.MULTILINE)
PYTHON = {"python_version": "3.11", "python_full_version": "3.11.7", "sys_platform": "linux", "platform_machine": "x86_64"}
LOCKED = {
    name.lower(): version for name, version, marker in ENTRY.findall(LOCK) if not marker or Marker(marker).evaluate(PYTHON)
}
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]


@pytest.mark.parametrize("name", ["cpu", "gpu"])
def test_conda_environments_are_in_step_with_the_lock(name):
    environment = yaml.safe_load((REPOSITORY / "envs" / f"{name}.yaml").read_text())
    pinned = dict(entry.split("==") for entry in environment["dependencies"][-1]["pip"])
    pinned = {re.sub(r"\[.*\]", "", package): version for package, version in pinned.items()}
    direct = {re.match(r"[A-Za-z0-9-]+", entry)[0].lower() for entry in PROJECT["dependencies"]}
    assert set(pinned) == direct
    assert pinned == {package: LOCKED[package] for package in direct}


def test_every_locked_package_has_hashes():
    for block in re.split(r"\n(?=[A-Za-z0-9])", LOCK):
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_no_committed_file_names_a_package_index():
    done = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    pattern = re.compile(r"(--(extra-)?index-url|pypi\.(org|python)|/simple/|files\.pythonhosted)")
    for name in filter(None, done.stdout.split("\0")):
        path = REPOSITORY / name
        if name != "tests/unit/core/test_environments.py" and path.is_file():
            found = pattern.search(path.read_text(encoding="utf-8", errors="replace"))
            assert not found, f"{name} holds {found[0]!r}"
