"""Run the LCModel program on one spectrum, with a time-out, in a folder of its own, and judge the run by what it wrote.

Its exit code is 0 after almost every failure.
"""

import dataclasses
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from mrsgap.core.errors import InputError
from mrsgap.core.names import FAILED, FLAGGED, OK
from mrsgap.lcm.lcmodel.inputs import FILES, control_text
from mrsgap.lcm.lcmodel.outputs import Coord, Row, Table, parse_coord, parse_csv, parse_diagnostics, parse_table

# What LCModel's own codes mean, as far as they were provoked with the real program (6.3-1N).
CAUSES = {
    "MYBASI 28": "the basis file cannot be opened",
    "MYBASI 9": "the basis was made for another field strength",
    "ZEROVX 3": "the data file is missing or too short",
    "ZEROVX 5": "the data file holds text that is no number",
    "FTDATA 1": "the data are all zero",
    "MYCONT 1": "the control file is empty",
    "MYCONT 2": "the control file holds an unknown parameter",
    "MYCONT 7": "water scaling was asked for without a water reference",
    "MYCONT 8": "SPTYPE is not known",
    "MYCONT 12": "fewer than 64 points",
    "MAIN 2": "an output file cannot be written",
    "SOLVE 6": "the data hold NaN or the fit broke down",
}
CSV_NAME_LENGTH = 13
# Warnings after which LCModel's numbers were wrong (a dwell time wrong by two provokes both).
SUSPECT = {"STARTV 7", "FINOUT 8"}


@dataclass(frozen=True)
class Outcome:
    """One LCModel fit: `status` ok, flagged or failed, why, and what it found (`rows` is empty when failed)."""

    status: str
    reason: str = ""
    rows: tuple[Row, ...] = ()
    table: Table = field(default_factory=Table)
    coord: Coord | None = None


def judge(stdout: str, stderr: str, table_text: str, csv_text: str, coord_text: str) -> Outcome:
    """The outcome of a run from what it printed and wrote ('' for a file that is absent)."""
    diagnostics = parse_diagnostics(table_text) + parse_diagnostics(stdout)
    fatal = sorted({str(entry) for entry in diagnostics if entry.severity == "FATAL"})
    if fatal:
        return Outcome(FAILED, "LCModel: " + "; ".join(f"{code} ({CAUSES.get(code, 'see its manual')})" for code in fatal))
    if "runtime error" in stderr.lower():
        return Outcome(FAILED, f"LCModel broke off: {stderr.strip().splitlines()[-1][:120]}")
    if not csv_text.strip():
        wrote = "an empty csv" if table_text else "no output"
        return Outcome(
            FAILED, f"LCModel wrote {wrote} and named no cause (unreadable data, control parameter or output folder)"
        )
    try:
        table = parse_table(table_text)
        flags = {row.metabolite[:CSV_NAME_LENGTH]: row.prior_flag for row in table.rows}  # the csv has no flags
        rows = tuple(dataclasses.replace(row, prior_flag=flags.get(row.metabolite, "")) for row in parse_csv(csv_text))
        coord = parse_coord(coord_text) if coord_text else None
    except InputError as error:
        return Outcome(FAILED, f"LCModel's output cannot be read: {error}")
    suspect = sorted({str(entry) for entry in diagnostics} & SUSPECT)
    if suspect:
        reason = f"LCModel warns {', '.join(suspect)}: check the dwell time"
        return Outcome(FLAGGED, reason, rows, table, coord)
    return Outcome(OK, "", rows, table, coord)


def find_lcmodel(executable: str | None) -> Path | None:
    """Path of the LCModel program: `executable` if given, else `lcmodel` on PATH; None if there is none.

    Raises `InputError` if `executable` is given but is not there or may not be run.
    """
    program = shutil.which(executable or "lcmodel")
    if executable and not program:
        raise InputError(
            f"`lcmodel.executable` is {executable!r}, which is no program that can be run",
            cure="Correct the path, or leave it empty",
        )
    return Path(program).resolve() if program else None


def run_lcmodel(executable, parameters: dict, raw: str, basis_path, *, timeout_s: float) -> Outcome:
    """Fit the .RAW text `raw` with the basis file `basis_path`; never raises for a failed fit.

    `parameters` come from `inputs.control_parameters`. The folder is removed afterwards; the outcome holds all texts.
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
            ended = subprocess.run(
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
        if "error while loading shared libraries" in ended.stderr:
            return Outcome(FAILED, f"LCModel cannot be started: {ended.stderr.strip()[-160:]}")
        texts = {kind: _text(folder / FILES[kind]) for kind in ("table", "csv", "coord")}
    return judge(ended.stdout, ended.stderr, texts["table"], texts["csv"], texts["coord"])


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
