"""Tables 4 to 8: what each selection study searches, what the paper chose, and what this run chose."""

from collections.abc import Mapping, Sequence

import pandas as pd

from mrsgap.show.printed import MISSING, Table, with_uncertainty

TITLES = ["Table 4. Search space of the CNN", "Table 5. Search space of the autoencoder (stage 1)",
          "Table 6. Search space of the quantifier on a frozen encoder (stage 2)",
          "Table 7. Search space of the YAE (stage 3)"]  # fmt: skip
MODELS_TITLE = "Table 8. Selected models"
SPACE_COLUMNS = ["study", "decides", "parameter", "options", "paper", "selected"]
MODEL_COLUMNS = ["study", "selected", "validation MAE ± SD over folds", "folds", "trials", "not separable from best"]


def selection_tables(
    tables: Mapping[str, Sequence[str]],
    studies: Mapping[str, Sequence],
    published: Mapping[str, Mapping],
    choices: Mapping[str, Mapping],
) -> dict[str, Table]:
    """Tables 4 to 8 by file name: `tables` maps the names, in this order, to the studies each shows; the last has the models.

    `studies`, `published`, `choices`: as `space_table` and `model_table` take them; a study that the config lacks is left out.
    """
    *spaces, models = tables
    written = {}
    for title, name in zip(TITLES, spaces):
        shown = {study: studies[study] for study in tables[name] if study in studies}
        written[name] = space_table(title, shown, published, choices)
    return written | {models: model_table(MODELS_TITLE, choices)}


def space_table(title: str, studies: Mapping[str, Sequence], published: Mapping[str, Mapping], choices: Mapping) -> Table:
    """One row per option of each study.

    `studies` maps a name to its options (each with group, name, values); `published` to the paper's value by option; `choices`
    to what `choose_model` wrote. Studies without a choice are listed and said not to have run.
    """
    rows, notes = [], []
    for study, options in studies.items():
        chosen = choices.get(study, {}).get("options", {})
        for option in options:
            paper = published.get(study, {}).get(option.name, "")
            rows.append([study, option.group, option.name, ", ".join(option.values), paper, chosen.get(option.name, "")])
        size = pd.Series([len(option.values) for option in options]).prod()
        note = "" if study in choices else "; not carried out at this scale"
        notes.append(f"{study}: {size:,} configurations{note}.")
    table = pd.DataFrame(rows, columns=SPACE_COLUMNS)
    return Table(title, table, table.replace("", MISSING), [*notes, "An empty cell of `paper` is a value its text has lost."])


def model_table(title: str, choices: Mapping[str, Mapping]) -> Table:
    """One row per study that ran: its chosen options with the evidence."""
    numbers, text = [], []
    for study, choice in choices.items():
        options = ", ".join(f"{name} {value}" for name, value in choice["options"].items())
        tied = choice["not_separable_from_best"]
        sd = float("nan") if choice["mae_sd"] is None else choice["mae_sd"]
        numbers.append({"study": study, **{key: choice[key] for key in ("mae_mean", "mae_sd", "folds", "trials")},
                        "not_separable_from_best": tied, **choice["options"]})  # fmt: skip
        shown = with_uncertainty(choice["mae_mean"], sd)
        text.append([study, options, shown, choice["folds"], choice["trials"], MISSING if tied is None else tied])
    notes = ["Not separable: two-sided Mann-Whitney U test over the folds against the best, p ≥ 0.05, uncorrected."]
    return Table(title, pd.DataFrame(numbers), pd.DataFrame(text, columns=MODEL_COLUMNS), notes)
