"""Write config/costs.csv from what finished runs took (`make costs`); run by hand on a quiet machine, not by a rule.

    python scripts/record_costs.py results/smoke/plan/measured.csv results/workstation/plan/measured.csv

Rules keep the work expression that the table already has for them.
"""

import os
import sys
from pathlib import Path

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.record import processor
from mrsgap.cost.estimate import matrix_product_gflop_s
from mrsgap.cost.measured import fit_rates, read_costs

path = Path(__file__).resolve().parent.parent / "config" / "costs.csv"
measured = pd.concat([pd.read_csv(table) for table in sys.argv[1:]])
rates = fit_rates(measured, read_costs(path).expressions)
machine = f"{processor()} x {os.cpu_count()} cores"
write_table(path, rates.assign(gflop_s=round(matrix_product_gflop_s(), 1), machine=machine))
