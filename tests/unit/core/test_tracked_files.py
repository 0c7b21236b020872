"""What the repository tracks works wherever it is cloned."""

import os
import subprocess

import pytest
from reference_data import REPOSITORY


def leaving_links(root):
    """Tracked symbolic links of the repository at `root` that point outside it, or to where only one machine has a file."""
    listed = subprocess.run(["git", "ls-files", "--stage", "-z"], cwd=root, capture_output=True, text=True, check=True).stdout
    links = [entry.partition("\t")[2] for entry in listed.split("\0") if entry.startswith("120000 ")]
    targets = {name: os.readlink(root / name) for name in links}
    places = {name: os.path.normpath(os.path.join(os.path.dirname(name), target)) for name, target in targets.items()}
    return [name for name, place in places.items() if os.path.isabs(place) or place.split(os.sep)[0] == os.pardir]


def test_no_tracked_link_leaves_the_repository():
    if not (REPOSITORY / ".git").exists():
        pytest.skip("this copy is not a clone")
    assert leaving_links(REPOSITORY) == []


def test_leaving_links_are_seen(tmp_path):
    subprocess.run(["git", "init"], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "file").touch()
    targets = {"good": "inner/file", "inner/up": "../good", "out": "../elsewhere", "inner/out": "../../x", "root": "/srv/x"}
    for name, target in targets.items():
        (tmp_path / name).symlink_to(target)
    subprocess.run(["git", "add", "--all"], cwd=tmp_path, check=True)
    assert leaving_links(tmp_path) == ["inner/out", "out", "root"]
