"""Tables 1 to 8, what the study is made of: phantoms (1), layers of the networks (2, 3), searches that chose them (4 to 8)."""

from collections.abc import Mapping, Sequence

import pandas as pd

from mrsgap.publish.facts import count_phantoms
from mrsgap.show.printed import MISSING, SYNTHETIC_NOTE, Table, with_uncertainty

UNIT = "_mmol_per_l"


def phantom_table(phantoms: pd.DataFrame, synthetic: bool, apart: list[str]) -> Table:
    """Series, medium, sampling, numbers of phantoms and spectra, and concentrations (mmol/l), from phantoms.csv.

    A metabolite that is the same in a whole series is given once, else as a range; every value is in the CSV. The series
    `apart` are not the paper's, and a note says so.
    """
    names = [name.removesuffix(UNIT) for name in phantoms.columns if name.endswith(UNIT)]
    rows = []
    for series, part in phantoms.groupby("series", sort=False):
        first = part.iloc[0]
        row = {"series": series, "medium": first["medium"], "spectral width (Hz)": f"{first['spectral_width_hz']:g}"}
        row |= {"phantoms": count_phantoms(part), "spectra": len(part)}
        row |= {f"{name} (mmol/l)": _values(part[f"{name}{UNIT}"]) for name in names}
        rows.append(row | {"concentrations": ", ".join(dict.fromkeys(part["concentrations"]))})
    ours = phantoms[~phantoms["series"].isin(apart)]
    notes = [f"{len(ours)} spectra of {count_phantoms(ours)} phantoms in {ours['series'].nunique()} series.",
             "Series that differ in their last letter are the same phantoms measured again.",
             "known: as far as published; chosen: the study's list is lost, the values are ours."]  # fmt: skip
    if len(ours) < len(phantoms):
        notes.append(f"{', '.join(apart)}: on the group's poster only, and in no error or test of the study.")
    return Table(
        "Table 1. Phantom compositions", phantoms, pd.DataFrame(rows), [*([SYNTHETIC_NOTE] if synthetic else []), *notes]
    )


def _values(values):
    distinct = sorted(values.dropna().unique())
    if not distinct:
        return "–"
    if len(distinct) <= 3:
        return ", ".join(f"{value:g}" for value in distinct)
    return f"{distinct[0]:g} to {distinct[-1]:g} ({len(distinct)} values)"


PARTS = ("stages", "encoder", "decoder", "dense", "quantifier", "out")  # in the order of the signal


def in_signal_order(layers: pd.DataFrame) -> pd.DataFrame:
    """Layers sorted by the part of the network they belong to; the order within a part is kept."""
    rank = layers["part"].map({part: place for place, part in enumerate(PARTS)}).fillna(len(PARTS))
    return layers.assign(rank=rank).sort_values("rank", kind="stable").drop(columns="rank")


def layers_table(layers: pd.DataFrame, architecture: str, name: str, number: int) -> Table:
    """Table 2 (CNN) or 3 (YAE): layer, kind, weights and parameters at the published size and at this run's."""
    mine = layers[layers["architecture"] == architecture]
    if mine.empty:
        note = f"No model of architecture `{architecture}` in this run (config: models)."
        return Table(f"Table {number}. Layers of {name}", mine, pd.DataFrame(columns=["layer", "kind"]), [note])
    first = mine[mine["model"] == mine["model"].iloc[0]]
    published, ours = (in_signal_order(first[first["size"] == size]).set_index("layer") for size in ("published", "this run"))
    order = list(dict.fromkeys([*published.index, *ours.index]))
    text = pd.DataFrame({
        "layer": order, "kind": [(published if layer in published.index else ours).loc[layer, "kind"] for layer in order],
        "published": [_layer_cell(published, layer, "weights") for layer in order],
        "parameters": [_layer_cell(published, layer, "parameters") for layer in order],
        "this run": [_layer_cell(ours, layer, "weights") for layer in order],
        "parameters, this run": [_layer_cell(ours, layer, "parameters") for layer in order],
    })  # fmt: skip
    totals = f"Parameters: {published['parameters'].sum():,} published, {ours['parameters'].sum():,} in this run."
    notes = [totals, "Kernels are width × inputs × outputs, or inputs × outputs; batch statistics count."]
    return Table(f"Table {number}. Layers of {name}", first, text, notes)


def published_parameters(layers: pd.DataFrame) -> dict[str, float]:
    """Facts for the verdicts: parameters at published size, layers of FCNN, the autoencoder's depths and width."""
    published = layers[layers["size"] == "published"]
    counts = published.groupby(["architecture", "model"])["parameters"].sum()
    facts = {f"{architecture}_parameters": float(count) for (architecture, _), count in counts.items()}
    weighted = published[published["kind"].isin(["Convolution", "Linear"])]
    facts |= {f"{name}_layers": float(len(rows)) for name, rows in weighted.groupby("architecture") if name == "fcnn"}
    autoencoder = published[(published["architecture"] == "yae") & (published["kind"] == "Linear")]
    facts |= {f"yae_{part}_layers": float(len(rows)) for part, rows in autoencoder.groupby("part")}
    widths = autoencoder.loc[autoencoder["part"] == "quantifier", "weights"].str.extract(r"bias (\d+)")[0]
    return facts | ({"yae_quantifier_width": float(widths.iloc[0])} if len(widths) else {})


def _layer_cell(layers, layer, column):
    if layer not in layers.index:
        return "–"
    value = layers.loc[layer, column]
    return value if isinstance(value, str) else f"{value:,}"


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
    notes = [
        "Each fold is judged once, by a network that saw none of it: training stops by a share of the other folds.",
        "Not separable: two-sided Mann-Whitney U test over the folds against the best, p ≥ 0.05, uncorrected.",
    ]
    return Table(title, pd.DataFrame(numbers), pd.DataFrame(text, columns=MODEL_COLUMNS), notes)
