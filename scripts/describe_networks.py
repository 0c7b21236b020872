"""Layers and weights of the two networks whose structure the paper prints, at its size and at this run's."""

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job
from mrsgap.networks.inputs import Inputs
from mrsgap.networks.registry import layer_table
from mrsgap.select.study import with_choice

with job(snakemake.log[0]) as log:
    parts = []
    for name, model in snakemake.params.models.items():
        if name in snakemake.input.keys():
            model = with_choice(model, snakemake.input[name])
        inputs = Inputs(tuple(model["channels"]), metabolites=tuple(snakemake.params.metabolites))
        for size, hyper in {"published": {}, "this run": model.get("hyper", {})}.items():
            layers = layer_table(model["architecture"], hyper, inputs)
            parts.append(layers.assign(model=name, architecture=model["architecture"], size=size))
            log.info("%s, %s: %d parameters", name, size, layers["parameters"].sum())
    write_table(snakemake.output.layers, pd.concat(parts) if parts else pd.DataFrame(columns=["model", "architecture", "size"]))
