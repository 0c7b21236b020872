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

from mrsgap.config.whole import in_order_of, read_sections
from mrsgap.core.files import caption_file
from mrsgap.core.errors import InputError
from mrsgap.core.provenance import source_digest

CONFIG_FILES = ROOT / "config"
config.update(in_order_of(yaml.safe_load((CONFIG_FILES / "config.yaml").read_text(encoding="utf-8")), config))
try:
    SECTIONS = read_sections(config, yaml.safe_load((CONFIG_FILES / "schema.yaml").read_text(encoding="utf-8")))
except InputError as error:
    sys.exit(f"mrsgap: {error}")  # the last line is ours: Snakemake would end with the place in this file

BASES, FAMILIES = SECTIONS.bases, SECTIONS.families
DATASETS, MEASURED = SECTIONS.datasets, SECTIONS.measured
FITS, STUDIES, MODELS = SECTIONS.fits, SECTIONS.studies, SECTIONS.models
SHIPPED, ABLATION = SECTIONS.shipped, SECTIONS.ablation
STATISTICS = config["statistics"]

ENVIRONMENT = str(ROOT / "envs" / f"{config['environment']}.yaml")  # for `--sdm conda`

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


def runs(script):
    """Parameters of a step (step.smk): its script, and the digest of what that uses."""
    return {"script": script, "code": code(script)}


def figure_outputs(name):
    """Both files of a picture, with its caption for `snakemake --report`."""
    caption = caption_file(name, ROOT / "workflow" / "report")
    picture = report(f"{RESULTS}/figures/{name}.png", caption=str(caption), category="Figures", labels={"figure": name})
    return {"pdf": f"{RESULTS}/figures/{name}.pdf", "png": picture}


def table_outputs(name):
    """All files of a table: full precision in CSV, rounded by uncertainty elsewhere."""
    whole = report(f"{RESULTS}/tables/{name}.csv", category="Tables", labels={"table": name})
    return {"csv": whole, **{kind: f"{RESULTS}/tables/{name}.{kind}" for kind in ("md", "tex")}}


def summarise_run():
    """Say what was built and where to look first."""
    from rich.console import Console

    console = Console(stderr=True)
    built = [target for target in TARGETS if Path(target).exists()]
    console.print(f"[bold]mrsgap[/bold]: scale {config['scale']}, {len(built)} of {len(TARGETS)} products under {RESULTS}/")
    for path in LOOK_FIRST:
        if Path(path).exists():
            console.print(f"  look first at {path}")
