"""One training job: from a data set, its bases and settings to networks of one architecture and all that made them."""

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
import xarray as xr

from mrsgap.core.acquisition import PROTOCOL, Acquisition
from mrsgap.core.provenance import versions
from mrsgap.core.store import read_dataset
from mrsgap.learn.fit import Trained, train
from mrsgap.learn.members import Member
from mrsgap.learn.model import encoder_weights, read_model, write_model
from mrsgap.learn.settings import Settings
from mrsgap.networks.inputs import Inputs
from mrsgap.networks.traits import traits
from mrsgap.spectra.examples import training_examples, windowed_basis
from mrsgap.spectra.imperfections import read_recipe
from mrsgap.spectra.mix import make_pool
from mrsgap.spectra.render import Examples, make_renderer
from mrsgap.spectra.window import make_window

log = logging.getLogger("mrsgap")


class Prepared(NamedTuple):
    """What a network learns from, what it is built from, and how both came to be (for `model.json`)."""

    examples: Examples
    inputs: Inputs
    about: dict


def read_training(spectra, bases: dict, settings: dict) -> tuple[Prepared, dict[str, xr.Dataset]]:
    """Everything that the stores `spectra` and `bases` (name -> path) give a training job, and the bases in memory."""
    loaded = {name: read_dataset(path, "fid").load() for name, path in bases.items()}
    return prepare(read_dataset(spectra, "fid", "truth"), loaded, settings), loaded


def prepare(spectra: xr.Dataset, bases: dict[str, xr.Dataset], settings: dict) -> Prepared:
    """Examples of a simulated data set by `settings` (architecture, window, channels, normalisation).

    An architecture that reconstructs gets noise-free twins, one that fits a basis the first of `bases` through the window.
    """
    kind, pool, first = traits(settings["architecture"]), make_pool(bases), next(iter(bases.values()))
    window, channels = make_window(settings["window"], first), tuple(settings["channels"])
    acquisition = Acquisition.from_attributes(first.attrs)
    inputs = Inputs(
        channels=channels,
        points=window.points,
        metabolites=pool.metabolites,
        normalisation=settings["normalisation"],
        bin_hz=window.step_ppm * acquisition.larmor_mhz,
        basis=windowed_basis(first, window, settings["window"]["reference_linewidth_hz"]) if kind.fits_basis else None,
    )
    protocol = {name: float(first.attrs[name]) for name in PROTOCOL if name in first.attrs}
    about = {"basis": "+".join(bases), "window": asdict(window), "acquisition": acquisition.as_attributes() | protocol}
    examples = training_examples(spectra, pool, window, channels, settings["normalisation"], clean=kind.reconstructs)
    return Prepared(examples, inputs, about)


def fresh_examples(bases: dict[str, xr.Dataset], settings: dict, dataset: dict) -> Callable:
    """`render(key, n)` for training on items never seen twice, drawn as `dataset` is (its imperfections written out)."""
    window = make_window(settings["window"], next(iter(bases.values())))
    recipe = read_recipe(dataset["imperfections"], "config: imperfections")
    return make_renderer(
        make_pool(bases), recipe, dataset["concentrations"], window, tuple(settings["channels"]), settings["normalisation"],
        clean=traits(settings["architecture"]).reconstructs,
    )  # fmt: skip


def train_and_write(
    folder, settings: dict, inputs: Inputs, examples: Examples, runs: list[Member], about: dict, *, checkpoints, render=None
) -> Trained:
    """Train `runs` by `settings` (architecture, hyper, training, optionally encoder_from) and write them to `folder`.

    State is kept under `checkpoints` until then, under a name made from everything that determines the result, so that a
    killed job goes on where it was and a changed one starts anew.
    """
    architecture, hyper = settings["architecture"], settings["hyper"]
    digest = task_digest(settings, examples, runs, about)
    place = Path(checkpoints) / digest
    encoder = encoder_weights(read_model(settings["encoder_from"])) if settings.get("encoder_from") else None
    log.info("%s: input %s, %d runs, checkpoints %s", architecture, examples.inputs.shape, len(runs), place)
    chosen = Settings.of(settings["training"])
    trained = train(
        architecture, hyper, inputs, examples, runs, chosen, render=render, checkpoint=place, encoder=encoder
    )  # fmt: skip
    made = {"training": settings["training"], "digest": digest, "versions": versions()}
    write_model(folder, trained, architecture, hyper, inputs, about | made)
    for path in place.parent.glob(f"{digest}-*.msgpack"):
        path.unlink()
    log.info("wrote %s: held-out %s after epochs %s", folder, trained.scores.round(5), trained.best_epochs)
    return trained


def task_digest(settings: dict, examples: Examples, runs: list[Member], about: dict) -> str:
    """Sixteen hexadecimal digits over settings, code, data and splits."""
    whole = hashlib.sha256(json.dumps([settings, about], sort_keys=True, default=str).encode())
    for values in examples:
        if values is not None:
            whole.update(np.ascontiguousarray(values))
    for run in runs:
        whole.update(f"{run.name} {run.training.tolist()} {run.held_out.tolist()}".encode())
    return whole.hexdigest()[:16]
