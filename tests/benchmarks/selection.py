"""Model selection without training: the time of a proposal, and trials to the optimum on tables with every score known.

The planted table has known structure (`planted_table.py`); measured tables are the finished grid studies found under results/.
Single-threaded BLAS (`OPENBLAS_NUM_THREADS=1`, as Snakemake sets for a job of one core) is several times faster at these
sizes. Ours repeats every strategy 50 times; GPyOpt 5 times with 30 trials each, as the study's library is slow.
"""

import os
import time

import jax
import numpy as np
import pandas as pd
import yaml
from planted_table import cnn_space, planted_scores
from reference_data import REPOSITORY

from mrsgap.select.ranking import STRATEGIES, ReplaySize, fold_errors, optimum_set, replay, summarise_replay
from mrsgap.select.search import BACKENDS, EXPECTED_IMPROVEMENT, THOMPSON, Search
from mrsgap.select.space import read_space
from mrsgap.select.trials import objectives, read_scores

REPEATS = int(os.environ.get("MRSGAP_REPLAY_REPEATS", "50"))


def benchmark() -> list[dict]:
    """Rows of proposal times, then of replays."""
    with jax.enable_x64(True):
        rows = [proposal_time("mrsgap", strategy) for strategy in (EXPECTED_IMPROVEMENT, THOMPSON)]
        rows += [proposal_time("gpyopt", EXPECTED_IMPROVEMENT)]
        tables = {"planted, 432 configurations": (cnn_space(), fold_errors(planted_scores(cnn_space())))} | measured_tables()
        for name, (space, errors) in tables.items():
            rows += regret(name, space, errors)
    return rows


def proposal_time(backend: str, strategy: str, observations: int = 100, repeats: int = 5) -> dict:
    """Seconds of one warm proposal (fit and acquisition) with 100 observations on the 432 configurations."""
    space = cnn_space()
    scored = objectives(planted_scores(space).assign(status="ok"))
    chosen = np.random.default_rng(0).choice(space.size, observations, replace=False)
    wall_s, cpu_s = [], []
    for repeat in range(repeats + 1):
        search = Search(space, [strategy], 0, repeat, "time", BACKENDS[backend])
        for configuration in chosen:
            search.tell(int(configuration), scored[int(configuration)])
        start, cpu = time.perf_counter(), time.process_time()
        search.ask()
        wall_s.append(time.perf_counter() - start)
        cpu_s.append(time.process_time() - cpu)
    return {"what": f"proposal, {backend}, {strategy}", "value": float(np.median(wall_s[1:])), "unit": "s",
            "reference": 0.3 if backend == "mrsgap" else np.nan, "ratio": np.nan,
            "note": f"{observations} observations, 432 configurations, warm; CPU {np.median(cpu_s[1:]):.3f} s"}  # fmt: skip


def regret(name: str, space, errors: dict) -> list[dict]:
    """Median trials to the optimum by backend and strategy, with the ratio to random search."""
    plans = {
        "mrsgap": ReplaySize(REPEATS, space.size, min(12, space.size // 4)),
        "gpyopt": ReplaySize(5, 30, min(12, space.size // 4)),
    }
    strategies = {"mrsgap": list(STRATEGIES), "gpyopt": ["expected improvement", "Thompson", "alternating"]}
    runs = [replay(space, errors, backend, BACKENDS[backend], strategies[backend], plan, 1) for backend, plan in plans.items()]
    summary = summarise_replay(pd.concat(runs), space.size)
    blind = summary[summary["strategy"] == "random"].set_index("goal")["median"]
    return [
        {"what": f"{name}: {row.backend}, {row.strategy}, to the {row.goal}", "value": row.median, "unit": "trials (median)",
         "reference": blind[row.goal], "ratio": row.median / blind[row.goal],
         "note": f"quartiles {row.lower_quartile:g} to {row.upper_quartile:g}, found by {row.found} of {row.repeats}; "
                 f"{len(optimum_set(errors))} of {space.size} configurations not separable from the best"}
        for row in summary.itertuples()
    ]  # fmt: skip


def measured_tables() -> dict:
    """Finished grid studies by scale and name: their spaces and fold errors."""
    studies = yaml.safe_load((REPOSITORY / "config" / "config.yaml").read_text(encoding="utf-8"))["studies"]
    found = {}
    for path in sorted((REPOSITORY / "results").glob("*/select/*/scores.csv")):
        study = path.parent.name
        if study in studies and studies[study]["strategies"] == ["grid"]:
            space, errors = read_space(study, studies[study]["space"]), fold_errors(read_scores([path]))
            if len(errors) == space.size:
                found[f"{study} ({path.parts[-4]})"] = (space, errors)
    return found
