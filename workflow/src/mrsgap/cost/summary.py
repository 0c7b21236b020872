"""Ask Snakemake what it would make, in a process of its own that runs nothing."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from mrsgap.core.errors import InputError


def summarise_run(snakefile, settings: dict) -> str:
    """Text of `snakemake --summary` for the whole workflow under `settings`; `InputError` with its words where it stops."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "settings.yaml"
        config.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(snakefile), "--configfile", str(config),
                   "--cores", "1", "--nolock", "--summary", "--", "all"]  # fmt: skip
        # The profile that a user named is about where work runs; this process runs none.
        environment = {key: value for key, value in os.environ.items() if not key.startswith("SNAKEMAKE_")}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise InputError(f"Snakemake cannot plan the run: {done.stderr.strip()[-1500:]}")
    return done.stdout
