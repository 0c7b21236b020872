# Model selection: a static graph of (study, round, part of a round); hyper-parameters live in files.


wildcard_constraints:
    study="|".join(STUDIES.names),
    round=r"\d+",
    part=r"\d+",


use rule step as propose_trials with:
    input:
        scores=lambda wildcards: score_files(wildcards.study, int(wildcards.round)),
        after=lambda wildcards: choices(STUDIES.before(wildcards.study)),
        encoder=lambda wildcards: choices(STUDIES.built_on(wildcards.study)),
    output:
        trials=f"{SELECT}/{{study}}/round-{{round}}/trials.json",
    pathvars:
        job="propose_trials/{study}-{round}",
    params:
        **runs("propose_trials"),
        settings=lambda wildcards: STUDIES.settings(wildcards.study),
        first=lambda wildcards: sum(STUDIES.round_sizes(wildcards.study)[: int(wildcards.round)]),
        trials=lambda wildcards: STUDIES.round_sizes(wildcards.study)[int(wildcards.round)],
        seed=config["seed"],


use rule step as train_trials with:
    input:
        trials=f"{SELECT}/{{study}}/round-{{round}}/trials.json",
        spectra=spectra_store(STUDIES.dataset),
        folds=f"{RESULTS}/spectra/{STUDIES.dataset}-folds.csv",
        bases=dataset_bases(STUDIES.dataset),
    output:
        scores=f"{SELECT}/{{study}}/round-{{round}}/scores-{{part}}.csv",
    pathvars:
        job="train_trials/{study}-{round}-{part}",
    resources:
        gpu=1,
    params:
        **runs("train_trials"),
        store=f"{SELECT}/trials",
        trials_per_job=lambda wildcards: STUDIES[wildcards.study]["trials_per_job"],
        bases=DATASETS.bases(STUDIES.dataset),
        window=config["window"],
        held_out_fraction=config["training"]["held_out_fraction"],
        seed=config["seed"],


use rule step as choose_model with:
    input:
        scores=lambda wildcards: score_files(wildcards.study),
        encoder=lambda wildcards: choices(STUDIES.built_on(wildcards.study)),
    output:
        choice=f"{SELECT}/{{study}}/choice.json",
        ranking=f"{SELECT}/{{study}}/ranking.csv",
        scores=f"{SELECT}/{{study}}/scores.csv",
    pathvars:
        job="choose_model/{study}",
    params:
        **runs("choose_model"),
        settings=lambda wildcards: STUDIES.settings(wildcards.study),


use rule step as replay_selection with:
    input:
        scores=f"{SELECT}/{STUDIES.shown}/scores.csv",
    output:
        runs=f"{SELECT}/replay/runs.csv",
        summary=f"{SELECT}/replay/summary.csv",
    pathvars:
        job="replay_selection",
    params:
        **runs("replay_selection"),
        study=STUDIES.shown,
        space=STUDIES[STUDIES.shown]["space"],
        replay=config["selection"]["replay"],
        seed=config["seed"],


use rule step as figure_03_05 with:
    input:
        ranking=f"{SELECT}/{STUDIES.shown}/ranking.csv",
        scores=f"{SELECT}/{STUDIES.shown}/scores.csv",
        runs=f"{SELECT}/replay/runs.csv",
    output:
        ranking=list(figure_outputs("figure-03-ranking").values()),
        search=list(figure_outputs("figure-04-search").values()),
        sensitivity=list(figure_outputs("figure-05-sensitivity").values()),
    pathvars:
        job="figure_03_05",
    params:
        **runs("figure_03_05"),
        study=STUDIES.shown,
        space=STUDIES[STUDIES.shown]["space"],


SELECTION_TABLES = {
    "table-04-cnn-space": ["cnn-grid", "cnn-gp", "cnn-halving"],
    "table-05-autoencoder-space": ["yae-stage-1"],
    "table-06-quantifier-space": ["yae-stage-2"],
    "table-07-yae-space": ["yae-stage-3", "yae-grid-narrow", "yae-gp-narrow"],
    "table-08-selected-models": STUDIES.names,
}


use rule step as table_04_08 with:
    input:
        choices=choices(STUDIES.run),
    output:
        [path for name in SELECTION_TABLES for path in table_outputs(name).values()],
    pathvars:
        job="table_04_08",
    params:
        **runs("table_04_08"),
        tables=SELECTION_TABLES,
        studies={name: {key: spec.get(key, {}) for key in ("space", "published")} for name, spec in config["studies"].items()},


if STUDIES.run:
    TARGETS += rules.figure_03_05.output.ranking[:1] + rules.figure_03_05.output.search[:1]
    TARGETS += rules.figure_03_05.output.sensitivity[:1]
    TARGETS += choices(STUDIES.run) + [f"{SELECT}/replay/summary.csv"]
    TARGETS += [f"{RESULTS}/tables/{table}.csv" for table in SELECTION_TABLES]
    LOOK_FIRST += [f"{RESULTS}/figures/figure-03-ranking.png"]
