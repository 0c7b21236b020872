# What the rules of rules/report.smk ask for: inputs, parameters and paths worked out from the settings.

from mrsgap.publish.facts import design_facts

STUDY_TRAINING_ITEMS = 100_000  # spectra the study's final networks were trained on (paper.md 3.1)


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
