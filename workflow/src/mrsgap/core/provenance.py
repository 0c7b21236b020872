"""What code made a result: which of our modules a script uses, and a digest of what they say.

A digest ignores comments, docstrings and layout: it changes exactly when the meaning of the code may have changed. Rules carry
it as a parameter, so an edit to the package re-runs the rules that use the edited module and no others. What else went into a
store is in core/record.py.
"""

import ast
import functools
import hashlib
import importlib.metadata
from pathlib import Path

VERSIONED = ("jax", "jaxlib", "flax", "optax", "numpy", "scipy", "xarray", "zarr")


def used_modules(script, package_root) -> list[Path]:
    """Every module file of the package that `script` imports, directly or through others, sorted.

    `package_root` is the folder that holds the package (workflow/src). Imports inside functions count.
    """
    root = Path(package_root)
    found: set[Path] = set()
    waiting = list(_imports(Path(script), root))
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting.extend(_imports(module, root))
    return sorted(found)


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
