#!/usr/bin/env python3
"""A stand-in for the LCModel program: reads a control file on standard input and behaves as the real one was seen to behave.

FAKE_LCMODEL says how: `ok` (default), `shifted` (a DIFF fit locked 0.4 ppm away), `turned` (phase 120 degrees), `dwell`,
`plus`, `stars`, `sleep`, `libgfortran`, or the stem of a recorded run in the reference folder (`nan`, `all-zero`, ...), whose
outputs and exit code are replayed; `diff:` before it spares the OFF fit. All built-in numbers are invented.
"""

import os
import re
import shutil
import sys
import time
from pathlib import Path

control = sys.stdin.read()
mode = os.environ.get("FAKE_LCMODEL", "ok")
if mode.startswith("diff:"):  # only the DIFF fit misbehaves
    mode = mode[5:] if "mega-press" in control else "ok"
names = dict(re.findall(r"^ (\w+)='([^']*)'", control, re.MULTILINE))
record = Path(os.environ.get("MRSGAP_REFERENCE", "/nonexistent")) / "lcmodel"
if (record / "failures" / f"{mode}.control").is_file():
    record /= "failures"

if mode == "sleep":
    time.sleep(30)
elif mode == "libgfortran":
    print("lcmodel: error while loading shared libraries: libgfortran.so.5: cannot open shared object file", file=sys.stderr)
    sys.exit(127)
elif mode in ("ok", "shifted", "turned", "dwell", "plus", "stars"):
    if not Path(names["FILRAW"]).is_file() or not Path(names["FILBAS"]).is_file():
        sys.exit(0)
    number, flag = ("*" * 8 if mode == "stars" else "   4.000"), ("+" if mode == "plus" else " ")
    shift, phase = (-0.400 if mode == "shifted" else 0.010), (120 if mode == "turned" else 4)
    rows = [("Cr", "   8.000", 2, " "), ("GABA", number, 5, flag), ("NAA", "  16.000", 1, " ")]
    if "mega-press" in control:
        rows = rows[1:]
    omitted = re.findall(r"CHOMIT\(\d+\)='([^']*)'", control)
    rows = [row for row in rows if row[0] not in omitted]
    warning = "   1 warning   STARTV  7\n" if mode == "dwell" else "   1 info      STARTV 20\n"
    table = f"$$CONC{len(rows) + 1:3d} lines in following concentration table = NCONC+1\n    Conc.  %SD   /NAA   Metabolite\n"
    table += "".join(f" {n}{s:4d}%   0.250{f}{m}\n" for m, n, s, f in rows)
    table += "\n$$MISC  3 lines in following misc. output table\n  FWHM = 0.020 ppm    S/N =  50\n"
    table += f"  Data shift ={shift:6.3f} ppm\n  Ph:{phase:4d} deg      -0.7 deg/ppm\n\n"
    table += f"$$DIAG  1 lines in following diagnostic table:\n{warning}"
    header = "".join(f", {m}, {m} %SD, {m}/NAA" for m, *_ in rows)
    Path(names["FILTAB"]).write_text(" LCModel (Version fake)\n\n" + table)
    Path(names["FILCSV"]).write_text(
        f"Row, Col{header}\n  1,   1" + "".join(f", {n}, {s:4d},    0.250" for _, n, s, _ in rows) + "\n"
    )
    block = "".join(f"{value:13.5E}" for value in (1.0, 2.0, 3.0))
    coord = table.replace("$$CONC", "") + "   3 points on ppm-axis = NY\n      4.000000     3.000000     2.000000\n"
    coord += f" NY phased data points follow\n {block}\n NY points of the fit to the data follow\n {block}\n"
    Path(names["FILCOO"]).write_text(coord)
elif (record / f"{mode}.table").is_file() or (record / f"{mode}.out").is_file():
    for kind, key in (("table", "FILTAB"), ("csv", "FILCSV"), ("coord", "FILCOO")):
        if (record / f"{mode}.{kind}").is_file():
            shutil.copyfile(record / f"{mode}.{kind}", names[key])
    for kind, stream in (("out", sys.stdout), ("err", sys.stderr)):
        if (record / f"{mode}.{kind}").is_file():
            stream.write((record / f"{mode}.{kind}").read_text())
    code = record / f"{mode}.rc"
    sys.exit(int(code.read_text()) if code.is_file() else 0)
