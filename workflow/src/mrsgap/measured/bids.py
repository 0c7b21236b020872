"""The Brain Imaging Data Structure (MRS extension): entities in file names, sidecars, and where derivatives go."""

import json
from pathlib import Path

from mrsgap.core.errors import InputError

SPECTRA, WATER = ("svs", "unloc", "mrsi"), "mrsref"
DESCRIPTION = "dataset_description.json"
IMAGE_ENDS = (".nii.gz", ".nii")


def bids_root(path: Path) -> Path | None:
    """The folder of the data set that `path` lies in, or None where it is no BIDS layout."""
    path = Path(path).resolve()
    return next((folder for folder in (path, *path.parents) if (folder / DESCRIPTION).is_file()), None)


def entities(name: str) -> tuple[dict[str, str], str]:
    """Entities and suffix of a BIDS file name.

    >>> entities("sub-01_ses-2_acq-press_svs.nii.gz")
    ({'sub': '01', 'ses': '2', 'acq': 'press'}, 'svs')
    """
    stem = name.split(".")[0]
    *parts, suffix = stem.split("_")
    return dict(part.split("-", 1) for part in parts if "-" in part), suffix


def sidecar(path: Path) -> dict:
    """Fields of the JSON files that describe an image: the one of its name, and in BIDS those above it that fit (inheritance).

    `InputError` where one of them is no JSON.
    """
    path = Path(path)
    own = next(
        (path.with_name(path.name[: -len(end)] + ".json") for end in IMAGE_ENDS if path.name.lower().endswith(end)), None
    )
    root = bids_root(path)
    files = [] if root is None else _inherited(path.resolve(), root)
    if own is not None and own.is_file() and own.resolve() not in files:
        files.append(own)
    fields: dict = {}
    for file in files:  # from the root down: the nearer one wins
        try:
            content = json.loads(file.read_text(encoding="utf-8", errors="replace"))
        except (ValueError, RecursionError) as error:
            raise InputError(f"the sidecar {file.name} is no JSON: {error}", cure="Correct or remove it") from error
        fields.update(content if isinstance(content, dict) else {})
    return fields


def _inherited(path: Path, root: Path) -> list[Path]:
    """JSON files from the root down to an image's folder whose entities are among the image's and whose suffix is its own."""
    wanted, suffix = entities(path.name)
    folders = [
        root,
        *[root.joinpath(*path.relative_to(root).parts[:depth]) for depth in range(1, len(path.relative_to(root).parts))],
    ]
    fitting = []
    for folder in folders:
        for file in sorted(folder.glob("*.json")):
            given, kind = entities(file.name)
            if kind == suffix and file.name != DESCRIPTION and given.items() <= wanted.items():
                fitting.append((len(given), file.resolve()))
    return [file for _, file in fitting]


def item_name(path: Path) -> tuple[str, str]:
    """Series (the subject) and item of a BIDS file: its entities without the suffix."""
    named, suffix = entities(Path(path).name)
    stem = Path(path).name.split(".")[0].removesuffix(f"_{suffix}")
    return f"sub-{named['sub']}" if "sub" in named else stem, stem


def derivative_path(folder: Path, series: str, item: str, stage: str, water: bool = False) -> Path:
    """Where a result of a processing stage lies in a BIDS derivative data set: `sub-x/mrs/..._desc-<stage>_svs.nii.gz`.

    Names outside BIDS become a subject of letters and digits.
    """
    named, _ = entities(f"{item}_svs")
    if "sub" in named:
        stem, subject = item, f"sub-{named['sub']}"
    else:
        plain = "".join(letter for letter in f"{series}{item}" if letter.isalnum()) or "unnamed"
        stem = subject = f"sub-{plain}"
    return Path(folder) / subject / "mrs" / f"{stem}_desc-{stage}_{WATER if water else 'svs'}.nii.gz"


def describe_derivative(folder: Path, name: str, version: str) -> None:
    """Write the description of a derivative data set into its folder."""
    content = {
        "Name": name,
        "BIDSVersion": "1.10.0",
        "DatasetType": "derivative",
        "GeneratedBy": [{"Name": "mrsgap", "Version": version}],
    }
    Path(folder).mkdir(parents=True, exist_ok=True)
    (Path(folder) / DESCRIPTION).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
