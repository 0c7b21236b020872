"""Speed of the basis simulation: fresh process, warm, large grids, against a peer and against brute force."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent
PEER_PYTHON = FOLDER.parent.parent / ".venv-peer" / "bin" / "python"
METABOLITES = ("Cr", "GABA", "Gln", "Glu", "NAA")
RUNS = 64 * 32 * 2  # positions, phase steps, edit states
GRIDS = (8, 16, 32, 64, 128, 256)


def benchmark() -> list[dict]:
    rows = [fresh_process(), *in_process("warm", 8, 5), *in_process("large grid", 256, 2)]
    rows += linearity()
    ours = next(row["value"] for row in rows if row["what"].startswith("warm"))
    return [*rows, *peer(ours), *brute_force(ours)]


def row(what: str, value: float, unit: str, note: str) -> dict:
    return {"what": what, "value": value, "unit": unit, "note": note}


def _worker(positions: int, repeats: int, **environment) -> tuple[dict, float]:
    start = time.perf_counter()
    command = [sys.executable, str(FOLDER / "basis_worker.py"), str(positions), str(repeats)]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1]), time.perf_counter() - start


def fresh_process() -> dict:
    """Interpreter start, imports, compilation without any cache, and one simulation."""
    _, seconds = _worker(8, 1, JAX_ENABLE_COMPILATION_CACHE="false")
    what = "fresh process, five metabolites, off + on, 8 x 8, complex128, with compilation"
    return row(what, seconds, "s", "aim 8 s")


def in_process(name: str, positions: int, repeats: int) -> list[dict]:
    result, _ = _worker(positions, repeats + 1)
    what = f"{name}: five metabolites, off + on, {positions} x {positions}, complex128"
    aim = {"warm": 0.5, "large grid": 4.0}[name]
    return [
        row(what, min(result["seconds"][1:]), "s", f"best of {repeats}, aim {aim} s"),
        row(f"{what}: peak memory", result["peak_gb"], "GB", "resident, whole process; aim 2 GB at 256"),
    ]


def linearity() -> list[dict]:
    """Warm time against nX + nY, and the exponent of a power law through the larger grids."""
    times = {n: min(_worker(n, 4)[0]["seconds"][1:]) for n in GRIDS}
    rows = [row(f"warm, grid {n} x {n}", t, "s", f"{t / (2 * n) * 1e3:.2f} ms per position") for n, t in times.items()]
    large = [n for n in GRIDS if n >= 32]
    exponent = np.polyfit(np.log(large), np.log([times[n] for n in large]), 1)[0]
    return [*rows, row("growth of time with nX + nY (exponent, 32 to 256)", exponent, "", "1 is linear")]


def peer(ours: float) -> list[dict]:
    """MRSandbox in an environment of its own (see `make bench`), in the same run."""
    if not PEER_PYTHON.is_file():
        return [row("peer: MRSandbox", float("nan"), "s", "not installed; `make bench` installs it")]
    command = [str(PEER_PYTHON), str(FOLDER / "peer_mrsandbox.py"), *METABOLITES]
    environment = {**os.environ, "KERAS_BACKEND": "jax", "PYTHONPATH": ""}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        return [row("peer: MRSandbox", float("nan"), "s", f"failed: {done.stderr.strip()[-200:]}")]
    result = json.loads(done.stdout.splitlines()[-1])
    what = "peer: MRSandbox, five metabolites, off + on, 8 positions per axis, float32, warm"
    note = "its localised MEGA-PRESS has other pulses (sizes in its row); ours is complex128 with the 32-step cycle"
    return [
        row(what, result["seconds"], "s", result["note"]),
        row("ratio: MRSandbox time over ours", result["seconds"] / ours, "x", note),
    ]


def brute_force(ours: float) -> list[dict]:
    """What factoring saves, kept apart from what the code saves: one brute-force run of GABA times the number of runs."""
    from brute_force import BruteForce
    from reference_data import config

    from mrsgap.basis.plan import make_plan
    from mrsgap.spin.operators import Cycle
    from mrsgap.spin.sequence import Localisation, Pulse

    sequences = config("sequence.yaml")
    plan = make_plan(config("config.yaml")["bases"]["study"], sequences["sequences"], sequences["pulses"])
    part = config("metabolites.yaml")["metabolites"]["GABA"]["parts"][0]
    events = [replace(event, cycle=Cycle(90.0)) if isinstance(event, Pulse) else event for event in plan.sequence.events]
    place = Localisation({"x": np.zeros(1), "y": np.zeros(1)})
    start = time.perf_counter()
    slow = BruteForce(part, plan.acquisition, plan.edit_ppm, "sequential")
    slow.fid(replace(plan.sequence, events=tuple(events)), place, 0)
    one = time.perf_counter() - start
    hours = one * RUNS / 3600
    return [
        row("brute force, GABA, one position, one phase step (NumPy)", one, "s", f"{RUNS} such runs: {hours:.2f} h"),
        row("ratio: brute force GABA over our five metabolites", one * RUNS / ours, "x", "factoring and code together"),
    ]
