"""Write config/costs.csv from what finished runs took (`make costs`); run by hand on a quiet machine, not by a rule.

    OMP_NUM_THREADS=1 python scripts/record_costs.py results/smoke/plan/measured.csv results/workstation/plan/measured.csv

The machine is told by one core, as jobs compute on one. Rules keep the work expression that the table already has for them, and
rows with a condition stay as they are.
"""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.provenance import processor
from mrsgap.cost.plan import matrix_product_gflop_s
from mrsgap.cost.rates import fit_rates, read_costs

COSTS = Path(__file__).resolve().parent.parent / "config" / "costs.csv"


def main(tables: Iterable[str], costs: Path) -> None:
    """Fit the rates of `costs` (CSV) anew to what the runs in `tables` (results/<scale>/plan/measured.csv) took."""
    measured = pd.concat([pd.read_csv(table) for table in tables])
    known = read_costs(costs)
    machine = f"{processor()} x {os.cpu_count()} cores"
    rates = fit_rates(measured, round(matrix_product_gflop_s(), 1), machine)
    # Rows with a condition hold what a run of these scales cannot show, such as full-size networks: they stay.
    write_table(costs, pd.concat([rates, known.rates[known.rates["when"] != ""][rates.columns]]))


if __name__ == "__main__":
    main(sys.argv[1:], COSTS)
