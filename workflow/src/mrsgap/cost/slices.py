"""Training in slices of minutes: one network after the other in order of worth, stopped at the end, gone on with in the next.

Made for machines that are lent for minutes. A slice loses what was learnt since the last checkpoint; what it leaves, the folder
`results/<scale>` (its models, its checkpoints), goes on on another machine with the same versions of code and libraries.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mrsgap.core.errors import InputError

RESUMED = re.compile(r"resumed \S+ at epoch (\d+)")
EPOCH = re.compile(r"epoch (\d+) of (\d+): held-out ([0-9.e+ -]+), learning rate")
FINISHED, STARTED, WAITING = "finished", "under way", "waiting"
COLUMNS = ["model", "training_set", "members", "state", "epoch", "epochs", "held_out", "device"]
DEVICE = re.compile(r"device: (.+?)(?:, jax [0-9.]+)?$", re.MULTILINE)
END_S = 2.0  # kept of a slice for its table


def snakemake(arguments: Sequence[str], seconds: float) -> int | None:
    """Run Snakemake with `arguments` for at most `seconds`; its exit status, or None where it and its jobs were killed."""
    command = [sys.executable, "-m", "snakemake", *arguments]
    process = subprocess.Popen(command, start_new_session=True)
    try:
        return process.wait(max(seconds, 0.0))
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None


def run_slice(arguments: Sequence[str], listing: str, seconds: float) -> pd.DataFrame:
    """Spend one slice of `seconds` on the networks of the table `listing` (CSV, made by its rule); their state afterwards.

    `arguments` are Snakemake's options: cores, profile, configfiles. `InputError` where a job fails of itself.
    """
    end = time.monotonic() + seconds - END_S
    for target in (["--unlock"], ["--", listing]):  # the lock is that of the slice before, which was killed
        if snakemake([*arguments, *target], end - time.monotonic()) not in (0, None):
            raise InputError("Snakemake stops before any training: see above")
    if not Path(listing).is_file():
        raise InputError(f"{seconds:.0f} s are not enough to list the networks", cure="Give a slice more minutes")
    networks = pd.read_csv(listing, dtype={"members": str})
    for network in networks.itertuples():
        if (Path(network.folder) / "model.json").is_file():
            continue
        if time.monotonic() >= end:
            break
        status = snakemake([*arguments, "--rerun-incomplete", "--", network.folder], end - time.monotonic())
        if status not in (0, None):
            raise InputError(f"`{network.folder}` was not trained: see above")
    return progress(networks)


def progress(networks: pd.DataFrame) -> pd.DataFrame:
    """One row per network, columns COLUMNS: how far it is by its folder and its log, with the held-out error of each member."""
    rows = []
    for network in networks.itertuples():
        log = Path(network.log)
        text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
        epochs, resumed, where = EPOCH.findall(text), RESUMED.findall(text), DEVICE.findall(text)
        done = (Path(network.folder) / "model.json").is_file()
        last = epochs[-1] if epochs else (resumed[-1] if resumed else None, None, "")
        state = FINISHED if done else STARTED if epochs or resumed else WAITING
        rows.append((network.model, network.training_set, network.members, state, *last, where[-1] if where else ""))
    return pd.DataFrame(rows, columns=COLUMNS)
