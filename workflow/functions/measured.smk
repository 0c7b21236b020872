# What the rules of rules/measured.smk ask for: the sets of the config, and the files each is made of.

from mrsgap.measured.fetch import is_archive
from mrsgap.measured.manifest import files_named


def configured_sets():
    """Measured sets of the config by name, each a mapping; one path alone is the set `own`."""
    given = config["measured"]
    sets = {"own": given} if isinstance(given, str) else given
    sets = {name: {"path": value} if isinstance(value, str) else value for name, value in sets.items()}
    for name, value in sets.items():
        if "path" in value and not Path(value["path"]).exists():
            raise WorkflowError(f"no file or folder `{value['path']}` (config: measured.{name}). Correct the path.")
    return sets


SETS = configured_sets()
MEASURED = ["phantoms", *SETS]  # names of every set of measured spectra, the synthetic stand-ins first

if not SETS and workflow.is_main_process:
    logger.info(
        "No recorded spectra are configured: the synthetic stand-ins `phantoms` take their place. To use your own or the "
        "study's, see `measured` in config/config.yaml, or: snakemake --config measured=path/to/manifest-or-folder"
    )


def measured_store(name):
    """The store of one set: items in the schema of simulated spectra; read with core.groups.by_acquisition."""
    return f"{RESULTS}/measured/{name}.zarr"


def is_manifest(name):
    return SETS.get(name, {}).get("path", "").lower().endswith(".csv")


def is_fetched(name):
    return "url" in SETS[name] or is_archive(SETS[name]["path"])


def set_folder(wildcards):
    return f"results/raw/{wildcards.measured}" if is_fetched(wildcards.measured) else SETS[wildcards.measured]["path"]


def set_files(wildcards):
    """Every file of a local folder, so that a changed or added one is read again."""
    if is_fetched(wildcards.measured):
        return []
    return sorted(str(path) for path in Path(set_folder(wildcards)).rglob("*") if path.is_file())


def set_manifest(wildcards):
    if wildcards.measured == "phantoms":
        return f"{RESULTS}/phantoms/manifest.csv"
    if is_manifest(wildcards.measured):
        return SETS[wildcards.measured]["path"]
    return f"{RESULTS}/measured/{wildcards.measured}-manifest.csv"
