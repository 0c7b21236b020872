"""A script's digest follows the meaning of exactly the modules it uses."""

import pytest

from mrsgap.core import provenance


@pytest.fixture
def package(tmp_path):
    root = tmp_path / "src"
    (root / "thing").mkdir(parents=True)
    (root / "thing" / "__init__.py").write_text("")
    (root / "thing" / "a.py").write_text(
        '"""Doc."""\nfrom thing.b import two\n\n\ndef one():\n    """Doc."""\n    return two()\n'
    )
    (root / "thing" / "b.py").write_text("def two():\n    return 2\n")
    (root / "thing" / "c.py").write_text("def three():\n    from thing import b\n\n    return b\n")
    (tmp_path / "script.py").write_text("from thing.a import one\none()\n")
    return tmp_path


def digest(package):
    for cached in (provenance._tree, provenance._meaning, provenance._imports):
        cached.cache_clear()
    return provenance.source_digest(package / "script.py", package / "src")


def change(package, name, text):
    (package / "src" / "thing" / name).write_text(text)


def test_imports_are_followed_and_others_ignored(package):
    used = provenance.used_modules(package / "script.py", package / "src")
    assert [path.name for path in used] == ["__init__.py", "a.py", "b.py"]


def test_only_used_meaning_counts(package):
    before = digest(package)
    change(package, "c.py", "def three():\n    return 4\n")
    assert digest(package) == before
    change(package, "b.py", '"""New words."""\n\n\ndef two():  # a comment\n    """More."""\n    return 2\n')
    assert digest(package) == before
    change(package, "b.py", "def two():\n    return 3\n")
    assert digest(package) != before


def test_imports_inside_functions_count(package):
    (package / "script.py").write_text("from thing.c import three\n")
    assert {path.name for path in provenance.used_modules(package / "script.py", package / "src")} == {
        "__init__.py", "c.py", "b.py",
    }  # fmt: skip


def test_versions_are_known():
    assert set(provenance.versions()) == set(provenance.VERSIONED)
