"""Tables 2 and 3, and what Figure 2 draws: layers of the study's networks, published size beside this run's."""

import pandas as pd

from mrsgap.show.printed import Table

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
        "published": [_cell(published, layer, "weights") for layer in order],
        "parameters": [_cell(published, layer, "parameters") for layer in order],
        "this run": [_cell(ours, layer, "weights") for layer in order],
        "parameters, this run": [_cell(ours, layer, "parameters") for layer in order],
    })  # fmt: skip
    totals = f"Parameters: {published['parameters'].sum():,} published, {ours['parameters'].sum():,} in this run."
    notes = [totals, "Kernels are width × inputs × outputs, or inputs × outputs; batch statistics count."]
    return Table(f"Table {number}. Layers of {name}", first, text, notes)


def published_parameters(layers: pd.DataFrame) -> dict[str, float]:
    """Facts for the verdicts: parameters of each architecture at its published size, and the autoencoder's depths and width."""
    published = layers[layers["size"] == "published"]
    counts = published.groupby(["architecture", "model"])["parameters"].sum()
    facts = {f"{architecture}_parameters": float(count) for (architecture, _), count in counts.items()}
    autoencoder = published[(published["architecture"] == "yae") & (published["kind"] == "Linear")]
    facts |= {f"yae_{part}_layers": float(len(rows)) for part, rows in autoencoder.groupby("part")}
    widths = autoencoder.loc[autoencoder["part"] == "quantifier", "weights"].str.extract(r"bias (\d+)")[0]
    return facts | ({"yae_quantifier_width": float(widths.iloc[0])} if len(widths) else {})


def _cell(layers, layer, column):
    if layer not in layers.index:
        return "–"
    value = layers.loc[layer, column]
    return value if isinstance(value, str) else f"{value:,}"
