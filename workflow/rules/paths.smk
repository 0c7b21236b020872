# Where everything lies, for the rules of all other files: functions of names and wildcards, worked out from the config's sections.

import shlex
import shutil

from snakemake.io import regex_from_filepattern, strip_wildcard_constraints

SELECT = f"{RESULTS}/select"
FIT_CAPTION = "Fits of {name} with the calibrated basis: the best, the median and the worst"
# Without LCModel its table has no rows and no picture.
PROGRAMS = ["calibrated", "lcm"] + ["lcmodel"] * bool(shutil.which(config["lcmodel"]["executable"] or "lcmodel"))


def basis_store(name):
    return f"{RESULTS}/basis/{name}/basis.zarr"


def basis_parts(name):
    return [f"{RESULTS}/basis/{name}/parts/{'-'.join(group)}.zarr" for group in BASES.groups(name)]


def family_store(name):
    return f"{RESULTS}/basis/family/{name}.zarr"


def spectra_store(name):
    return f"{RESULTS}/spectra/{name}.zarr"


def dataset_bases(name):
    """Stores of the bases that a simulated data set draws from; the first is the one its alignment follows."""
    return [basis_store(basis) for basis in DATASETS.bases(name)]


def measured_store(name):
    """The store of one set: items in the schema of simulated spectra; read with core.acquisition.by_acquisition."""
    return f"{RESULTS}/measured/{name}.zarr"


def noise_estimate(name, product):
    """A product of the estimate of one measured set's noise: posterior.csv, posterior.json, draws.csv or tail.csv."""
    return f"{RESULTS}/noise/{name}/{product}"


def recorded_noise(name):
    """The estimate that a simulated set's noise follows, for the name of a measured set or None."""
    return [] if name is None else [noise_estimate(name, "posterior.json")]


def set_folder(name):
    return f"results/raw/{name}" if MEASURED.is_fetched(name) else MEASURED[name]["path"]


def set_manifest(name):
    if name == "phantoms":
        return f"{RESULTS}/phantoms/manifest.csv"
    return MEASURED[name]["path"] if MEASURED.is_manifest(name) else f"{RESULTS}/measured/{name}-manifest.csv"


def choices(studies):
    """What studies have chosen, one file each."""
    return [f"{SELECT}/{study}/choice.json" for study in studies]


def score_files(study, before=None):
    """Score tables of the study's rounds (those before the round `before`), round by round."""
    return [f"{SELECT}/{study}/round-{index}/scores-{part}.csv" for index, part in STUDIES.jobs(study, before)]


def fold_models(name):
    """Folders of the fold models of one model."""
    return [f"{RESULTS}/models/{name}/fold-{batch}" for batch in MODELS.fold_batches(name)]


def final_models(name, *training_sets):
    """Folders of the final models of one model, on some or every one of its training sets."""
    sets, batches = training_sets or MODELS.training_sets(name), MODELS.seed_batches(name)
    return [f"{RESULTS}/models/{name}/final-{chosen}-seed-{batch}" for chosen in sets for batch in batches]


def trained_models(names):
    """Folders of every network of some models."""
    return [path for name in names for path in [*fold_models(name), *final_models(name)]]


def networks_by_worth():
    """Model, training set, members, folder and log of every final network, the most telling first."""
    found = [(name, chosen, batch) for name, chosen in MODELS.by_worth() for batch in MODELS.seed_batches(name)]
    folders = {(name, chosen): final_models(name, chosen) for name, chosen in MODELS.by_worth()}
    logs = f"{RESULTS}/logs/train_final"
    return [
        (
            name,
            chosen,
            batch,
            folders[name, chosen][MODELS.seed_batches(name).index(batch)],
            f"{logs}/{name}-{chosen}-{batch}.log",
        )
        for name, chosen, batch in found
    ]


def choice_of(name):
    """What the study that a model names has chosen: its settings are the model's."""
    return choices([MODELS.study(name)]) if MODELS.study(name) else []


def encoder_input(name, training_set):
    """The autoencoder whose encoder a model takes over: its final models, on the same training set where there is one."""
    source = MODELS.encoder_of(name)
    if source is None:
        return []
    return final_models(source, *({training_set} & set(MODELS.training_sets(source))))[:1]


def first_of(paths):
    """The one path of an input that may be empty."""
    return str(paths[0]) if paths else None


def fitted_store(wildcards):
    """Store of a simulated or measured data set by its name in the config."""
    return spectra_store(wildcards.fitted) if wildcards.fitted in DATASETS else measured_store(wildcards.fitted)


def fitted_basis(product):
    """Input function: a product of the basis that a data set is fitted with."""

    def path(wildcards):
        basis = FITS.basis(wildcards.fitted)
        return f"{RESULTS}/basis/{basis}/{product}" if basis else f"{RESULTS}/answer/{wildcards.fitted}/{product}"

    return path


def fitted_family(wildcards):
    """Store of the family whose bases are calibrated on a data set: moved to the field of a recording, as its basis is."""
    moved = FITS.basis(wildcards.fitted) is None
    return f"{RESULTS}/answer/{wildcards.fitted}/family.zarr" if moved else family_store(FITS.family)


def training_command(name):
    """What a user types to train networks for spectra unlike those of the configured bases."""
    files = [os.path.relpath(path) for path in workflow.config_settings.configfiles]
    given = workflow.config_settings.config.get("measured")
    source = ["--config", f"measured={given}"] if isinstance(given, str) else []
    matching = f"{RESULTS}/answer/{name}/matching.yaml"
    return shlex.join(["snakemake", "--cores", "all", "quantify", "--configfile", *files, matching, *source])


def ablation_model(learnt, architecture, number):
    return f"{RESULTS}/ablation/{learnt}/{architecture}-{number}"


def shipped_models():
    """Folders of the networks that come with the repository, by name; one that was never made is not there."""
    return {name: f"models/{name}" for name in SHIPPED.names if Path("models", name, "model.json").exists()}


def calibration_quantities():
    """Every method's estimates for the simulated set whose truth calibrates the intervals."""
    chosen = config["answer"]["calibration_set"]
    fitted = expand(f"{RESULTS}/quantities/{{program}}-{chosen}.csv", program=["calibrated", "lcm"])
    return [*fitted, *([f"{RESULTS}/quantities/networks-simulated.csv"] if config["answer"]["trained_networks"] else [])]


def calibrations():
    """Calibrations of intervals: of the fits and networks of this run, and those that came with the shipped networks."""
    return [f"{RESULTS}/answer/calibration.csv", *(f"{folder}/calibration.csv" for folder in shipped_models().values())]


def training_ranges(name):
    """Tables that say what of one measured set lies outside the training ranges of networks."""
    kinds = ["shipped"] * bool(shipped_models()) + ["training"] * config["answer"]["trained_networks"]
    return [f"{RESULTS}/answer/{name}/{kind}-range.csv" for kind in kinds]


def range_models():
    """Folder and training set of the networks of every model that gives concentrations, one folder for every set it learnt from."""
    folders = {
        (name, chosen): final_models(name, chosen)[0] for name in MODELS.quantifying for chosen in MODELS.training_sets(name)
    }
    for name in MODELS.quantifying:
        for folder in fold_models(name)[:1]:  # the networks of the other folds learnt from the same set
            folders.setdefault((name, config["training"]["folds_set"]), folder)
    return [(folder, training_set) for (_, training_set), folder in folders.items()]


def range_training():
    """Stores of the training sets by name."""
    return {name: spectra_store(name) for _, name in range_models()}


def answering_quantities(name):
    fits = expand(f"{RESULTS}/quantities/{{program}}-{name}.csv", program=PROGRAMS)
    networks = ["shipped"] * bool(shipped_models()) + ["networks"] * config["answer"]["trained_networks"]
    return [*fits, *(f"{RESULTS}/quantities/{kind}-measured.csv" for kind in networks)]


def answer_pictures(name):
    """PNG files by caption."""
    return {
        f"Quality of {name}": f"{RESULTS}/figures/figure-quality-{name}.png",
        FIT_CAPTION.format(name=name): f"{RESULTS}/figures/figure-fit-calibrated-{name}.png",
        f"Fits of {name} with the nominal basis, which a difference alone has too": f"{RESULTS}/figures/figure-fit-lcm-{name}.png",
        f"The basis that {name} asked for, and the nominal one": f"{RESULTS}/figures/figure-calibrated-basis-{name}.png",
    }


def answer_curves(name):
    """Stores with the curves of fits, the fit to go by first."""
    return expand(f"{RESULTS}/fits/{{program}}-{name}-curves.zarr", program=["calibrated", "lcm"])


def missing_methods():
    """Sentences on methods that cannot answer here."""
    return (
        [] if "lcmodel" in PROGRAMS else ["LCModel is not installed here, so it gives no answer (config: lcmodel.executable)."]
    )


def phantom_table():
    """The table of the study's series, if the config names one."""
    named = config.get("phantoms", {})
    return [named["table"]] if isinstance(named, dict) and "table" in named else []


def quality_tables():
    """Quality tables of the measured sets that this run reads."""
    return [path for path in TARGETS if str(path).endswith("-qc.csv")]


def drawn_figures():
    """Every figure that is built by default, as PNG, the quality pictures included."""
    return [str(path).removesuffix(".pdf") + ".png" for path in TARGETS if Path(str(path)).parent.name == "figures"]


def written_tables():
    """Every table that is built by default, as Markdown."""
    return [str(path) for path in TARGETS if Path(str(path)).parent.name == "tables" and Path(str(path)).suffix == ".md"]


def rule_shapes():
    """Patterns of the outputs and template of the benchmark file of every rule that makes something."""
    shapes = {}
    for known in workflow.rules:
        outputs = [regex_from_filepattern(str(output)) for output in known.output]
        shapes[known.name] = (outputs, strip_wildcard_constraints(str(known.benchmark)) if known.benchmark else None)
    return {name: shape for name, shape in shapes.items() if shape[0]}
