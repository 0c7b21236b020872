"""Run the LCModel program on one spectrum, with a time-out, in a folder of its own."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from mrsgap.core.errors import InputError
from mrsgap.core.names import FAILED
from mrsgap.lcm.lcmodel.control import FILES, control_text
from mrsgap.lcm.lcmodel.verdict import Outcome, judge


def find_lcmodel(executable: str | None) -> Path | None:
    """Path of the LCModel program: `executable` if given, else `lcmodel` on PATH; None if there is none.

    Raises `InputError` if `executable` is given but is not there or may not be run.
    """
    found = shutil.which(executable or "lcmodel")
    if executable and not found:
        raise InputError(
            f"`lcmodel.executable` is {executable!r}, which is no program that can be run",
            cure="Correct the path, or leave it empty",
        )
    return Path(found).resolve() if found else None


def run_lcmodel(executable, parameters: dict, raw: str, basis_path, *, timeout_s: float) -> Outcome:
    """Fit the .RAW text `raw` with the basis file `basis_path`; never raises for a failed fit.

    `parameters` come from `control.control_parameters`. The folder is removed afterwards; the outcome holds all texts.
    Raises `InputError` if the basis file is absent.
    """
    basis_path = Path(basis_path).resolve()
    if not basis_path.is_file():
        raise InputError(f"no basis file at `{basis_path}`", cure="Run the rule export_basis")
    with tempfile.TemporaryDirectory(prefix="lcmodel-") as folder:
        folder = Path(folder)
        (folder / FILES["raw"]).write_text(raw, encoding="ascii")
        os.symlink(basis_path, folder / FILES["basis"])
        try:
            done = subprocess.run(
                [str(executable)],
                input=control_text(parameters),
                cwd=folder,
                timeout=timeout_s,
                capture_output=True,
                text=True,
                errors="replace",
            )
        except subprocess.TimeoutExpired:
            return Outcome(FAILED, f"LCModel ran into the time-out of {timeout_s:g} s")
        except OSError as error:
            return Outcome(FAILED, f"LCModel cannot be started: {error.strerror} (libgfortran5 may be missing)")
        if "error while loading shared libraries" in done.stderr:
            return Outcome(FAILED, f"LCModel cannot be started: {done.stderr.strip()[-160:]}")
        written = {kind: _text(folder / FILES[kind]) for kind in ("table", "csv", "coord")}
    return judge(done.stdout, done.stderr, written["table"], written["csv"], written["coord"])


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
