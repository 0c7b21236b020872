"""Train the network that ships: on every scanner of a family but those held out, over a range of fields and editing
frequencies.

    network = train_on_family(folder, family.training, family.held, settings, about, seed=1, checkpoints="checkpoints",
    threads=2)

`family` is a `basis.family.Family`, `settings` what `config.shipped` gives.
"""

import dataclasses

import jax
import numpy as np

from mrsgap.basis.family import Family
from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.job import log
from mrsgap.core.keys import named_key
from mrsgap.learn.members import Member
from mrsgap.learn.model import Model, read_model
from mrsgap.learn.stock import CHANNELS, CHUNK, Stock, compact_renderer, compact_spoiler
from mrsgap.learn.task import train_and_write
from mrsgap.networks.inputs import Inputs
from mrsgap.networks.traits import traits
from mrsgap.spectra.compact import make_compact
from mrsgap.spectra.imperfections import read_recipe
from mrsgap.spectra.members import pool_of_members
from mrsgap.spectra.mix import Pool
from mrsgap.spectra.render import Examples


def members_pool(members: Family, settings: dict) -> Pool:
    """Members of a family side by side on the samples on which spectra are rendered."""
    acquisitions = [members.acquisition_of(name) for name in members.members]
    return pool_of_members(members.fids, members.members, members.metabolites, acquisitions, Acquisition(**settings["grid"]))


def train_on_family(
    folder, training: Family, held_out: Family, settings: dict, about: dict, *, seed: int, checkpoints, threads: int
) -> Model:
    """Train one network by `settings` and write it to `folder`; the trained network.

    It learns spectra of the members `training` and is followed by `watched` spectra of the members `held_out`. Raises
    `InputError` for channels other than those in which spectra are kept, and as training does.
    """
    if tuple(settings["channels"]) != CHANNELS:
        raise InputError(f"a network on the compact input sees {', '.join(CHANNELS)}", where="config: shipped.<name>.channels")
    training, held_out = members_pool(training, settings), members_pool(held_out, settings)
    key, compact = named_key(seed, "shipped", about["method"]), make_compact(settings["compact"])
    watched = held_out_examples(held_out, settings, settings["imperfections"], settings["watched"], jax.random.fold_in(key, 0))
    if not traits(settings["architecture"]).reconstructs:
        watched = watched._replace(clean=None)
    render = _renderer(training, settings, settings["imperfections"])
    spoil = compact_spoiler(compact, CHANNELS)
    items = settings["items"]
    stock = Stock(render, spoil, jax.random.fold_in(key, 1), items, settings["passes"], watched, threads)
    inputs = Inputs(
        CHANNELS, compact.points, training.metabolites, settings["normalisation"],
        compact.step_ppm * training.acquisition.larmor_mhz,
    )  # fmt: skip
    member = Member("seed 0", jax.random.fold_in(key, 2), np.arange(items), np.arange(items, items + len(watched.inputs)))
    made = about | {"window": dataclasses.asdict(compact), "acquisition": settings["answers_for"]}
    log.info("%d members to learn from, %d held out", len(training.names), len(held_out.names))
    train_and_write(folder, settings, inputs, stock.at(0), [member], made, checkpoints=checkpoints, stock=stock)
    return read_model(folder)


def held_out_examples(pool: Pool, settings: dict, imperfections: dict, items: int, key) -> Examples:
    """Spectra of a pool as the network sees them, with noise-free twins and normalised concentrations; in whole chunks."""
    render, spoil = (
        _renderer(pool, settings, imperfections),
        jax.jit(compact_spoiler(make_compact(settings["compact"]), CHANNELS)),
    )
    parts = []
    for chunk in range(-(-items // CHUNK)):
        clean = render(jax.random.fold_in(key, 2 * chunk), CHUNK)
        parts.append(jax.device_get(spoil(jax.random.fold_in(key, 2 * chunk + 1), clean)))
    inputs, concentrations, clean = (np.concatenate(values) for values in zip(*(part[:3] for part in parts)))
    return Examples(inputs, concentrations, clean, np.zeros(len(inputs), np.float32))


def _renderer(pool: Pool, settings: dict, imperfections: dict):
    recipe = read_recipe(imperfections, "config: imperfections")
    return compact_renderer(
        pool, recipe, settings["concentrations"], make_compact(settings["compact"]), settings["normalisation"]
    )
