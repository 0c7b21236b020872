"""Which settings an architecture and the training loop take, read from their source.

Importing the networks takes seconds, and the config is checked whenever Snakemake parses the rules; reading them does not.
"""

import ast
from pathlib import Path

from mrsgap.core.errors import InputError


def hyper_parameters(source, architecture: str) -> tuple[str, ...]:
    """Keyword-only arguments of the constructor that `networks.registry` names `architecture`; `source` holds the package."""
    registry = _tree(source, "mrsgap.networks.registry")
    places = {alias.name: node.module for node in registry.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    (table,) = [node.value for node in registry.body if isinstance(node, ast.Assign) and node.targets[0].id == "ARCHITECTURES"]
    classes = {key.value: value.id for key, value in zip(table.keys, table.values)}
    if architecture not in classes:
        raise InputError(f"unknown architecture `{architecture}`", where="config: studies.<name>.architecture",
                         cure=f"Known are {', '.join(classes)}")  # fmt: skip
    name = classes[architecture]
    (definition,) = [node for node in _tree(source, places[name]).body if isinstance(node, ast.ClassDef) and node.name == name]
    (constructor,) = [node for node in definition.body if isinstance(node, ast.FunctionDef) and node.name == "__init__"]
    return tuple(argument.arg for argument in constructor.args.kwonlyargs)


def training_settings(source) -> tuple[str, ...]:
    """Fields of `learn.settings.Settings`."""
    body = _tree(source, "mrsgap.learn.settings").body
    (settings,) = [node for node in body if isinstance(node, ast.ClassDef) and node.name == "Settings"]
    return tuple(node.target.id for node in settings.body if isinstance(node, ast.AnnAssign))


def _tree(source, module: str) -> ast.Module:
    return ast.parse(Path(source).joinpath(*module.split(".")).with_suffix(".py").read_text(encoding="utf-8"))
