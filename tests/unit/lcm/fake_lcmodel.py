#!/usr/bin/env python3
"""A stand-in for the LCModel program: reads a control file on standard input and behaves as the real one was seen to behave.

FAKE_LCMODEL says how: `ok` (default), `shifted` (a DIFF fit locked 0.4 ppm away), `turned` (phase 120 degrees), `dwell`,
`plus`, `stars`, `sleep`, `libgfortran`, `unruly` (as real fits of several acquisitions look: other metabolites in every
spectrum, some zero, some left out, in another order in every file, among sums and macromolecules), or the stem of a recorded
run in the reference folder (`nan`, `all-zero`, ...), whose outputs and exit code are replayed; `diff:` before it spares the
OFF fit. All built-in numbers are invented.
"""

import hashlib
import os
import random
import re
import shutil
import sys
import time
from pathlib import Path

KNOWN = {"Cr": 8.0, "GABA": 4.0, "Gln": 3.0, "Glu": 12.0, "NAA": 16.0}  # what an unruly fit says of each, if not zero


def tame_rows():
    """(name, number, percent, flag) of three metabolites, fewer in DIFF and where the control file leaves some out."""
    number, flag = ("*" * 8 if mode == "stars" else "   4.000"), ("+" if mode == "plus" else " ")
    rows = [("Cr", "   8.000", 2, " "), ("GABA", number, 5, flag), ("NAA", "  16.000", 1, " ")]
    return [row for row in rows if row[0] not in omitted and not (row[0] == "Cr" and "mega-press" in control)]


def unruly_rows():
    """The metabolites of the basis file less some, some of them zero, among sums and macromolecules, in any order."""
    spectrum = random.Random(hashlib.sha256(Path(names["FILRAW"]).read_bytes()).hexdigest())  # one spectrum, one behaviour
    members = re.findall(r"METABO = '([^']+)'", Path(names["FILBAS"]).read_text())
    zero = ("   0.000", 999, " ")
    rows = [(name, f"{KNOWN[name]:8.3f}", 2, " ") for name in members if name not in omitted]
    rows = [row for row in rows if row[0] == "NAA" or spectrum.random() < 0.8]
    rows = [row if row[0] == "NAA" or spectrum.random() < 0.7 else (row[0], *zero) for row in rows]
    rows += [("GPC+PCh", "   1.144", 4, "+"), ("-CrCH2", *zero)]
    rows += [] if "mega-press" in control else [("MM14+Lip13a+Lip13b+MM12", "  10.258", 14, " "), ("MM09", "   0.497", 24, " ")]
    spectrum.shuffle(rows)
    return rows


def unruly_points():
    """Points of the curves: another number for every acquisition."""
    return int(re.search(r"NUNFIL=(\d+)", control)[1]) // (100 if "mega-press" in control else 50)


def numbers(values):
    """`values` in lines of ten fixed columns."""
    lines = [values[place : place + 10] for place in range(0, len(values), 10)]
    return "".join(" " + "".join(f"{value:13.5E}" for value in line) + "\n" for line in lines)


control = sys.stdin.read()
mode = os.environ.get("FAKE_LCMODEL", "ok")
if mode.startswith("diff:"):  # only the DIFF fit misbehaves
    mode = mode[5:] if "mega-press" in control else "ok"
names = dict(re.findall(r"^ (\w+)='([^']*)'", control, re.MULTILINE))
omitted = re.findall(r"CHOMIT\(\d+\)='([^']*)'", control)
record = Path(os.environ.get("MRSGAP_REFERENCE", "/nonexistent")) / "lcmodel"
if (record / "failures" / f"{mode}.control").is_file():
    record /= "failures"

if mode == "sleep":
    time.sleep(30)
elif mode == "libgfortran":
    print("lcmodel: error while loading shared libraries: libgfortran.so.5: cannot open shared object file", file=sys.stderr)
    sys.exit(127)
elif mode in ("ok", "shifted", "turned", "dwell", "plus", "stars", "unruly"):
    if not Path(names["FILRAW"]).is_file() or not Path(names["FILBAS"]).is_file():
        sys.exit(0)
    shift, phase = (-0.400 if mode == "shifted" else 0.010), (120 if mode == "turned" else 4)
    warning = "   1 warning   STARTV  7\n" if mode == "dwell" else "   1 info      STARTV 20\n"
    rows, points = (unruly_rows(), unruly_points()) if mode == "unruly" else (tame_rows(), 3)
    table = f"$$CONC{len(rows) + 1:3d} lines in following concentration table = NCONC+1\n    Conc.  %SD   /NAA   Metabolite\n"
    table += "".join(f" {n}{s:4d}%   0.250{f}{m}\n" for m, n, s, f in rows)
    table += "\n$$MISC  3 lines in following misc. output table\n  FWHM = 0.020 ppm    S/N =  50\n"
    table += f"  Data shift ={shift:6.3f} ppm\n  Ph:{phase:4d} deg      -0.7 deg/ppm\n\n"
    table += f"$$DIAG  1 lines in following diagnostic table:\n{warning}"
    Path(names["FILTAB"]).write_text(" LCModel (Version fake)\n\n" + table)
    listed = rows[::-1] if mode == "unruly" else rows
    header = "".join(f", {m}, {m} %SD, {m}/NAA" for m, *_ in listed)
    cells = "".join(f", {n}, {s:4d},    0.250" for _, n, s, _ in listed)
    Path(names["FILCSV"]).write_text(f"Row, Col{header}\n  1,   1{cells}\n")
    block = numbers([4 - 2 * place / (points - 1) for place in range(points)])
    coord = table.replace("$$CONC", "") + f"{points:4d} points on ppm-axis = NY\n{block}"
    coord += f" NY phased data points follow\n{block} NY points of the fit to the data follow\n{block}"
    if mode == "unruly":  # curves of what is there, in the order of the table; sums have none
        coord += "".join(f" {m:8s} Conc. = {float(n):.2E}\n{block}" for m, n, *_ in rows if float(n) > 0 and "+" not in m)
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
