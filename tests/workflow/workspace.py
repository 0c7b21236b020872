"""A copy of the workflow in a temporary folder, and how to run it there."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from compare_runs import result_files
from reference_data import REPOSITORY

from mrsgap.core.provenance import checksum

SMOKE = ("--configfile=config/smoke.yaml",)
BASIS = "results/smoke/basis/study/check.csv"
SIMULATED = "results/smoke/basis/study/parts/Cr-GABA-Gln-Glu-NAA.zarr"
HOLLOW = """import pathlib, sys
for path in map(pathlib.Path, snakemake.output):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch() if path.suffix and path.suffix != ".zarr" else path.mkdir(exist_ok=True)
sys.exit(0)
"""
PARTS = ("Snakefile", "config", "envs", "scripts", "workflow")


def without_times(path: Path) -> str:
    """Checksum of a file, or the text of a table or JSON that says how long something took, less the seconds."""
    if path.suffix == ".csv" and path.open(encoding="utf-8").readline().rstrip().endswith(",seconds"):
        return "\n".join(line.rpartition(",")[0] for line in path.read_text(encoding="utf-8").splitlines())
    if path.suffix == ".json" and path.parent.name == "trials":
        return json.dumps(
            {key: value for key, value in json.loads(path.read_text()).items() if key != "seconds"}, sort_keys=True
        )
    return checksum(path)


class Workspace:
    """The workflow as cloned into `root`; every run is a process of its own."""

    def __init__(self, root: Path):
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        for part in PARTS:
            source = REPOSITORY / part
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, root / part)

    @classmethod
    def copy_of(cls, other: "Workspace", root: Path) -> "Workspace":
        """A workspace with everything that another has made, and Snakemake's record of it."""
        shutil.copytree(other.root, root)
        copied = cls.__new__(cls)
        copied.root = root
        return copied

    def hollow_out(self) -> None:
        """Let every script make its outputs, with nothing in them, and end: the graph of jobs as it is, at no cost.

        What a script imports stays in its text, so that edits to the package are followed as ever.
        """
        for script in (self.root / "scripts").glob("*.py"):
            script.write_text(HOLLOW + script.read_text(encoding="utf-8"), encoding="utf-8")

    def start(self, *arguments: str, environment: dict | None = None) -> subprocess.Popen:
        """Start Snakemake with two cores in a session of its own; stdout and stderr are joined in `stdout`."""
        bin_folder = Path(sys.executable).parent
        environment = dict(environment or os.environ)
        environment["PATH"] = f"{bin_folder}{os.pathsep}{environment['PATH']}"
        return subprocess.Popen(
            [str(bin_folder / "snakemake"), "--cores", "2", *arguments], cwd=self.root, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    def snakemake(self, *arguments: str, check: bool = True, environment: dict | None = None) -> subprocess.CompletedProcess:
        """Run Snakemake to its end; see `start`."""
        process = self.start(*arguments, environment=environment)
        stdout, _ = process.communicate()
        done = subprocess.CompletedProcess(process.args, process.returncode, stdout)
        assert not check or done.returncode == 0, done.stdout[-6000:]
        return done

    def complaint(self, *arguments: str) -> str:
        """What a dry run with faulty settings says; it must fail, and without a traceback."""
        done = self.snakemake("--dry-run", *arguments, check=False)
        assert done.returncode != 0, done.stdout[-6000:]
        assert "Traceback" not in done.stdout
        assert ".smk" not in done.stdout.split("mrsgap: ")[-1], "the last words are ours, not a place in the workflow's files"
        return done.stdout

    def products(self, scale: str = "smoke") -> dict[str, str]:
        """Checksum of every file under results/<scale> that a run makes, by name; logs, timings and caches are no results."""
        return {name: without_times(path) for name, path in result_files(self.root / "results" / scale).items()}

    def tree(self) -> dict[str, str]:
        """Checksum of every file outside results/ and Snakemake's own folder, by name."""
        files = (path.relative_to(self.root) for path in self.root.rglob("*") if path.is_file())
        kept = sorted(path for path in files if path.parts[0] not in ("results", ".snakemake") and path.suffix != ".pyc")
        return {path.as_posix(): checksum(self.root / path) for path in kept}

    def planned(self, *arguments: str) -> dict[str, int]:
        """Number of jobs by rule that a dry run would start."""
        lines = self.snakemake("--dry-run", "--quiet", "host", *arguments).stdout.splitlines()
        counts = {}
        for line in lines:
            words = line.split()
            if len(words) == 2 and words[0].isidentifier() and words[1].isdigit() and words[0] not in ("total", "all"):
                counts[words[0]] = int(words[1])
        return counts

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace `old` by `new` in a file of the copy, once."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) >= 1, f"{file} does not hold {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
