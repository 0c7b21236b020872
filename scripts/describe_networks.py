"""Layers and weights of the two networks whose structure the paper prints, at its size and at this run's."""

from collections.abc import Mapping, Sequence

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log
from mrsgap.networks.inputs import Inputs
from mrsgap.networks.registry import layer_table
from mrsgap.select.study import with_choice


def main(
    choices: Mapping[str, Sequence[str]], layers: str, *, models: Mapping[str, Mapping], metabolites: Sequence[str]
) -> None:
    """Write `layers` (CSV) of `models` (name -> architecture, channels, hyper), with what `choices` (name -> [JSON]) settle."""
    parts = []
    for name, model in models.items():
        if name in choices:
            model = with_choice(model, choices[name][0])
        inputs = Inputs(tuple(model["channels"]), metabolites=tuple(metabolites))
        for size, hyper in {"published": {}, "this run": model.get("hyper", {})}.items():
            table = layer_table(model["architecture"], hyper, inputs)
            parts.append(table.assign(model=name, architecture=model["architecture"], size=size))
            log.info("%s, %s: %d parameters", name, size, table["parameters"].sum())
    write_table(layers, pd.concat(parts) if parts else pd.DataFrame(columns=["model", "architecture", "size"]))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            dict(snakemake.input.items()),
            snakemake.output.layers,
            models=snakemake.params.models,
            metabolites=snakemake.params.metabolites,
        )
