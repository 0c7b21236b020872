"""Simulate the study basis some times in this process; print seconds and peak memory as JSON."""

import json
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import jax

jax.config.update("jax_enable_x64", True)

from reference_data import config  # noqa: E402

from mrsgap.basis.plan import make_plan  # noqa: E402
from mrsgap.basis.simulate import simulate_metabolite  # noqa: E402

positions, repeats = map(int, sys.argv[1:])
sequences, metabolites = config("sequence.yaml"), config("metabolites.yaml")["metabolites"]
study = config("config.yaml")["bases"]["study"]
plan = replace(make_plan(study, sequences["sequences"], sequences["pulses"]), positions=positions)
seconds = []
for _ in range(repeats):
    start = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:  # as two jobs of the workflow would run side by side
        list(pool.map(lambda name: simulate_metabolite(name, metabolites[name], plan), study["metabolites"]))
    seconds.append(time.perf_counter() - start)
print(json.dumps({"seconds": seconds, "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}))
