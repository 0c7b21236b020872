"""Time MRSandbox's localised MEGA-PRESS on the named metabolites, in its own environment; print JSON."""

import importlib.metadata
import json
import sys
import time

import mrsandbox
import numpy as np

engine = mrsandbox.Engine(123.23 / 42.577478518, isochromats=8)
pair = mrsandbox.LocalizedMegaPress.pair(123.23, on_ppm=1.9, off_ppm=7.4)
systems = {name: mrsandbox.SpinSystem.from_database(name) for name in sys.argv[1:]}


def once():
    for spins in systems.values():
        for sequence in pair.values():
            np.asarray(engine.fid(sequence, *spins, npoints=4096, dwell_s=1 / 2000, lw_hz=0.01))


start = time.perf_counter()
once()
first = time.perf_counter() - start
warm = []
for _ in range(3):
    start = time.perf_counter()
    once()
    warm.append(time.perf_counter() - start)
steps = [len(event.envelope) for event in next(iter(pair.values())).events if hasattr(event, "envelope")]
versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("mrsandbox", "keras", "jax"))
note = f"{versions}; pulse steps {steps}, three sliced axes, coherence filters; first call {first:.0f} s"
print(json.dumps({"seconds": min(warm), "first": first, "note": note}))
