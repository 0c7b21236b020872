"""A folder of spectra without a manifest: which files are spectra, which of them belong together, and which are their water.

A file of unsuppressed water is told by its signal and becomes the reference of the spectrum whose name it shares, or that alone
lies beside it; it is never an item of its own. What cannot be read stays an item, so that its reason is told.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mrsgap.core.errors import InputError
from mrsgap.core.names import DIFF, OFF, ON
from mrsgap.core.recording import Recording
from mrsgap.measured.bids import SPECTRA, WATER, bids_root, entities, item_name
from mrsgap.measured.formats import ending, read_recording
from mrsgap.measured.manifest import relative
from mrsgap.measured.partner import WATER_WORDS, called_water, water_partner
from mrsgap.measured.philips import partner
from mrsgap.measured.rows import UNSUPPRESSED, recording_water_ratio

# `edit_off`, `EDIT-ON`, `_off.`: the state as a word of its own in the file name
STATE = re.compile(r"(?i)(?:^|[_\-. ])(?:edit[_\-. ]?)?(off|on|diff)(?=[_\-. ]|$)")
COLUMNS = ("series", "item", "path", *(f"path_{state}" for state in (OFF, ON, DIFF)), "path_water")
DOUBTS = ("series", "item", "doubt")
NOT_SPECTRA = {"anat", "func", "dwi", "fmap", "perf", "derivatives"}  # folders of BIDS that hold no spectra
TEXT_BEGINS = re.compile(rb"(?i)\s*(jmrui|[-+]?[0-9.]+(e[-+]?\d+)?[\s,;]+[-+]?[0-9.])")
STUDY_MARK = b"WriteSpec2asc"
TWICE = {".spar": (".sdat", ".data"), ".list": (".data",)}  # headers: their signal's file stands for both


@dataclass(frozen=True)
class _File:
    path: Path
    end: str
    recording: Recording | None  # None where it cannot be read
    water_ratio: float

    @property
    def is_water(self) -> bool:
        """By the signal; by the name where the signal does not say."""
        if self.recording is not None and self.water_ratio > 0:
            return self.water_ratio > UNSUPPRESSED
        return called_water(self.path)


def index_folder(folder, manifest) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Manifest of every readable file under `folder`, paths relative to where the table `manifest` will lie, and doubts.

    Files of one folder whose names differ only in the word off, on or diff make one item; any other file is an item of its own.
    The series is the name of the first folder, in BIDS the subject. `InputError` if nothing is found.
    """
    folder, manifest = Path(folder), Path(manifest)
    if not folder.is_dir():
        raise InputError(f"no folder `{folder}`", cure="Correct the path in the config's `measured`")
    files = [_look(path) for path in sorted(folder.rglob("*")) if _may_be_spectrum(path, folder)]
    waters = [file for file in files if file.is_water]
    spectra = [file for file in files if not file.is_water]
    if not files:
        raise InputError(
            f"the folder `{folder}` holds no file of a known format", cure="Correct the path, or write a manifest.csv"
        )
    if not spectra:
        names = ", ".join(file.path.name for file in waters[:5])
        raise InputError(f"the folder `{folder}` holds only unsuppressed water ({names})", cure="Add the spectra, or write a "
                         "manifest.csv that names one of them in `path_off`")  # fmt: skip
    entries, doubts = _items(spectra, folder)
    used = _pair_waters(entries, waters)
    rows = []
    for entry in entries:
        row = {name: relative(value, manifest.parent) if isinstance(value, Path) else value for name, value in entry.items()}
        rows.append({name: row.get(name, "") for name in COLUMNS})
    for file in waters:
        owners = used.get(file.path, [])
        what = f"taken as reference of {', '.join(owners)}" if owners else "no spectrum beside it: offered as reference"
        said = "is unsuppressed water" if file.recording is not None else "is called water by its name, but cannot be read"
        doubts.append(
            (file.path.parent.name, owners[0] if owners else file.path.name, f"{file.path.name} {said}: {what}, not quantified")
        )
    return pd.DataFrame(rows, columns=list(COLUMNS)), pd.DataFrame(doubts, columns=list(DOUBTS))


def _may_be_spectrum(path: Path, folder: Path) -> bool:
    """Whether a file has a known ending and is not plainly something else."""
    end = ending(path) if path.is_file() and not path.name.startswith(".") else None
    if end is None:
        return False
    if end in TWICE and partner(path, *TWICE[end]) is not None:
        return False
    if bids_root(folder) is not None:
        if NOT_SPECTRA & set(path.relative_to(folder).parts[:-1]):
            return False
        if end in (".nii", ".nii.gz") and entities(path.name)[1] not in (*SPECTRA, WATER):
            return False
    if end in (".txt", ".csv"):
        with open(path, "rb") as stream:
            first = stream.read(512)
        return bool(TEXT_BEGINS.match(first)) if end == ".txt" else STUDY_MARK in first
    if end == ".2dseq" or path.name.lower() == "2dseq":  # the processed twin of a raw scan
        return not any((path.parent.parent.parent / name).is_file() for name in ("fid", "ser", "rawdata.job0"))
    return path.name.lower() not in ("fid.refscan", "fid.ref")


def _look(path: Path) -> _File:
    try:
        recording = read_recording(path)
    except InputError:
        return _File(path, ending(path), None, 0.0)
    return _File(path, ending(path), recording, recording_water_ratio(recording))


def _items(spectra: list[_File], folder: Path) -> tuple[list[dict], list[tuple]]:
    """Rows of the manifest, paths still absolute, and doubts."""
    items: dict[tuple, dict] = {}
    doubts: list[tuple] = []
    in_bids = bids_root(folder) is not None
    for file in spectra:
        stem = file.path.name[: -len(file.end)] if file.path.name.lower() != file.end else ""
        match = STATE.search(stem)
        column = f"path_{match.group(1).lower()}" if match else "path"
        name = (stem[: match.start()] + stem[match.end() :]).strip("_-. ") if match else stem
        place = file.path.parent.relative_to(folder)
        series = place.parts[0] if place.parts else folder.resolve().name
        item = "-".join((*place.parts, name)).strip("-") or folder.resolve().name
        if in_bids and file.path.name.startswith("sub-"):
            series, item = item_name(file.path)
        entry = items.setdefault((item, file.end), {"series": series, "item": item, "bare": _bare_name(name)})
        if column in entry:
            doubts.append((series, item, f"{file.path.name} and {entry[column].name} look like the same state of one item"))
            twin = {"series": series, "item": f"{item}-{stem}", "bare": _bare_name(stem)}
            entry = items.setdefault((f"{item}-{stem}", file.end), twin)
        entry[column] = file.path
    for entry in items.values():
        twins = [
            other["item"]
            for other in items.values()
            if other["bare"] == entry["bare"] and _folder_of(other) == _folder_of(entry)
        ]
        if len(twins) > 1 and entry["item"] == twins[0]:
            doubts.append((entry["series"], entry["item"], f"{', '.join(twins)} look like one scan exported twice"))
    shared = [name for name, _ in items]
    for (name, end), entry in items.items():
        if shared.count(name) > 1:  # the same scan exported twice: the ending tells them apart
            entry["item"] = f"{name}-{end.strip('.')}"
    return list(items.values()), doubts


def _pair_waters(entries: list[dict], waters: list[_File]) -> dict[Path, list[str]]:
    """Put the water of every item into its row where the manifest's reader would not find it; items by water file."""
    known = {file.path for file in waters}
    used: dict[Path, list[str]] = {}
    for entry in entries:
        paths = [entry[name] for name in ("path_off", "path", "path_on", "path_diff") if name in entry]
        by_name = {partner_path for path in paths if (partner_path := water_partner(path)) in known}
        beside = {path for path in known if path.parent == paths[0].parent}
        if not by_name:
            by_name = set(sorted(path for path in beside if _bare(path) == entry["bare"])[:1])
        if not by_name and len(beside) == 1 and sum(_folder_of(other) == paths[0].parent for other in entries) == 1:
            by_name = beside
            entry["path_water"] = next(iter(beside))
        elif by_name and len(by_name) == 1:
            entry["path_water"] = next(iter(by_name))
        for path in by_name:
            used.setdefault(path, []).append(entry["item"])
    return used


def _bare(path: Path) -> str:
    """The name of a water file without the words for water and for a state."""
    stem = path.name.split(".")[0] if path.name.lower().endswith(".nii.gz") else path.stem
    return _bare_name(stem)


def _bare_name(stem: str) -> str:
    return STATE.sub("", WATER_WORDS.sub("", stem)).strip("_-. ").lower()


def _folder_of(entry: dict) -> Path:
    return next(value for name, value in entry.items() if name.startswith("path") and isinstance(value, Path)).parent
