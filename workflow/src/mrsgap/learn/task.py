"""One training job: data, bases and settings made into networks of one architecture, or into a trial's held-out errors."""

import functools
import hashlib
import json
import logging
import operator
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import jax
import numpy as np
import xarray as xr
from flax import nnx

from mrsgap.core.acquisition import PROTOCOL, Acquisition
from mrsgap.core.provenance import versions
from mrsgap.core.store import read_dataset
from mrsgap.learn.fit import Trained, train
from mrsgap.learn.members import Member, fold_members
from mrsgap.learn.model import encoder_weights, predict, read_model, reconstruct, write_model
from mrsgap.learn.settings import Settings
from mrsgap.networks.inputs import Inputs
from mrsgap.networks.traits import traits
from mrsgap.quantities.normalise import normalise_concentrations
from mrsgap.spectra.examples import training_examples, windowed_basis
from mrsgap.spectra.imperfections import read_recipe
from mrsgap.spectra.mix import make_pool
from mrsgap.spectra.render import Examples, make_renderer
from mrsgap.spectra.window import make_window

log = logging.getLogger("mrsgap")

# Networks that learn sum- or max-normalised concentrations are compared on one scale, the study's in evaluation (study.md 4).
JUDGED_BY = "max"


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
    about["lineage"] = [lineage(spectra), *(lineage(basis) for basis in bases.values())]
    examples = training_examples(spectra, pool, window, channels, settings["normalisation"], clean=kind.reconstructs)
    return Prepared(examples, inputs, about)


def fresh_examples(bases: dict[str, xr.Dataset], settings: dict, spectra) -> Callable:
    """`render(key, n)` for training on items never seen twice, drawn as those of the store `spectra` were."""
    dataset = json.loads(read_dataset(spectra).attrs["settings"])  # with every law, also of noise estimated from recordings
    window = make_window(settings["window"], next(iter(bases.values())))
    recipe = read_recipe(dataset["imperfections"], "config: imperfections")
    return make_renderer(
        make_pool(bases), recipe, dataset["concentrations"], window, tuple(settings["channels"]), settings["normalisation"],
        clean=traits(settings["architecture"]).reconstructs,
    )  # fmt: skip


def train_and_write(
    folder, settings: dict, inputs: Inputs, examples: Examples, runs: list[Member], about: dict, *, checkpoints, render=None,
    stock=None,
) -> Trained:  # fmt: skip
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
        architecture, hyper, inputs, examples, runs, chosen, render=render, stock=stock, checkpoint=place, encoder=encoder
    )  # fmt: skip
    judged = split_errors(architecture, hyper, inputs, trained, examples, runs)
    made = {"training": settings["training"], "digest": digest, "versions": versions()} | judged
    write_model(folder, trained, architecture, hyper, inputs, about | made)
    for path in place.parent.glob(f"{digest}-*.msgpack"):
        path.unlink()
    log.info("wrote %s: held-out %s after epochs %s", folder, trained.scores.round(5), trained.best_epochs)
    return trained


def split_errors(
    architecture: str, hyper: dict, inputs: Inputs, trained: Trained, examples: Examples, runs: list[Member]
) -> dict[str, list[float]]:
    """Mean absolute error of each run's max-normalised concentrations on items it learnt from, as many as it was stopped by,
    and on those: `training_mae` and `held_out_mae`, (run,). Both without dropout, unlike the training's own record.

    Empty for a network that gives no concentrations.
    """
    if not traits(architecture).quantifies:
        return {}
    errors = {"training_mae": [], "held_out_mae": []}
    for place, run in enumerate(runs):
        single = jax.tree.map(operator.itemgetter(slice(place, place + 1)), trained.state)
        for name, items in zip(errors, (run.training[: len(run.held_out)], run.held_out)):
            estimates = predict(architecture, hyper, inputs, single, examples.inputs[items])[0]
            errors[name].append(float(_max_normalised_error(estimates, examples.concentrations[items]).mean()))
    return errors


def _max_normalised_error(estimates, truth):
    """Mean absolute difference over the last axis, both divided by their largest.

    ASSUME: an item whose estimates are all without a positive one is judged as if it had been read as zeros.
    """
    difference = np.nan_to_num(normalise_concentrations(estimates, JUDGED_BY)) - normalise_concentrations(truth, JUDGED_BY)
    return np.abs(difference).mean(axis=-1)


def lineage(dataset: xr.Dataset) -> dict | None:
    """By what a simulated store was made: its attributes, the digest of the code and the seed; None where it does not say.

    The same lineage gives the same store up to rounding, whatever the processor.
    """
    record = json.loads(dataset.attrs.get("provenance", "{}"))
    if "code" not in record:
        return None
    plain = {name: value for name, value in dataset.attrs.items() if name != "provenance"}
    return json.loads(json.dumps({"attributes": plain, "code": record["code"], "seed": record.get("seed")}, default=str))


def task_digest(settings: dict, examples: Examples, runs: list[Member], about: dict) -> str:
    """Sixteen hexadecimal digits over settings, code, versions, data and splits, but not over the machine.

    A job that was stopped goes on on another machine, where the same spectra differ by rounding: they count by their lineage
    and concentrations. Data that do not say how they were made count to the last bit.
    """
    record = {
        key: value for key, value in json.loads(about.get("provenance", "{}")).items() if key in ("code", "seed", "versions")
    }
    plain = {key: value for key, value in about.items() if key not in ("device", "provenance")}
    whole = hashlib.sha256(json.dumps([settings, plain, record], sort_keys=True, default=str).encode())
    known = about.get("lineage") and None not in about["lineage"]
    for values in [examples.concentrations] if known else examples:
        if values is not None:
            whole.update(np.ascontiguousarray(values))
    for run in runs:
        whole.update(f"{run.name} {run.training.tolist()} {run.held_out.tolist()}".encode())
    return whole.hexdigest()[:16]


class TrialTrainer:
    """Calls `train(settings)` of a study: all folds of one trial, each judged once by networks that never saw it.

    Training is stopped by `held_out_fraction` of the other folds' items. `settings` are a trial's (architecture, data, hyper,
    training). Under `pretraining` they may hold those of an autoencoder,
    which is trained on each fold's own training items, so that nothing held out leaks in, and lends its frozen encoder.
    `spectra` is a simulated data set, `bases` those it was made from, `window` the config's.
    """

    def __init__(
        self, spectra: xr.Dataset, bases: dict[str, xr.Dataset], window: dict, fold_of_item: np.ndarray,
        held_out_fraction: float, key,
    ):  # fmt: skip
        self.spectra, self.bases, self.window = spectra, bases, window
        self.fold_of_item, self.held_out_fraction, self.key = fold_of_item, held_out_fraction, key
        self.folds = sorted(np.unique(fold_of_item).tolist())
        self._encoders: dict[str, nnx.State] = {}

    def __call__(self, settings: dict) -> dict[int, float]:
        """Fold -> mean absolute error of its max-normalised concentrations; of an autoencoder, that of its spectra."""
        pretraining = settings.get("pretraining")
        if pretraining is None:
            return dict(zip(self.folds, self._errors(settings, self.folds)))
        borrowed = traits(settings["architecture"]).hyper  # those it has in common with the autoencoder shape its encoder
        shared = {name: value for name, value in pretraining["hyper"].items() if name in borrowed}
        settings = {**settings, "hyper": {**shared, **settings["hyper"]}}
        autoencoder = {**pretraining, "data": settings["data"]}
        return {fold: self._errors(settings, [fold], self._encoder(autoencoder, fold))[0] for fold in self.folds}

    def _errors(self, settings: dict, folds: list[int], encoder=None) -> list[float]:
        trained = self._train(settings, folds, encoder)
        if not traits(settings["architecture"]).quantifies:
            return self._denoising_errors(settings, folds, trained.state)
        examples, inputs, _ = self._prepared(settings)
        estimates = predict(
            settings["architecture"], settings["hyper"], inputs, trained.state, examples.inputs
        )  # (fold, item, metabolite)
        errors = _max_normalised_error(estimates, self.spectra["truth"].values)  # (fold, item)
        return [float(error[self.fold_of_item == fold].mean()) for fold, error in zip(folds, errors)]

    def _denoising_errors(self, settings: dict, folds: list[int], state) -> list[float]:
        """Mean absolute difference of each fold's denoised and noise-free held-out inputs (Eq. 1, study.md 7.2)."""
        examples, inputs, _ = self._prepared(settings)
        errors = []
        for run, fold in enumerate(folds):
            items, single = self.fold_of_item == fold, jax.tree.map(operator.itemgetter(slice(run, run + 1)), state)
            denoised = reconstruct(settings["architecture"], settings["hyper"], inputs, single, examples.inputs[items])[0]
            errors.append(float(np.abs(denoised - examples.clean[items]).mean(dtype=np.float64)))  # (item, channel, bin)
        return errors

    def _encoder(self, settings: dict, fold: int) -> nnx.State:
        name = json.dumps([settings, fold], sort_keys=True)
        if name not in self._encoders:
            weights, others = jax.tree.map(lambda leaf: leaf[0], self._train(settings, [fold]).state)
            self._encoders[name] = nnx.merge_state(weights, others)["encoder"]
        return self._encoders[name]

    def _train(self, settings: dict, folds: list[int], encoder=None) -> Trained:
        examples, inputs, _ = self._prepared(settings)
        members = fold_members(self.fold_of_item, folds, self.held_out_fraction, self.key)
        fitting = Settings.of(settings["training"])
        return train(settings["architecture"], settings["hyper"], inputs, examples, members, fitting, encoder=encoder)

    def _prepared(self, settings: dict) -> Prepared:
        return self._prepare(settings["architecture"], tuple(settings["data"]["channels"]), settings["data"]["normalisation"])

    @functools.lru_cache(maxsize=2)  # noqa: B019 - lives as long as the one trainer of a job
    def _prepare(self, architecture: str, channels: tuple[str, ...], normalisation: str) -> Prepared:
        how = {"architecture": architecture, "window": self.window, "channels": channels, "normalisation": normalisation}
        return prepare(self.spectra, self.bases, how)
