# What all rules need - the checked settings, paths per scale, and the digest of the code a script uses.

import os
import sys
from pathlib import Path

import yaml

ROOT = Path(workflow.basedir)
SOURCE = ROOT / "workflow" / "src"
SCRIPTS = ROOT / "scripts"
sys.path.insert(0, str(SOURCE))
os.environ.update(PYTHONPATH=os.pathsep.join(filter(None, [str(SOURCE), os.environ.get("PYTHONPATH")])))

from mrsgap.core.errors import InputError
from mrsgap.core.provenance import source_digest
from mrsgap.core.settings import check_settings

try:
    check_settings(config, yaml.safe_load((ROOT / "config" / "schema.yaml").read_text()))
except InputError as error:
    raise WorkflowError(str(error))

ENVIRONMENT = str(ROOT / "envs" / f"{config['environment']}.yaml")  # for `--sdm conda`

# An override names its entries first when Snakemake merges; tables and pictures keep the order of config.yaml.
for section, entries in yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8")).items():
    if isinstance(entries, dict) and isinstance(config[section], dict):
        known = {name: config[section][name] for name in entries if name in config[section]}
        config[section] = known | config[section]

RESULTS = f"results/{config['scale']}"
# Compiled programs are kept between processes, runs and scales: most jobs of a small run would otherwise mostly compile.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(Path(".cache", "jax").resolve()))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.1")

TARGETS = []  # every file of rules adds what `snakemake` builds by default
QUANTITIES = []  # parts of quantities.csv; files of rules add the tables its rules write
LOOK_FIRST = []  # and what a reader should open first


def code(script):
    """Digest of every package module that scripts/<script>.py uses: an edit re-runs exactly the rules that use it."""
    return source_digest(SCRIPTS / f"{script}.py", SOURCE)


def summarise_run():
    """Say what was built and where to look first."""
    from rich.console import Console

    console = Console(stderr=True)
    built = [target for target in TARGETS if Path(target).exists()]
    console.print(f"[bold]mrsgap[/bold]: scale {config['scale']}, {len(built)} of {len(TARGETS)} products under {RESULTS}/")
    for path in LOOK_FIRST:
        if Path(path).exists():
            console.print(f"  look first at {path}")
