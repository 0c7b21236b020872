"""Write config/costs.csv from what finished runs took (`make costs`); run by hand on a quiet machine, not by a rule.

    python scripts/record_costs.py results/smoke/plan/measured.csv results/workstation/plan/measured.csv

Rules keep the work expression that the table already has for them, and rows with a condition stay as they are.
"""

import os
import sys
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # the machine is told by one core, as jobs compute on one

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.provenance import processor
from mrsgap.cost.estimate import matrix_product_gflop_s
from mrsgap.cost.measured import fit_rates, read_costs

path = Path(__file__).resolve().parent.parent / "config" / "costs.csv"
measured = pd.concat([pd.read_csv(table) for table in sys.argv[1:]])
known = read_costs(path)
machine = f"{processor()} x {os.cpu_count()} cores"
rates = fit_rates(measured, known.expressions, round(matrix_product_gflop_s(), 1), machine)
# Rows with a condition hold what a run of these scales cannot show, such as full-size networks: they stay.
write_table(path, pd.concat([rates, known.rates[known.rates["when"] != ""][rates.columns]]))
