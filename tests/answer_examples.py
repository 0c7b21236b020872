"""Pages of answers and curves of fits as tests need them: few numbers, every part present."""

import numpy as np
import pandas as pd
import xarray as xr
from estimates import quantities
from reference_data import REPOSITORY, config

from mrsgap.answer.page import page
from mrsgap.answer.verdict import with_verdicts
from mrsgap.quality.measures import SHOWN, STORED
from mrsgap.quantities.normalise import ratios

TEMPLATE = (REPOSITORY / "workflow" / "report" / "answer.html.jinja").read_text(encoding="utf-8")
LIMITS = config("config.yaml")["quality"]
BINS = 700
CALIBRATION = pd.DataFrame([{
    "method": "fit", "metabolite": "GABA", "reference": "NAA", "wanted": 0.95, "covered": 0.94, "covered_low": 0.9,
    "covered_high": 0.97, "n_check": 100,
}])  # fmt: skip
ESTIMATES = [{"metabolite": "Glu", "estimate": 1.8, "sd": 0.1}, {"metabolite": "GABA", "estimate": 0.5, "sd": 0.1},
             {"metabolite": "NAA", "estimate": 2.0, "sd": 0.2}]  # fmt: skip
NOTHING_POOR = pd.DataFrame([{"series": "s", "item": "1", "poor": ""}])


def judged(rows, low=0.2, high=0.3, order=("fit",)):
    return with_verdicts(ratios(quantities(rows), "NAA").assign(low=low, high=high), NOTHING_POOR, order, 10)


def built(table, pictures=None, fits=None, order=("fit",), items=("1",)):
    fields = dict.fromkeys([*SHOWN, *STORED], 1.0) | {"offset_hz": -123.2, "snr_naa": 90.0, "snr_cr": 80.0}
    quality = pd.DataFrame([{"series": "s", "item": item, "status": "ok", "reason": np.nan} | fields for item in items])
    tables = {"ratios": table, "quality": quality, "calibration": CALIBRATION}
    return page(TEMPLATE, "own", tables, pictures or {}, fits or {}, {"seed": 1}, ["x"], order=list(order), limits=LIMITS)


def curves(items=("a",), channels=("off", "diff")):
    ppm = np.linspace(4.2, 0.5, BINS)
    line = np.exp(-(((ppm - 2.0) / 0.05) ** 2))
    shape = (len(items), len(channels), BINS)
    each = {name: (("item", "channel", "bin"), np.broadcast_to(scale * line, shape).copy())
            for name, scale in (("data", 1.0), ("fit", 0.95), ("baseline", 0.01))}  # fmt: skip
    metabolites = np.broadcast_to(line, (len(items), 2, len(channels), BINS)) * np.array([1.0, 1e-6])[:, None, None]
    return xr.Dataset(
        each | {"ppm": (("item", "bin"), np.tile(ppm, (len(items), 1))),
                "metabolites": (("item", "metabolite", "channel", "bin"), metabolites)},
        {"item": list(items), "channel": list(channels), "metabolite": ["N<A>A", "GABA"]},
    )  # fmt: skip
