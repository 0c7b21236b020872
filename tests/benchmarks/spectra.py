"""Speed of simulated spectra: rendered to network input, and end to end into Zarr; memory of a hundred thousand items."""

import functools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jax
import numpy as np
from machine import best
from reference_data import config
from spectra_signals import ACQUISITION, line

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.keys import named_key
from mrsgap.learn.stock import compact_renderer
from mrsgap.spectra.compact import make_compact
from mrsgap.spectra.concentrations import sample_concentrations
from mrsgap.spectra.imperfections import read_recipe
from mrsgap.spectra.mix import Pool
from mrsgap.spectra.render import make_renderer
from mrsgap.spectra.simulate import simulate_spectra
from mrsgap.spectra.window import Window, network_input

METABOLITES = ("Cr", "GABA", "Gln", "Glu", "NAA")
SHIFTS_PPM = (3.027, 2.28, 2.45, 2.35, 2.008)
WINDOW = Window(4.5, 1.0, 2048, "exact", (3.027, 2.008), 0.25, "taper", 4.3, 4.75, 0.75)
CHANNELS = ("off-real", "on-real")
RECIPES = config("config.yaml")["imperfections"]
BATCH, ITEMS = 64, 4096
# The reference code, per spectrum (peers.md 1): generate 2.2 ms, noise 1.8 ms, save 0.85 ms, export to tensors 3.8 ms.
REFERENCE_TO_INPUT_PER_S = 1e3 / (2.2 + 1.8 + 3.8)
REFERENCE_TO_DISK_PER_S = 1e3 / (2.2 + 1.8 + 0.85)


def benchmark() -> list[dict]:
    rows = [rendered(name, threads) for name in RECIPES for threads in (2, 1)]
    rows += [compact(threads) for threads in (2, 1)]
    rows += [window_only(alignment, water) for alignment, water in (("exact", "taper"), ("jain", "clamp"))]
    rows += to_disk((1000, 4000, 16000))
    return [*rows, *hundred_thousand()]


def row(what: str, value: float, unit: str, note: str, reference: float = float("nan")) -> dict:
    return {"what": what, "value": value, "unit": unit, "reference": reference, "ratio": value / reference, "note": note}


def pool() -> Pool:
    """Five lines in place of a basis: the work is the same."""
    fid = np.stack([np.stack([line(shift, ACQUISITION, 0.0)] * 2) for shift in SHIFTS_PPM])
    return Pool(fid[None].astype(np.complex64), ("lines",), METABOLITES, ACQUISITION)


def rendered(name: str, threads: int) -> dict:
    """From keys to network input: compositions, imperfections, noise, alignment, window; batches shared by host threads."""
    render = make_renderer(pool(), read_recipe(RECIPES[name]), {"sampler": "sobol"}, WINDOW, CHANNELS, "sum")
    keys = list(jax.random.split(jax.random.key(1), ITEMS // BATCH))
    with ThreadPoolExecutor(threads) as workers:
        everything = functools.partial(_render_all, workers, render, keys)
        seconds = best(everything, 3)
        start = time.process_time()
        everything()
        processor_us = (time.process_time() - start) / ITEMS * 1e6
    what = f"rendered to network input, `{name}`, {threads} thread(s)"
    note = f"{ITEMS} items in batches of {BATCH}, 5 metabolites, off + on, 4096 points; {processor_us:.0f} us of processor "
    note += "time per item, which other load changes less; aim 2000 items/s, floor 1000 for `study`"
    return row(what, ITEMS / seconds, "items/s", note, REFERENCE_TO_INPUT_PER_S)


def compact(threads: int) -> dict:
    """From keys to the compact input with all imperfections of `wide`, as the network that ships learns from them."""
    shipped = config("config.yaml")["shipped"]["family"]
    grid, window = Acquisition(**shipped["grid"]), make_compact(config("config.yaml")["compact"])
    fid = np.stack([np.stack([line(shift, grid, 0.0)] * 2) for shift in SHIFTS_PPM])[None].astype(np.complex64)
    members = Pool(np.repeat(fid, 80, axis=0), tuple(f"member {k}" for k in range(80)), METABOLITES, grid)
    render = compact_renderer(members, read_recipe(RECIPES["wide"]), shipped["concentrations"], window, "max")
    keys = list(jax.random.split(jax.random.key(1), ITEMS // BATCH))
    with ThreadPoolExecutor(threads) as workers:
        everything = functools.partial(_render_all, workers, render, keys)
        seconds = best(everything, 3)
        start = time.process_time()
        everything()
        processor_us = (time.process_time() - start) / ITEMS * 1e6
    note = (
        f"{ITEMS} items in batches of {BATCH}, 80 members; {processor_us:.0f} us of processor time per item; aim 5000 items/s"
    )
    return row(f"rendered to the compact input, `wide`, {threads} thread(s)", ITEMS / seconds, "items/s", note)


def _render_all(workers: ThreadPoolExecutor, render, keys: list) -> None:
    list(workers.map(lambda key: jax.block_until_ready(render(key, BATCH)), keys))


def window_only(alignment: str, water: str) -> dict:
    window = Window(4.5, 1.0, 2048, alignment, (3.027, 2.008), 0.25, water, 4.3, 4.75, 0.75)
    noise = np.random.default_rng(0).normal(size=(2, BATCH, 2, ACQUISITION.points)).astype(np.float32) * 0.01
    fid = jax.numpy.asarray(line(2.008) + noise[0] + 1j * noise[1], np.complex64)
    seconds = best(lambda: jax.block_until_ready(network_input(fid, ACQUISITION, window, CHANNELS)))
    what = f"FIDs to network input, {alignment} alignment, {water} water"
    return row(what, BATCH / seconds, "items/s", f"batch of {BATCH}", 1e3 / 3.8)


def to_disk(sizes: tuple[int, ...]) -> list[dict]:
    """Into a sharded store, compositions included; and the exponent of time against n, which should be 1."""
    made, recipe, rates, rows = pool(), read_recipe(RECIPES["study"]), [], []
    for items in sizes:
        with tempfile.TemporaryDirectory() as folder:

            def write(folder=folder, items=items):
                truth = sample_concentrations({"sampler": "sobol"}, items, list(METABOLITES), 1, "bench")
                simulate_spectra(Path(folder) / "x.zarr", truth, made, recipe, named_key(1, "bench"), {})

            rates.append(items / best(write, 2))
        rows.append(row(f"end to end into Zarr, {items} items", rates[-1], "items/s", "floor 500", REFERENCE_TO_DISK_PER_S))
    seconds = np.array(sizes) / rates
    exponent = np.polyfit(np.log(sizes), np.log(seconds), 1)[0]
    return [*rows, row("exponent of time against n", exponent, "", f"n = {sizes}; 1 is linear")]


WORKER = """
import resource, sys
sys.path[:0] = sys.argv[3:]
import spectra as bench
from pathlib import Path
items = int(sys.argv[2])
truth = bench.sample_concentrations({"sampler": "sobol"}, items, list(bench.METABOLITES), 1, "bench")
recipe = bench.read_recipe(bench.RECIPES["study"])
bench.simulate_spectra(Path(sys.argv[1]) / "x.zarr", truth, bench.pool(), recipe, bench.named_key(1, "bench"), {})
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def hundred_thousand() -> list[dict]:
    """Peak memory and rate in a fresh process, interpreter start and compilation included."""
    items, needed = 100_000, 100_000 * 2 * ACQUISITION.points * 8
    with tempfile.TemporaryDirectory() as folder:
        if shutil.disk_usage(folder).free < 1.5 * needed:
            return [row("100,000 items in a fresh process", float("nan"), "items/s", f"skipped: needs {needed / 1e9:.1f} GB")]
        start = time.perf_counter()
        command = [sys.executable, "-c", WORKER, folder, str(items), str(Path(__file__).parent), *sys.path]
        done = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=True)
        seconds = time.perf_counter() - start
    peak_gb = int(done.stdout.split()[-1]) * 1024 / 1e9
    return [
        row("100,000 items in a fresh process", items / seconds, "items/s", "floor 500", REFERENCE_TO_DISK_PER_S),
        row("100,000 items: peak memory", peak_gb, "GB", "resident, whole process; at most 2; the reference about 20", 20.0),
    ]
