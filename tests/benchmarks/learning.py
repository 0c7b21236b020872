"""Training and inference at published sizes: examples per second beside the reference's (peers.md 1, batch 16).

Weights and data are random: speed does not depend on them. Each rate is the median over repeats of a steady state without
compilation. `ratio` is ours over the reference's, which was measured on another day on a like machine: compare it with the
calibration.
"""

import resource
import statistics
import time

import jax
import numpy as np

from mrsgap.learn.fit import _start
from mrsgap.learn.loop import Loop
from mrsgap.learn.members import fold_members
from mrsgap.learn.model import predict
from mrsgap.learn.settings import Settings
from mrsgap.networks.inputs import Inputs
from mrsgap.networks.registry import count_parameters
from mrsgap.networks.traits import traits
from mrsgap.spectra.render import Examples

OFF_ON = ("off-real", "on-real")
FOUR = ("off-imaginary", "off-real", "on-imaginary", "on-real")
BATCH, REPEATS = 16, 3
# name: channels, reference training and inference rate (examples per second, batch 16), steps in an epoch of the benchmark
CASES = {
    "yae": (FOUR, 135.0, 490.0, 12),
    "fcnn": (OFF_ON, 21.0, 100.0, 4),
    "cnn": (OFF_ON, 10.4, 25.0, 3),
    "qnet": (OFF_ON, 154.0, 700.0, 6),
    "encdec": (OFF_ON, 59.0, 83.0, 4),
    "qmrs": (OFF_ON, 12.0, 57.0, 2),
}
WIDTHS = (32, 256)


def benchmark() -> list[dict]:
    """Rows: `what`, `value` with its unit, the reference's value and the ratio."""
    rows = []
    for name, (channels, training, inference, steps) in CASES.items():
        rows += _one(name, {}, channels, training, inference, steps)
    return rows + [_side_by_side(width) for width in WIDTHS]


def _data(channels, items):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(items, len(channels), 2048)).astype(np.float32)
    return Examples(x, rng.dirichlet(np.ones(5), items).astype(np.float32), x)


def _loop(name, hyper, channels, steps, folds, settings):
    items = steps * BATCH * 2
    examples = _data(channels, items)
    runs = fold_members(
        np.arange(items) % 2 if folds == 1 else np.arange(items) % folds, list(range(folds)), 0.1, jax.random.key(0)
    )
    graph, state = _start(name, hyper, Inputs(channels), runs, settings, None)
    kind = traits(name)
    return Loop(graph, kind.head, kind.convolutional, examples, runs, settings), state


def _epochs(loop, state, repeats=REPEATS):
    """Seconds of the first epoch (compilation included) and of later ones; the state moves on."""
    times = []
    rates = np.full(len(loop.runs), 1e-4)
    for epoch in range(repeats + 1):
        start = time.perf_counter()
        state, summary = loop.train(state, epoch, rates, 1.0)
        np.asarray(summary.loss)
        times.append(time.perf_counter() - start)
    return times[0], statistics.median(times[1:]), state


def _one(name, hyper, channels, reference_training, reference_inference, steps):
    loop, state = _loop(name, hyper, channels, steps, 1, Settings(loss="huber" if name == "yae" else "mse"))
    first, later, state = _epochs(loop, state)
    rate = loop.steps * BATCH / later
    size = count_parameters(name, hyper, Inputs(channels))["total"]
    stacked = jax.tree.map(lambda leaf: np.asarray(leaf)[None], (state.weights, state.others))
    # Enough batches for about two seconds, as a test set has: weights go to the device once.
    some = np.asarray(loop.examples.inputs[:32])
    x = np.resize(some, (BATCH * max(2, int(reference_inference / 8)), *some.shape[1:]))
    predict(name, hyper, Inputs(channels), stacked, x, BATCH)
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        predict(name, hyper, Inputs(channels), stacked, x, BATCH)
        times.append(time.perf_counter() - start)
    inference = len(x) / statistics.median(times)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    how = "scan" if loop.scanned else "step"
    common = {"parameters": size, "batch": BATCH, "loop": how}
    return [
        common | {"what": f"{name} training", "value": rate, "unit": "examples/s", "reference": reference_training,
                  "ratio": rate / reference_training},
        common | {"what": f"{name} inference", "value": inference, "unit": "examples/s", "reference": reference_inference,
                  "ratio": inference / reference_inference, "note": f"{len(x)} items from the host, weights once"},
        common | {"what": f"{name} compilation and first epoch", "value": first, "unit": "s"},
        common | {"what": f"{name} peak memory of the process so far", "value": memory, "unit": "GB"},
    ]  # fmt: skip


def _side_by_side(width):
    """Five folds of a narrow YAE in one `vmap` against one after the other."""
    settings, hyper = Settings(loss="huber"), {"width": width}
    loop, state = _loop("yae", hyper, FOUR, 12, 5, settings)
    _, together, _ = _epochs(loop, state)
    graph, state = _start("yae", hyper, Inputs(FOUR), loop.runs[:1], settings, None)
    single = Loop(graph, traits("yae").head, False, loop.examples, loop.runs[:1], settings)
    _, alone, _ = _epochs(single, state)
    return {"what": f"yae of width {width}: five folds one by one over five at once", "value": 5 * alone / together,
            "unit": "times", "batch": BATCH, "loop": "scan"}  # fmt: skip
