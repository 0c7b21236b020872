"""From a config as Snakemake merges it to checked, typed sections: the one place where a fault of it is noticed."""

from collections.abc import Mapping
from dataclasses import dataclass

from mrsgap.config.bases import Bases, Families
from mrsgap.config.models import Models, Studies
from mrsgap.config.shipped import Ablation, Shipped
from mrsgap.config.spectra import Datasets, Fits, MeasuredSets
from mrsgap.core.settings import check_settings


@dataclass(frozen=True)
class Sections:
    """Every section whose names other sections use."""

    bases: Bases
    families: Families
    datasets: Datasets
    measured: MeasuredSets
    fits: Fits
    studies: Studies
    models: Models
    shipped: Shipped
    ablation: Ablation


def read_sections(config: Mapping, schema: Mapping) -> Sections:
    """Check a config against its closed schema and its sections against each other; `InputError` names the faults."""
    check_settings(config, schema)
    bases = Bases.of(config)
    families = Families.of(config, bases)
    datasets = Datasets.of(config, bases)
    measured = MeasuredSets.of(config)
    fits = Fits.of(config, families, datasets, measured)
    studies = Studies.of(config, datasets)
    models, shipped = Models.of(config, datasets, studies), Shipped.of(config, families, datasets)
    return Sections(bases, families, datasets, measured, fits, studies, models, shipped, Ablation.of(config, shipped))


def in_order_of(defaults: Mapping, config: Mapping) -> dict:
    """The config with the entries of every section in the order of `defaults`, further ones last.

    An override names its entries first when Snakemake merges; tables and pictures keep the order of config.yaml.
    """
    ordered = dict(config)
    for section, entries in defaults.items():
        if isinstance(entries, Mapping) and isinstance(config[section], Mapping):
            first = {name: config[section][name] for name in entries if name in config[section]}
            ordered[section] = first | config[section]
    return ordered
