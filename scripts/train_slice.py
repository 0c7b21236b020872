"""Train for one slice of minutes, then stop; the next slice goes on, here or elsewhere (`make paper-gpu`); run by hand.

python scripts/train_slice.py MINUTES results/<scale> [what Snakemake is told: --cores 8 --configfile ...]
"""

import sys
from collections.abc import Sequence

from mrsgap.core.files import write_table
from mrsgap.cost.slices import run_slice


def main(minutes: float, results: str, arguments: Sequence[str]) -> None:
    """Spend `minutes` on the networks of `results`, the most telling first, and write how far each is to slices.csv there.

    `arguments` are Snakemake's; they must name the config of `results`.
    """
    table = run_slice(arguments, f"{results}/plan/networks.csv", 60 * minutes)
    write_table(f"{results}/plan/slices.csv", table)
    print(table.to_string(index=False))


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2], sys.argv[3:])
