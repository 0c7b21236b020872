# What the rules of rules/select.smk ask for: inputs, parameters and paths worked out from the settings.


def checked_studies():
    """Every listed study, checked before any job starts."""
    for key, names in (("run", SELECTION["run"]), ("shown", [SELECTION["shown"]])):
        for name in set(names) - set(config["studies"]):
            raise WorkflowError(
                f"`selection.{key}` names the unknown study `{name}`. Known are {', '.join(config['studies'])}."
            )
    if SELECTION["run"] and SELECTION["shown"] not in SELECTION["run"]:
        raise WorkflowError(f"`selection.shown` is `{SELECTION['shown']}`, which `selection.run` does not carry out.")
    if SELECTION["dataset"] not in config["datasets"]:
        known = ", ".join(config["datasets"])
        raise WorkflowError(f"`selection.dataset` names the unknown `{SELECTION['dataset']}`. Known are {known}.")
    studies = {}
    for name, spec in config["studies"].items():
        try:
            studies[name] = read_study(name, spec)
        except InputError as error:
            raise WorkflowError(str(error))
        for other in {*spec.get("after", []), *([spec["builds_on"]] if "builds_on" in spec else [])}:
            if name in SELECTION["run"] and other not in SELECTION["run"]:
                raise WorkflowError(f"study `{name}` needs `{other}`, which `selection.run` does not carry out.")
    return studies


def round_sizes(study):
    spec = config["studies"][study]
    return rounds(STUDIES[study].space, spec["trials_per_round"], spec["rounds"])


def score_files(study, before=None):
    """Score tables of the study's rounds (those before the round `before`), round by round."""
    jobs = lambda count: -(-count // config["studies"][study]["trials_per_job"])
    sizes = round_sizes(study)[:before]
    return [f"{SELECT}/{study}/round-{r}/scores-{p}.csv" for r, count in enumerate(sizes) for p in range(jobs(count))]


def study_settings(wildcards):
    """What proposals and choices depend on; the number of rounds is left out, so that more rounds keep the finished ones."""
    spec = config["studies"][wildcards.study]
    return {key: spec[key] for key in ("architecture", "backend", "strategies", "initial", "fixed", "space")}


def studies_before(wildcards):
    spec = config["studies"][wildcards.study]
    return [f"{SELECT}/{other}/hyper.json" for other in spec.get("after", [])]


def encoder_choice(wildcards):
    spec = config["studies"][wildcards.study]
    return [f"{SELECT}/{spec['builds_on']}/hyper.json"] if "builds_on" in spec else []
