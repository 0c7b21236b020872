"""A script of scripts/ as a module, so that a test can call its `main` with paths of its own."""

import importlib.util
from types import ModuleType

from reference_data import REPOSITORY


def load_script(name: str) -> ModuleType:
    """The module scripts/<name>.py, imported as any module is: nothing of Snakemake's is there, so nothing runs."""
    spec = importlib.util.spec_from_file_location(f"script_{name}", REPOSITORY / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
