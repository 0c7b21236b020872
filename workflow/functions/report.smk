# What the rules of rules/report.smk ask for: inputs, parameters and paths worked out from the settings.

from mrsgap.publish.facts import design_facts

STUDY_TRAINING_ITEMS = 100_000  # spectra the study's final networks were trained on (paper.md 3.1)


def phantom_table():
    """The table of the study's series, if the config names one."""
    named = config.get("phantoms", {})
    return [named["table"]] if isinstance(named, dict) and "table" in named else []
