"""Where the caption of a picture is kept."""

from pathlib import Path


def caption_file(name: str, folder) -> Path | None:
    """The .rst in `folder` with the longest name that the picture's `name` begins with, or None."""
    known = [path for path in Path(folder).glob("*.rst") if name.startswith(path.stem)]
    return max(known, key=lambda path: len(path.stem), default=None)
