"""`make bench`: run every benchmark (or the named ones) and write one table per part under results/benchmarks/.

    python tests/benchmarks/run.py [basis spectra ...]

A benchmark is a module here with `benchmark()`, which gives rows; a row is a mapping with at least `what` and `value`. Nothing
is asserted: machines differ. Beside each table stands what this machine does at a matrix product and an FFT.
"""

import importlib.util
import os
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
REPOSITORY = FOLDER.parent.parent
# Benchmarks are loaded by file, so that a part named `statistics` hides nothing; what they share is importable.
SHARED = [str(FOLDER / "shared"), str(FOLDER.parent), str(REPOSITORY / "workflow" / "src")]
sys.path[:] = [*SHARED, *(entry for entry in sys.path if Path(entry or ".").resolve() != FOLDER)]
os.environ["PYTHONPATH"] = os.pathsep.join(SHARED)

import pandas as pd  # noqa: E402
from machine import calibration  # noqa: E402

from mrsgap.core.files import write_table  # noqa: E402

PARTS = ("basis", "spectra", "measured", "learning", "step", "accuracy", "selection", "lcm", "statistics")


def load(name: str):
    """The benchmark module of a part."""
    specification = importlib.util.spec_from_file_location(f"benchmark_{name}", FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def main(names: list[str]) -> None:
    unknown = sorted(set(names) - set(PARTS))
    if unknown:
        sys.exit(f"no benchmark {unknown[0]!r}; known are {', '.join(PARTS)}")
    for name in names or [part for part in PARTS if (FOLDER / f"{part}.py").is_file()]:
        print(f"== {name}", flush=True)
        rows, path = calibration(), REPOSITORY / "results" / "benchmarks" / f"{name}.csv"
        for row in load(name).benchmark():  # written as they come: a long part that is stopped keeps what it has
            rows.append(row)
            write_table(path, pd.DataFrame(rows))
            print(f"   {row['what']}: {row['value']}", flush=True)
        print(pd.DataFrame(rows).to_string(index=False), flush=True)
        print(f"written to {path.relative_to(REPOSITORY)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
