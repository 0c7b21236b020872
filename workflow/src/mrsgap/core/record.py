"""What a store was made from and on: seed, code, versions, device and the checksum of every input; no time stamps.

The same inputs on the same machine give the same record, so that a store with its record in it is still bit-identical.
"""

import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterable
from pathlib import Path

from mrsgap.core.provenance import versions

BLOCK_BYTES = 2**22
NOT_CONTENT = ".snakemake_timestamp"  # put by Snakemake into every folder that a rule made


def made_from(inputs: Iterable, *, code: str, seed: int | None = None) -> dict[str, str]:
    """The attribute `provenance` of a store as JSON text, to be merged into its attributes.

    `inputs` are the files and stores that were read, `code` the digest of the modules used (provenance.source_digest) and
    `seed` the config's seed where anything was drawn. The device is known once JAX is imported.
    """
    record = {
        "code": code,
        "device": device(),
        "inputs": [[_name(path), checksum(path)] for path in inputs],
        "python": platform.python_version(),
        "versions": versions(),
    }
    if seed is not None:
        record["seed"] = int(seed)
    return {"provenance": json.dumps(record, sort_keys=True)}


def device() -> str:
    """Where this process computes: the kind of accelerator that JAX uses, or the processor."""
    if "jax" in sys.modules:
        first = sys.modules["jax"].devices()[0]
        if first.platform != "cpu":
            return f"{first.platform} ({first.device_kind})"
    return f"cpu ({processor()})"


def processor() -> str:
    """The processor's model name, or its family where the system does not tell."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def checksum(path) -> str:
    """SHA-256 of a file, or of a store: every file in it by relative name and content, in order of name."""
    path = Path(path)
    whole = hashlib.sha256()
    if path.is_file():
        _add(whole, path)
        return whole.hexdigest()
    for file in sorted(inner for inner in path.rglob("*") if inner.is_file() and inner.name != NOT_CONTENT):
        whole.update(f"{file.relative_to(path).as_posix()}\0{file.stat().st_size}\0".encode())
        _add(whole, file)
    return whole.hexdigest()


def _add(whole, file: Path) -> None:
    with file.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            whole.update(block)


def _name(path) -> str:
    """The path as it is under the working folder; of a file elsewhere only its name, which is the same on every machine."""
    relative = os.path.relpath(path)
    return Path(path).name if relative.startswith(os.pardir) else Path(relative).as_posix()
