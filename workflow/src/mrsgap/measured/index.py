"""Any folder of spectra to its manifest: the one it brings, the study's layout, or its file names."""

from pathlib import Path

import pandas as pd

from mrsgap.measured.folder import index_folder, rebase
from mrsgap.measured.manifest import read_manifest
from mrsgap.measured.swansea import index_swansea, is_swansea


def index(folder, manifest) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Manifest of `folder` with paths relative to where `manifest` will lie, and doubts (series, item, doubt)."""
    folder = Path(folder)
    none = pd.DataFrame(columns=["series", "item", "doubt"])
    own = folder / "manifest.csv"
    if own.is_file():
        read_manifest(own)  # its own errors are better than pandas'
        return rebase(pd.read_csv(own, dtype=str, keep_default_na=False, sep=None, engine="python"), folder, manifest), none
    if is_swansea(folder):
        return index_swansea(folder, manifest)
    return index_folder(folder, manifest), none
