# Model selection: a static graph of (study, round, part of a round); hyper-parameters live in files.


wildcard_constraints:
    study="|".join(STUDIES.names),
    round=r"\d+",
    part=r"\d+",


rule propose_trials:
    input:
        scores=lambda wildcards: score_files(wildcards.study, int(wildcards.round)),
        after=lambda wildcards: choices(STUDIES.before(wildcards.study)),
        encoder=lambda wildcards: choices(STUDIES.built_on(wildcards.study)),
    output:
        trials=f"{SELECT}/{{study}}/round-{{round}}/trials.json",
    log:
        f"{RESULTS}/logs/propose_trials/{{study}}-{{round}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/propose_trials/{{study}}-{{round}}.tsv"
    conda:
        ENVIRONMENT
    params:
        settings=lambda wildcards: STUDIES.settings(wildcards.study),
        first=lambda wildcards: sum(STUDIES.round_sizes(wildcards.study)[: int(wildcards.round)]),
        trials=lambda wildcards: STUDIES.round_sizes(wildcards.study)[int(wildcards.round)],
        seed=config["seed"],
        code=code("propose_trials"),
    script:
        "../../scripts/propose_trials.py"


rule train_trials:
    input:
        trials=f"{SELECT}/{{study}}/round-{{round}}/trials.json",
        spectra=spectra_store(STUDIES.dataset),
        folds=f"{RESULTS}/spectra/{STUDIES.dataset}-folds.csv",
        bases=dataset_bases(STUDIES.dataset),
    output:
        scores=f"{SELECT}/{{study}}/round-{{round}}/scores-{{part}}.csv",
    log:
        f"{RESULTS}/logs/train_trials/{{study}}-{{round}}-{{part}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/train_trials/{{study}}-{{round}}-{{part}}.tsv"
    conda:
        ENVIRONMENT
    resources:
        gpu=1,
    params:
        store=f"{SELECT}/trials",
        trials_per_job=lambda wildcards: STUDIES[wildcards.study]["trials_per_job"],
        bases=DATASETS.bases(STUDIES.dataset),
        window=config["window"],
        seed=config["seed"],
        code=code("train_trials"),
    script:
        "../../scripts/train_trials.py"


rule choose_model:
    input:
        scores=lambda wildcards: score_files(wildcards.study),
        encoder=lambda wildcards: choices(STUDIES.built_on(wildcards.study)),
    output:
        choice=f"{SELECT}/{{study}}/hyper.json",
        ranking=f"{SELECT}/{{study}}/ranking.csv",
        scores=f"{SELECT}/{{study}}/scores.csv",
    log:
        f"{RESULTS}/logs/choose_model/{{study}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/choose_model/{{study}}.tsv"
    conda:
        ENVIRONMENT
    params:
        settings=lambda wildcards: STUDIES.settings(wildcards.study),
        code=code("choose_model"),
    script:
        "../../scripts/choose_model.py"


rule replay_selection:
    input:
        scores=f"{SELECT}/{STUDIES.shown}/scores.csv",
    output:
        runs=f"{SELECT}/replay/runs.csv",
        summary=f"{SELECT}/replay/summary.csv",
    log:
        f"{RESULTS}/logs/replay_selection.log",
    benchmark:
        f"{RESULTS}/benchmarks/replay_selection.tsv"
    conda:
        ENVIRONMENT
    params:
        study=STUDIES.shown,
        space=STUDIES[STUDIES.shown]["space"],
        replay=config["selection"]["replay"],
        seed=config["seed"],
        code=code("replay_selection"),
    script:
        "../../scripts/replay_selection.py"


rule figure_03_05:
    input:
        ranking=f"{SELECT}/{STUDIES.shown}/ranking.csv",
        scores=f"{SELECT}/{STUDIES.shown}/scores.csv",
        runs=f"{SELECT}/replay/runs.csv",
    output:
        ranking=list(figure_outputs("figure-03-ranking").values()),
        search=list(figure_outputs("figure-04-search").values()),
        sensitivity=list(figure_outputs("figure-05-sensitivity").values()),
    log:
        f"{RESULTS}/logs/figure_03_05.log",
    benchmark:
        f"{RESULTS}/benchmarks/figure_03_05.tsv"
    conda:
        ENVIRONMENT
    params:
        study=STUDIES.shown,
        space=STUDIES[STUDIES.shown]["space"],
        code=code("figure_03_05"),
    script:
        "../../scripts/figure_03_05.py"


SELECTION_TABLES = {
    "table-04-cnn-space": ["cnn-grid", "cnn-gp"],
    "table-05-autoencoder-space": ["yae-stage-1"],
    "table-06-quantifier-space": ["yae-stage-2"],
    "table-07-yae-space": ["yae-stage-3", "yae-grid-narrow", "yae-gp-narrow"],
    "table-08-selected-models": STUDIES.names,
}


rule table_04_08:
    input:
        choices=choices(STUDIES.run),
    output:
        [path for name in SELECTION_TABLES for path in table_outputs(name).values()],
    log:
        f"{RESULTS}/logs/table_04_08.log",
    benchmark:
        f"{RESULTS}/benchmarks/table_04_08.tsv"
    conda:
        ENVIRONMENT
    params:
        tables=SELECTION_TABLES,
        studies={name: {key: spec.get(key, {}) for key in ("space", "published")} for name, spec in config["studies"].items()},
        code=code("table_04_08"),
    script:
        "../../scripts/table_04_08.py"


if STUDIES.run:
    TARGETS += rules.figure_03_05.output.ranking[:1] + rules.figure_03_05.output.search[:1]
    TARGETS += rules.figure_03_05.output.sensitivity[:1]
    TARGETS += choices(STUDIES.run) + [f"{SELECT}/replay/summary.csv"]
    TARGETS += [f"{RESULTS}/tables/{table}.csv" for table in SELECTION_TABLES]
    LOOK_FIRST += [f"{RESULTS}/figures/figure-03-ranking.png"]
