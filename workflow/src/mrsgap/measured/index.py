"""Any folder of spectra to its manifest: the one it brings, the study's layout, or what its files are.

The study's phantom folder (study.md 8.1) is `<series>/<variant>/<sample>/...EDIT_ON|EDIT_OFF|DIFF.IMA` (or .csv),
`benchmark_sequences.json` (series to variants) and `<series>/concentrations.json` (sample folder to metabolite to mmol/l).
Every doubt about its concentrations is written down.
"""

import json
import math
import re
from pathlib import Path

import pandas as pd

from mrsgap.core.errors import InputError
from mrsgap.measured.folder import index_folder
from mrsgap.measured.formats import ending
from mrsgap.measured.manifest import read_manifest, relative


def index(folder, manifest) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Manifest of `folder` with paths relative to where `manifest` will lie, and doubts (series, item, doubt)."""
    folder = Path(folder)
    none = pd.DataFrame(columns=["series", "item", "doubt"])
    listed = folder / "manifest.csv"
    if listed.is_file():
        read_manifest(listed)  # its own errors are better than pandas'
        return rebase(pd.read_csv(listed, dtype=str, keep_default_na=False, sep=None, engine="python"), folder, manifest), none
    if is_swansea(folder):
        return index_swansea(folder, manifest)
    return index_folder(folder, manifest)


def rebase(table: pd.DataFrame, source, manifest) -> pd.DataFrame:
    """The manifest `table`, whose paths are relative to the folder `source`, with paths relative to that of `manifest`."""
    moved = table.copy()
    for column in (name for name in moved if name == "path" or name.startswith("path_")):
        moved[column] = [relative(Path(source) / cell, Path(manifest).parent) if cell else "" for cell in moved[column]]
    return moved


SEQUENCES, CONCENTRATIONS = "benchmark_sequences.json", "concentrations.json"
# The study's synonyms: long names are accepted for short ones.
SYNONYMS = {
    "creatine": "Cr",
    "cr": "Cr",
    "gaba": "GABA",
    "gamma-aminobutyric acid": "GABA",
    "y-aminobutyric acid": "GABA",
    "glutamate": "Glu",
    "glu": "Glu",
    "glutamine": "Gln",
    "gln": "Gln",
    "n-acetylaspartate": "NAA",
    "n-acetylaspartic acid": "NAA",
    "naa": "NAA",
}
METABOLITES = ("Cr", "GABA", "Gln", "Glu", "NAA")
# Series that only a gel was used for (study.md 8.3); all others are solutions.
GEL = re.compile(r"^E(4|8|9|11|14)[a-z]?$")
IN_NAME = re.compile(r"(?i)(NAA|GABA|Cr|Glu|Gln)_?(\d[\d.,]*)mM")
# What the published sources contradict each other in (study.md 8.4): series, first sample only, metabolite, the values told.
DISPUTED = (("E3", "Cr", (0.0, 8.0)), ("E4a", "Cr", (0.0, 8.0)), ("E4b", "Cr", (0.0, 8.0)))
PUBLISHED_COUNT = {"E1": 12, "E2": 16, "E3": 15, "E6": 10, "E7": 16, "E14": 11}  # the other series have 8 samples


def is_swansea(folder) -> bool:
    """Whether `folder` has the study's layout."""
    return (Path(folder) / SEQUENCES).is_file()


def index_swansea(folder, manifest) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Manifest of the phantom `folder`, with paths relative to that of `manifest`, and the doubts (series, item, doubt).

    `InputError` if the folder lacks its tables. A sample without files or concentrations is a doubt, not an error.
    """
    folder, manifest = Path(folder), Path(manifest)
    rows, doubts = [], []
    for series, variants in _json(folder / SEQUENCES).items():
        table = _json(folder / series / CONCENTRATIONS) if (folder / series).is_dir() else None
        if table is None:
            doubts.append((series, "", f"no folder `{series}`, which {SEQUENCES} names"))
            continue
        names = [variants] if isinstance(variants, str) else list(variants)
        sample_names = set()
        for variant in names:
            samples = sorted(path for path in (folder / series / str(variant)).glob("*") if path.is_dir())
            sample_names.update(sample.name for sample in samples)
            if len(samples) != PUBLISHED_COUNT.get(series, 8):
                doubt = f"{len(samples)} samples in `{variant}`, {PUBLISHED_COUNT.get(series, 8)} in the publication"
                doubts.append((series, "", doubt))
            for position, sample in enumerate(samples):
                item = "-".join((series, *((str(variant),) if len(names) > 1 else ()), sample.name))
                files, file_doubts = _files(sample)
                truth, truth_doubts = _truth(table, (series, str(variant), sample.name), series, position == 0)
                doubts += [(series, item, doubt) for doubt in (*file_doubts, *truth_doubts)]
                rows.append({"series": series, "item": item, "medium": "gel" if GEL.match(series) else "solution",
                             **{f"path_{state}": relative(path, manifest.parent) for state, path in files.items()},
                             "truth_doubt": "; ".join(truth_doubts),
                             **{f"{name}_mmol_per_l": _cell(truth.get(name, math.nan)) for name in METABOLITES}})  # fmt: skip
        unused = [name for name in table if name not in {series, *names, *sample_names}]
        doubts += [(series, name, "has concentrations but no spectra") for name in unused]
    if not rows:
        raise InputError(f"the folder `{folder}` holds no samples of the series in {SEQUENCES}", cure="Check the path")
    columns = ["series", "item", "medium", "path_off", "path_on", "path_diff", "truth_doubt",
               *(f"{name}_mmol_per_l" for name in METABOLITES)]  # fmt: skip
    table = pd.DataFrame([{name: row.get(name, "") for name in columns} for row in rows], columns=columns)
    return table, pd.DataFrame(doubts, columns=["series", "item", "doubt"])


def _files(sample: Path) -> tuple[dict[str, Path], list[str]]:
    """File of each state in a sample folder, IMA before CSV, told apart as the study does: EDIT_OFF, EDIT_ON, else DIFF."""
    files: dict[str, Path] = {}
    doubts = []
    paths = sorted(
        (path for path in sample.rglob("*") if path.is_file() and ending(path)), key=lambda path: (ending(path) == ".csv", path)
    )
    for path in sorted(paths, key=lambda path: (ending(path) == ".csv", path)):
        name = path.relative_to(sample.parent).as_posix().upper()
        state = "off" if "EDIT_OFF" in name else "on" if "EDIT_ON" in name else "diff"
        if state not in files:
            files[state] = path
        elif ending(files[state]) == ending(path):
            doubts.append(f"`{path.name}` and `{files[state].name}` are both {state}; the first is used")
    doubts += [f"no file for edit-{state}" for state in ("off", "on") if state not in files]
    return files, doubts


def _truth(table: dict, parts: tuple[str, ...], series: str, first: bool) -> tuple[dict[str, float], list[str]]:
    """Concentrations of a sample as the study looks them up (path components last to first), and doubts.

    A metabolite that no table names is absent, 0 mmol/l; NaN is one whose entry cannot be read, and, beside a name that is not
    understood, every one that is not named, since the name may be its misspelling.
    """
    truth, doubts, absent = {}, [], 0.0
    for part in reversed(parts):
        entry = table.get(part) or {}
        if not isinstance(entry, dict):
            doubts.append(f"concentrations of `{part}` are {entry!r}")
            absent = math.nan
            continue
        for name, value in entry.items():
            metabolite = SYNONYMS.get(str(name).lower())
            if metabolite is None:
                doubts.append(f"unknown metabolite `{name}`: those not named have no known concentration")
                absent = math.nan
            elif not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value < float("inf"):
                doubts.append(f"concentration of {name} is {value!r}")
                truth[metabolite] = math.nan
            else:
                truth[metabolite] = float(value)
    if not truth:
        return {}, [*doubts, "no concentrations"]
    truth = {name: truth.get(name, absent) for name in METABOLITES}
    for name, number in IN_NAME.findall(parts[-1]):
        metabolite = SYNONYMS[name.lower()]
        if not re.fullmatch(r"\d+(\.\d+)?", number):
            doubts.append(f"the folder name says {metabolite} `{number}` mM, which cannot be read")
        elif abs(truth[metabolite] - float(number)) > 1e-6:
            doubts.append(f"the folder name says {metabolite} {float(number):g} mmol/l, the table {truth[metabolite]:g}")
    if truth["Glu"] == 3 and truth["Gln"] == 12:
        doubts.append("Glu 3 and Gln 12 mmol/l: exchanged, as in the 2019 tables (docs/study.md 8.4)?")
    for disputed, metabolite, values in DISPUTED:
        if first and series == disputed and truth[metabolite] in values:
            other = next(value for value in values if value != truth[metabolite])
            doubts.append(f"{metabolite} of the first sample is {truth[metabolite]:g} here, {other:g} mmol/l in another source")
    return truth, doubts


def _cell(value: float) -> float | str:
    """A concentration as the manifest writes it: empty where unknown."""
    return "" if math.isnan(value) else value


def _json(path: Path) -> dict:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"`{path}` cannot be read: {error}", cure="Fetch the phantom data again") from error
    if not isinstance(value, dict) or not all(isinstance(entry, (dict, list, str)) for entry in value.values()):
        raise InputError(f"`{path}` is not a table by name", cure="Fetch the phantom data again")
    return value
