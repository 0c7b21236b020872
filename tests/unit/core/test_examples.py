"""The usage examples in docstrings run, as from the root of the repository, and say what they say."""

import doctest
import importlib

import pytest
from reference_data import REPOSITORY

SOURCE = REPOSITORY / "workflow" / "src"
MODULES = sorted(path for path in (SOURCE / "mrsgap").rglob("*.py") if "\n    >>> " in path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE / "mrsgap")))
def test_examples_run(path, tmp_path, monkeypatch):
    (tmp_path / "config").symlink_to(REPOSITORY / "config")
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(".".join(path.relative_to(SOURCE).with_suffix("").parts))
    failed, tried = doctest.testmod(module)
    assert tried
    assert not failed, "see the captured output"
