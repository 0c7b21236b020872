"""What made a result: the code a script uses, what was read, the seed, versions and device; no time stamps.

The digest of code ignores comments, docstrings and layout: it changes exactly when the meaning of the code may have changed.
Rules carry it as a parameter, so an edit to the package re-runs the rules that use the edited module and no others. The same
inputs on the same machine give the same record, so that a store with its record in it is still bit-identical.
"""

import ast
import functools
import hashlib
import importlib.metadata
import json
import os
import platform
import sys
from collections.abc import Iterable
from pathlib import Path

from mrsgap.core.errors import InputError

VERSIONED = ("jax", "jaxlib", "flax", "optax", "numpy", "scipy", "xarray", "zarr")
BLOCK_BYTES = 2**22
NOT_CONTENT = ".snakemake_timestamp"  # put by Snakemake into every folder that a rule made


def used_modules(script, package_root) -> list[Path]:
    """Every module file of the package that `script` imports, directly or through others, sorted.

    `package_root` is the folder that holds the package (workflow/src). Imports inside functions count.
    """
    root = Path(package_root)
    modules: set[Path] = set()
    waiting = list(_imports(Path(script), root))
    while waiting:
        module = waiting.pop()
        if module not in modules:
            modules.add(module)
            waiting.extend(_imports(module, root))
    return sorted(modules)


def source_digest(script, package_root) -> str:
    """Twelve hexadecimal digits over the meaning of all modules that `script` uses (not the script itself)."""
    whole = hashlib.sha256()
    for module in used_modules(script, package_root):
        whole.update(f"{module.relative_to(package_root)}\n{_meaning(module)}\n".encode())
    return whole.hexdigest()[:12]


def versions() -> dict[str, str]:
    """Installed versions of the libraries that can change a number."""
    return {name: importlib.metadata.version(name) for name in VERSIONED}


@functools.cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@functools.cache
def _meaning(path: Path) -> str:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and ast.get_docstring(node):
            node.body = node.body[1:]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()


@functools.cache
def _imports(path: Path, root: Path) -> frozenset[Path]:
    names = set()
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    files = set()
    # Importing a.b.c runs a and a.b first.
    prefixes = {".".join(name.split(".")[:depth]) for name in names for depth in range(1, name.count(".") + 2)}
    for name in prefixes:
        place = root.joinpath(*name.split("."))
        files.update(file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file())
    return frozenset(files)


def made_from(inputs: Iterable, *, code: str, seed: int | None = None) -> dict[str, str]:
    """The attribute `provenance` of a store as JSON text, to be merged into its attributes.

    `inputs` are the files and stores that were read, `code` the digest of the modules used (provenance.source_digest) and
    `seed` the config's seed where anything was drawn. The device is known once JAX is imported.
    """
    record = {
        "code": code,
        "device": device(),
        "inputs": [[_name(path), checksum(path)] for path in inputs],
        "python": platform.python_version(),
        "versions": versions(),
    }
    if seed is not None:
        record["seed"] = int(seed)
    return {"provenance": json.dumps(record, sort_keys=True)}


def device() -> str:
    """Where this process computes: the kind of accelerator that JAX uses, or the processor."""
    if "jax" in sys.modules:
        first = sys.modules["jax"].devices()[0]
        if first.platform != "cpu":
            return f"{first.platform} ({first.device_kind})"
    return f"cpu ({processor()})"


def processor() -> str:
    """The processor's model name, or its family where the system does not tell."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def checksum(path) -> str:
    """SHA-256 of a file, or of a store: every file in it by relative name and content, in order of name.

    Snakemake's time stamps do not count. `InputError` where there is neither.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(f"no file or folder `{path}`")
    whole = hashlib.sha256()
    if path.is_file():
        _add(whole, path)
        return whole.hexdigest()
    for file in sorted(inner for inner in path.rglob("*") if inner.is_file() and inner.name != NOT_CONTENT):
        whole.update(f"{file.relative_to(path).as_posix()}\0{file.stat().st_size}\0".encode())
        _add(whole, file)
    return whole.hexdigest()


def _add(whole, file: Path) -> None:
    with file.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            whole.update(block)


def _name(path) -> str:
    """The path as it is under the working folder; of a file elsewhere only its name, which is the same on every machine."""
    relative = os.path.relpath(path)
    return Path(path).name if relative.startswith(os.pardir) else Path(relative).as_posix()
