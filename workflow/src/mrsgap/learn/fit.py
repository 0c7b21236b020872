"""Train one architecture several times over: folds of a cross-validation, seeds of a final model, or the folds of one trial.

    trained = train("yae", hyper, inputs, examples, fold_members(fold_of_item, [0, 1, 2], 0.1, key), Settings(epochs=100))
    trained.scores   # (run,) held-out mean absolute error of each run's best epoch, in the unit of the concentrations
    trained.history  # table, one row for each run and epoch (columns: `HISTORY_COLUMNS`)
    trained.state    # best weights, every leaf with a leading run axis; see `predict` and `model_files`

`hyper` are the architecture's hyper-parameters (`registry.hyper_parameters`), `inputs` a `networks.inputs.Inputs`, `examples`
an `Examples` of arrays, and each `Member` names its training and held-out items. Members go side by side in one `vmap` where
that pays (`Settings.runs_at_once`).
"""

import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from flax import nnx

from mrsgap.core.errors import InputError
from mrsgap.core.job import track
from mrsgap.learn.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from mrsgap.learn.loop import Loop, start
from mrsgap.learn.members import Member, check_examples
from mrsgap.learn.settings import Schedule, Settings, quantifier_weight, scheduled_rate
from mrsgap.networks.inputs import Inputs
from mrsgap.networks.registry import build
from mrsgap.networks.traits import traits
from mrsgap.spectra.render import Examples

log = logging.getLogger("mrsgap")

# A program that runs once and draws many small arrays: XLA would compile it four times longer than needed.
QUICK = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}

DIVERGED = 100.0  # times the first epoch's held-out loss

HISTORY_COLUMNS = (
    "run", "epoch", "learning_rate", "quantifier_weight", "loss", "mae", "held_out_loss", "held_out_mae", "best", "seconds",
)  # fmt: skip


@dataclass
class Trained:
    """Best weights and other variables of every run (leading run axis, NumPy), held-out scores and histories."""

    names: list[str]
    state: Any
    scores: np.ndarray
    best_epochs: np.ndarray
    history: pd.DataFrame


def train(
    architecture: str,
    hyper: dict,
    inputs: Inputs,
    examples: Examples,
    runs: list[Member],
    settings: Settings,
    *,
    render=None,
    stock=None,
    checkpoint=None,
    encoder=None,
) -> Trained:
    """Train `runs`; the best epoch's weights of each are returned. Same arguments, same result, interrupted or not.

    `render(key, n)` gives n fresh `Examples` on the device and replaces stored batches (held-out items stay stored ones).
    `stock` (`learn.stock.Stock`) gives the examples of every epoch and spoils every batch anew; `examples` are then its first.
    `checkpoint` is a path stem: state goes to `<stem>-<group>.msgpack` after epochs, and training resumes from there.
    `encoder` replaces the weights of the network's encoder (stage 2). Raises `InputError` when the loss stops being finite
    or diverges, when memory runs out, or for unusable examples.
    """
    check_examples(examples, runs, settings.batch_size)
    size = group_size(settings, traits(architecture).convolutional, len(runs))
    groups = [runs[first : first + size] for first in range(0, len(runs), size)]
    finished = []
    for number, group in enumerate(groups):
        place = None if checkpoint is None else Path(f"{checkpoint}-{number}.msgpack")
        try:
            finished.append(_train_group(architecture, hyper, inputs, examples, group, settings, render, stock, place, encoder))
        except jax.errors.JaxRuntimeError as error:
            if "RESOURCE_EXHAUSTED" not in str(error):
                raise
            keys = "training.batch_size" if len(group) == 1 else "training.runs_at_once or training.batch_size"
            raise InputError(
                f"{architecture}: out of memory with {len(group)} runs of batch {settings.batch_size} at once",
                where=f"device {jax.devices()[0].device_kind}",
                cure=f"Lower {keys} (config)",
            ) from error
    return Trained(
        names=[run.name for run in runs],
        state=jax.tree.map(lambda *parts: np.concatenate(parts), *[part.state for part in finished]),
        scores=np.concatenate([part.scores for part in finished]),
        best_epochs=np.concatenate([part.best_epochs for part in finished]),
        history=pd.concat([part.history for part in finished], ignore_index=True),
    )


def group_size(settings: Settings, convolutional: bool, runs: int) -> int:
    """Runs trained side by side: the setting, or all, but one by one for a convolutional network on a CPU.

    Side by side, convolutions with unlike kernels become grouped ones, which XLA's CPU backend runs many times slower.
    """
    if settings.runs_at_once != "auto":
        return min(settings.runs_at_once, runs)
    return 1 if convolutional and jax.default_backend() == "cpu" else runs


def _train_group(architecture, hyper, inputs, examples, runs, settings, render, stock, place, encoder) -> Trained:
    graph, state = _start(architecture, hyper, inputs, runs, settings, encoder)
    kind = traits(architecture)
    loop = Loop(graph, kind.head, kind.convolutional, examples, runs, settings, render, None if stock is None else stock.spoil)
    schedules = [Schedule(settings.start_learning_rate) for _ in runs]
    best = jax.tree.map(jnp.copy, (state.weights, state.others))
    rows, first, monitors_mae = [], 0, kind.quantifies
    if place is not None and place.exists():
        saved = read_checkpoint(place, (state, best))
        (state, best), rows, first = saved.arrays, saved.rows, saved.epoch + 1
        schedules = [Schedule(**values) for values in saved.schedules]
        log.info("resumed %s at epoch %d from %s", architecture, first, place)
    keep = jax.jit(lambda better, new, old: jax.tree.map(lambda n, o: _choose(better, n, o), new, old))
    written = time.monotonic()
    who = f"{architecture} ({', '.join(run.name for run in runs)})"
    for epoch in track(range(first, settings.epochs), who):
        if all(schedule.stopped for schedule in schedules):
            break
        begun = time.monotonic()
        weight = quantifier_weight(epoch, settings)
        rates = [scheduled_rate(schedule.learning_rate, epoch, settings) for schedule in schedules]
        if stock is not None:
            loop.examples = stock.at(epoch)
        state, training = loop.train(state, epoch, rates, weight)
        held_out = loop.evaluate(state.weights, state.others)
        _require_finite(architecture, runs, schedules, epoch, training.loss, held_out.loss)
        _require_bounded(architecture, runs, schedules, epoch, held_out.loss, rows)
        scores = held_out.mae if monitors_mae else held_out.loss
        active = [not schedule.stopped for schedule in schedules]
        better = [
            s.observe(epoch, float(score), float(loss), settings) for s, score, loss in zip(schedules, scores, held_out.loss)
        ]
        best = keep(jnp.asarray(better if loop.many else better[0]), (state.weights, state.others), best)
        seconds = time.monotonic() - begun
        for index in np.flatnonzero(active):
            measures = (training.loss, training.mae, held_out.loss, held_out.mae)
            values = [float(measure[index]) for measure in measures]
            rows.append([runs[index].name, epoch, rates[index], weight, *values, bool(better[index]), seconds])
        _tell(who, epoch, settings, scores, rates, seconds)
        last = epoch == settings.epochs - 1 or all(schedule.stopped for schedule in schedules)
        if place is not None and (last or time.monotonic() - written >= settings.checkpoint_every_s):
            write_checkpoint(place, Checkpoint(epoch, [s.as_dict() for s in schedules], rows, (state, best)))
            written = time.monotonic()
    history = pd.DataFrame(rows, columns=HISTORY_COLUMNS)
    return Trained(
        names=[run.name for run in runs],
        state=jax.tree.map(lambda leaf: np.asarray(leaf) if loop.many else np.asarray(leaf)[None], best),
        scores=np.array([schedule.best_score for schedule in schedules]),
        best_epochs=np.array([schedule.best_epoch for schedule in schedules]),
        history=pd.concat([history[history.run == run.name] for run in runs], ignore_index=True),
    )


def _start(architecture, hyper, inputs, runs, settings, encoder):
    """Graph and state of one run, or of several with a leading run axis; one compiled program makes all initial weights."""

    def make(key):
        model = build(architecture, hyper, inputs, key)
        if encoder is not None:
            nnx.update(model.encoder, encoder)
        return start(model, settings)

    graph = nnx.split(nnx.eval_shape(lambda: build(architecture, hyper, inputs, jax.random.key(0))))[0]
    only_state = lambda key: make(key)[1]  # noqa: E731
    keys = jnp.stack([jax.random.fold_in(run.key, 2**31 - 1) for run in runs])
    compiled = jax.jit(jax.vmap(only_state) if len(runs) > 1 else only_state, compiler_options=QUICK)
    state = compiled(keys if len(runs) > 1 else keys[0])
    return graph, state


def _choose(better, new, old):
    return jnp.where(better.reshape(better.shape + (1,) * (new.ndim - better.ndim)), new, old)


def _require_finite(architecture, runs, schedules, epoch, *losses):
    for run, schedule, *values in zip(runs, schedules, *losses):
        if not schedule.stopped and not np.isfinite(values).all():
            rate = schedule.learning_rate
            raise InputError(
                f"{architecture}, {run.name}: the loss is not finite in epoch {epoch} at learning rate {rate:g}",
                cure="Lower training.learning_rate, or look for unusual spectra; the last good checkpoint is kept",
            )


def _require_bounded(architecture, runs, schedules, epoch, losses, rows):
    """The held-out loss, whose weights do not ramp, may rise for a while, but not far above where it began."""
    column, began = HISTORY_COLUMNS.index("held_out_loss"), {}
    for row in rows:
        began.setdefault(row[0], row[column])
    for run, schedule, loss in zip(runs, schedules, losses):
        if not schedule.stopped and loss > DIVERGED * began.get(run.name, np.inf):
            rate = schedule.learning_rate
            raise InputError(
                f"{architecture}, {run.name}: the held-out loss diverges, {loss:.3g} in epoch {epoch} at learning rate "
                f"{rate:g} after {began[run.name]:.3g} in the first",
                cure="Lower training.learning_rate; the last good checkpoint is kept",
            )


def _tell(who, epoch, settings, scores, rates, seconds):
    left_s = seconds * (settings.epochs - epoch - 1)
    log.info(
        "%s epoch %d of %d: held-out %s, learning rate %s, %.2f s, at most %.0f s left",
        who, epoch + 1, settings.epochs,
        " ".join(f"{score:.5f}" for score in scores), " ".join(f"{rate:.1e}" for rate in sorted(set(rates))), seconds, left_s,
    )  # fmt: skip
