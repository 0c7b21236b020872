"""Where reference data live, and how a test asks for them: present, or skipped with a reason."""

import os
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parent.parent
REFERENCE = Path(os.environ.get("MRSGAP_REFERENCE", REPOSITORY.parent / "shared" / "data"))


def reference(*parts: str) -> Path:
    """Path of a reference file or folder; skips the calling test where it is absent."""
    path = REFERENCE.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"reference data absent: {Path(*parts)} (set MRSGAP_REFERENCE to their folder)")
    return path


def config(name: str) -> dict:
    """A file of config/ as data, for tests that hold for what is shipped."""
    return yaml.safe_load((REPOSITORY / "config" / name).read_text(encoding="utf-8"))
