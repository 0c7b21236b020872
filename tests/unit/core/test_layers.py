"""Layers of the package: who may import whom, and what none of them may know."""

import ast
import os
import subprocess
import sys

import pytest
from reference_data import REPOSITORY

PACKAGE = REPOSITORY / "workflow" / "src" / "mrsgap"
ALLOWED = {
    "core": set(),
    "quantities": {"core"},
    "spin": {"core"},
    "basis": {"core", "spin"},
    "spectra": {"core", "quantities"},
    "measured": {"core", "receive"},
    "receive": {"core"},
    "networks": {"core"},
    "learn": {"core", "basis", "networks", "quantities", "spectra"},
    "select": {"core", "networks", "learn"},
    "lcm": {"core", "basis", "quantities"},
    "quality": {"core"},
    "gap": {"core", "spectra"},
    "trust": {"core", "basis", "quantities", "spectra", "learn", "quality"},
    "stats": {"core", "quantities"},
    "cost": {"core", "select"},  # free of JAX: how long the rounds of a study are
    "answer": {"core", "quality", "quantities"},
    "config": {"core", "measured", "networks", "select"},  # free of JAX, as all that Snakemake reads
    "show": {"core", "spin", "basis"},  # data types only: drawing a sequence or a pulse needs to know what one is
    "publish": {"core", "quantities", "stats", "show"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 350


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports relatively"
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def top_level_imports(path):
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_follow_the_layers(path):
    part = path.relative_to(PACKAGE).parts[0]
    if part == "__init__.py":
        return
    for name in imported(path):
        assert not name.startswith("snakemake"), "the package never sees Snakemake"
        if name.startswith("mrsgap."):
            other = name.split(".")[1]
            assert other == part or other in ALLOWED[part], f"{part} must not import {other}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_are_short_and_speak(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert ast.get_docstring(ast.parse(text)), "a module says what it is for"


def reaches_jax(path, seen):
    """Whether importing the module loads JAX, through top-level imports."""
    if path in seen or not path.is_file():
        return False
    seen.add(path)
    for name in top_level_imports(path):
        if name.split(".")[0] in ("jax", "flax", "optax"):
            return True
        if name.startswith("mrsgap"):
            inner = REPOSITORY / "workflow" / "src" / (name.replace(".", "/") + ".py")
            if reaches_jax(inner, seen):
                return True
    return False


PRODUCTS = ("figure_*.py", "table_*.py", "check_*.py", "export_*.py")
DRAWING = sorted(path for kind in PRODUCTS for path in (REPOSITORY / "scripts").glob(kind))


@pytest.mark.parametrize("path", DRAWING, ids=lambda path: path.name)
def test_figures_and_tables_are_free_of_jax(path):
    """Loading JAX costs seconds in every process of a run."""
    assert not reaches_jax(path, set())


@pytest.mark.parametrize("path", [path for path in MODULES if path.relative_to(PACKAGE).parts[0] in ("config", "quantities")])
def test_what_snakemake_reads_is_free_of_jax(path):
    assert not reaches_jax(path, set())


def test_importing_the_config_loads_no_jax():
    """In a process of its own, so that no import of another test counts and none inside a function is missed."""
    names = [f"mrsgap.config.{path.stem}" for path in sorted((PACKAGE / "config").glob("*.py")) if path.stem != "__init__"]
    lines = [f"import {name}" for name in names]
    program = "\n".join([*lines, "import sys", "print(sorted({'jax', 'flax', 'optax'} & set(sys.modules)))"])
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True,
                          env=os.environ | {"PYTHONPATH": str(PACKAGE.parent)})  # fmt: skip
    assert said.stdout.strip() == "[]"
