"""Statistics, tables and figures for the study's size: 144 spectra, 12 methods of 5 seeds; aim: under 90 s on two cores."""

import time

import numpy as np
from estimates import compositions, estimates

from mrsgap.publish.evidence import Evidence
from mrsgap.publish.figure_06_agreement import bland_altman_figure
from mrsgap.publish.figure_07_answer import answer_figure, phantom_errors_figure
from mrsgap.publish.table_09_13 import experiment_table, overall_table
from mrsgap.quantities.normalise import NORMALISATIONS
from mrsgap.quantities.table import gather_quantities
from mrsgap.show import style
from mrsgap.stats.agreement import agreement_table
from mrsgap.stats.comparison import study_tests
from mrsgap.stats.errors import item_errors, overall_errors, series_errors
from mrsgap.stats.judge import judge

SERIES = {"E1": 12, "E2": 16, "E3": 15, "E4a": 8, "E4b": 8, "E4c": 8, "E4d": 8, "E6": 10, "E7": 16, "E8": 8, "E9a": 8, "E9b": 8,
          "E11": 8, "E14": 11}  # fmt: skip
METHODS, SEEDS = 12, 5
OVERALL = ["Cr", "GABA", "Gln", "Glu"]
AIM_S = 90.0


def benchmark() -> list[dict]:
    """CPU and wall seconds of each stage; `reference` is the share of the aim, which counts the start of processes too."""
    names = [f"net-{index}" for index in range(METHODS)]
    names[:3] = ["yae", "cnn", "fcnn"]
    settings = {
        "overall": OVERALL,
        "basis": "study",
        "study_methods": dict(zip(["YAE", "CNN", "FCNN"], names)),
        "own_methods": {},
    }
    stages = {
        "gather": lambda _: _quantities(names),
        "statistics, both normalisations": _statistics,
        "paired tests": _tests,
        "tables 11 to 13": lambda found: _tables(found, settings),
        "figures": lambda found: _figures(found, settings),
    }
    rows, found = [], None
    for what, stage in stages.items():
        wall, cpu = time.perf_counter(), time.process_time()
        found = stage(found) or found
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        rows.append(
            {
                "what": f"evidence: {what}",
                "sizes": f"144 x {METHODS} x {SEEDS}",
                "value": round(wall, 2),
                "unit": "s",
                "reference": AIM_S,
                "ratio": round(AIM_S / wall, 1),
                "note": f"{cpu:.2f} s of CPU; aim for all stages",
            }
        )
    return rows


def _quantities(names):
    truths = compositions(SERIES)
    parts = [
        estimates(name, truths, sd=0.5 + 0.1 * index, seed=100 * index + seed, member=("", str(seed)), training_set="train")
        for index, name in enumerate(names)
        for seed in range(SEEDS)
    ]
    return {"quantities": gather_quantities(parts)}


def _statistics(found):
    for norm in NORMALISATIONS[::-1]:  # the primary one last, so that it is kept
        judged = judge(found["quantities"], norm, {}, {})
        items = item_errors(judged, OVERALL, "lcm-joint", "study")
        summary = overall_errors(items, judged, 0.95, 2000, lambda name: np.random.default_rng(0))
        evidence = Evidence(summary, items, agreement_table(judged, 0.95, 200, lambda dataset: np.random.default_rng(0)))
        found |= {"judged": judged, "evidence": evidence, "series": series_errors(items)}
    return found


def _tests(found):
    comparisons = [{"better": "yae", "worse": [f"net-{index}" for index in range(3, METHODS)], "metabolites": OVERALL}]
    study_tests(found["series"], "phantoms", comparisons, ["train"], "study")


def _tables(found, settings):
    experiment_table(found["series"], found["evidence"].summary, settings, "train")
    for number in (12, 13):
        overall_table(found["evidence"].summary, settings, "train", number, "fixed")


def _figures(found, settings):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        figures = [phantom_errors_figure(found["evidence"], found["evidence"], settings, "train"),
                   answer_figure(found["evidence"], settings, "train"),
                   bland_altman_figure(found["judged"], found["evidence"], settings, "train")]  # fmt: skip
        for index, fig in enumerate(figures):
            style.save(fig, f"{folder}/{index}.pdf", f"{folder}/{index}.png")
