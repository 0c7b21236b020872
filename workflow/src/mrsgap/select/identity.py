"""What makes two trials the same: hyper-parameters, data and code, condensed to one hash."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from mrsgap.core.errors import InputError


def trial_identity(settings: Mapping, data: str, code: str, seed: int) -> str:
    """Sixteen hexadecimal digits over a trial's settings (whatever their order), its data's and code's digests and the seed.

    Study, round and trial number are left out on purpose: whoever asks for the same training finds it finished.
    """
    whole = json.dumps({"settings": settings, "data": data, "code": code, "seed": seed}, sort_keys=True, allow_nan=False)
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def content_digest(paths: Iterable) -> str:
    """Sixteen hexadecimal digits over names and bytes of files and folders; hidden files (time stamps) do not count."""
    whole = hashlib.sha256()
    for path in map(Path, paths):
        if not path.exists():
            raise InputError(f"no file or folder `{path}`")
        files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
        for file in files:
            name = file.relative_to(path.parent)
            if not any(part.startswith(".") for part in file.relative_to(path).parts):
                whole.update(f"{name}\0{file.stat().st_size}\0".encode())
                with file.open("rb") as stream:
                    while block := stream.read(1 << 22):
                        whole.update(block)
    return whole.hexdigest()[:16]
