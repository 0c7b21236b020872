"""One training job: networks of one architecture trained on one set of arrays and written with all that made them."""

import hashlib
import json
import logging
from pathlib import Path

import numpy as np

from mrsgap.core.provenance import versions
from mrsgap.learn.data import Examples, Run
from mrsgap.learn.fit import Trained, train
from mrsgap.learn.model_files import encoder_weights, read_model, write_model
from mrsgap.learn.settings import Settings
from mrsgap.networks.inputs import Inputs

log = logging.getLogger("mrsgap")


def train_and_write(
    folder, settings: dict, inputs: Inputs, examples: Examples, runs: list[Run], about: dict, *, checkpoints, render=None
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


def task_digest(settings: dict, examples: Examples, runs: list[Run], about: dict) -> str:
    """Sixteen hexadecimal digits over settings, code, data and splits."""
    whole = hashlib.sha256(json.dumps([settings, about], sort_keys=True, default=str).encode())
    for values in examples:
        if values is not None:
            whole.update(np.ascontiguousarray(values))
    for run in runs:
        whole.update(f"{run.name} {run.training.tolist()} {run.held_out.tolist()}".encode())
    return whole.hexdigest()[:16]
