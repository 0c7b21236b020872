"""Training: one step for one member with the loss it follows, and epochs of steps, laid out for the device, runs side by side.

On an accelerator an epoch is one `lax.scan`, and nothing returns to the host in between. XLA's CPU backend runs a convolution
inside a scan several times slower than outside it (no multi-threaded kernel there), so convolutional networks step one by one.
"""

import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jax import lax

from mrsgap.learn.members import Member, epoch_order
from mrsgap.learn.settings import Settings
from mrsgap.networks.inputs import Output
from mrsgap.spectra.render import Examples


class State(NamedTuple):
    """What a step changes: trained weights, other variables (batch statistics), Adam's moments."""

    weights: Any
    others: Any
    moments: Any


class Summary(NamedTuple):
    """Loss and mean absolute error of the concentrations over a batch or an epoch (NaN for a network without them)."""

    loss: jax.Array
    mae: jax.Array


def squared_error(prediction, target):
    """Mean squared error of each item: (item, ...) -> (item,)."""
    return _mean(jnp.square(prediction - target))


def huber_error(prediction, target):
    """Mean Huber error (Huber, Ann. Math. Stat. 35:73, 1964) with delta 1 of each item: (item, ...) -> (item,)."""
    error = jnp.abs(prediction - target)
    return _mean(jnp.where(error <= 1, 0.5 * jnp.square(error), error - 0.5))


def absolute_error(prediction, target):
    """Mean absolute error of each item: (item, ...) -> (item,)."""
    return _mean(jnp.abs(prediction - target))


_ERRORS = {"mse": squared_error, "huber": huber_error, "mae": absolute_error}


def item_losses(output: Output, concentrations, clean, kind: str, reconstruction_weight, quantifier_weight):
    """Loss of each item, (item,): w_r error(reconstruction) + w_q error(concentrations), each where the network has it.

    The quantifier's weight may be a traced array: it changes during training and must not be compiled in.
    """
    error = _ERRORS[kind]
    if output.reconstruction is None:
        return error(output.concentrations, concentrations)
    loss = reconstruction_weight * error(output.reconstruction, clean)
    if output.concentrations is not None:
        loss = loss + quantifier_weight * error(output.concentrations, concentrations)
    return loss


def scale_losses(output: Output, concentrations):
    """How badly scales tell errors, (item,): the negative log likelihood of a Laplace law, with the errors held fixed."""
    error = jax.lax.stop_gradient(jnp.abs(output.concentrations - concentrations))
    return _mean(jnp.log(output.scales) + error / output.scales)


def clip_each(norm: float) -> optax.GradientTransformation:
    """Scale every tensor's gradient down to at most `norm`, each by itself, as Keras `clipnorm` does."""

    def update(gradients, state, params=None):
        del params
        clip = lambda g: g * jnp.minimum(1.0, norm / jnp.maximum(jnp.sqrt(jnp.sum(jnp.square(g))), 1e-30))  # noqa: E731
        return jax.tree.map(clip, gradients), state

    return optax.GradientTransformation(lambda params: optax.EmptyState(), update)


def optimiser(settings: Settings) -> optax.GradientTransformation:
    """Adam (Kingma and Ba, arXiv 1412.6980, 2014) with the study's constants, before the learning rate."""
    return optax.chain(clip_each(settings.clip_norm), optax.scale_by_adam(b1=0.9, b2=0.999, eps=1e-8))


def start(model, settings: Settings) -> tuple[Any, State]:
    """The network's graph and the state training begins with."""
    graph, weights, others = nnx.split(model, nnx.Param, ...)
    return graph, State(weights, others, optimiser(settings).init(weights))


def lower_precision(weights, x, head: tuple[str, ...], precision: str):
    """Weights and input in `precision`, those of the `head` always float32; batch statistics and the loss stay float32."""
    if precision == "float32":
        return weights, x
    low = jnp.dtype(precision)

    def cast(path, leaf):
        return leaf if any(str(getattr(entry, "key", entry)) in head for entry in path) else leaf.astype(low)

    return jax.tree_util.tree_map_with_path(cast, weights), x.astype(low)


def train_step(
    graph, head, state: State, batch: Examples, key, learning_rate, weight, settings: Settings
) -> tuple[State, Summary]:
    """One Adam step on `batch` with the quantifier's loss weighted by `weight`."""

    def objective(weights):
        low, x = lower_precision(weights, batch.inputs, head, settings.precision)
        model = nnx.merge(graph, low, state.others, copy=True)
        output = jax.tree.map(lambda value: value.astype(jnp.float32), model(x, key))
        others = nnx.state(model, nnx.Not(nnx.Param))
        losses = item_losses(output, batch.concentrations, batch.clean, settings.loss, settings.reconstruction_weight, weight)
        loss = jnp.mean(losses)
        whole = loss if output.scales is None else loss + jnp.mean(scale_losses(output, batch.concentrations))
        return whole, (loss, others, _mae(output, batch))

    (_, (loss, others, mae)), gradients = jax.value_and_grad(objective, has_aux=True)(state.weights)
    updates, moments = optimiser(settings).update(gradients, state.moments, state.weights)
    if settings.weight_decay:
        updates = jax.tree.map(lambda u, w: u + settings.weight_decay * w if w.ndim > 1 else u, updates, state.weights)
    weights = jax.tree.map(lambda w, u: w - learning_rate * u, state.weights, updates)
    return State(weights, others, moments), Summary(loss, jnp.mean(mae))


def evaluate_step(graph, weights, others, batch: Examples, mask, settings: Settings) -> Summary:
    """Sums over the items with mask 1 of the loss (final weights, no ramp) and of the absolute error."""
    output = nnx.merge(graph, weights, others)(batch.inputs)
    final = settings.quantifier_weight
    losses = item_losses(output, batch.concentrations, batch.clean, settings.loss, settings.reconstruction_weight, final)
    return Summary(jnp.sum(losses * mask), jnp.sum(_mae(output, batch) * mask))


def _mae(output, batch: Examples):
    if output.concentrations is None:
        return jnp.full(batch.inputs.shape[0], jnp.nan)
    return absolute_error(output.concentrations, batch.concentrations)


def _mean(values):
    return jnp.mean(values, axis=tuple(range(1, values.ndim)))


def choose_loop(settings: Settings, convolutional: bool) -> str:
    """`scan` or `step`: the setting, or what is fast on this device."""
    if settings.loop != "auto":
        return settings.loop
    return "step" if convolutional and jax.default_backend() == "cpu" else "scan"


class Loop:
    """Epochs of training and evaluation for a group of runs; compiled once.

    With more than one run every leaf of the state has a leading run axis. `render(key, n)` replaces stored batches by fresh,
    `spoil(key, batch)` makes of a stored batch what the network sees.
    """

    def __init__(
        self, graph, head, convolutional, examples: Examples, runs: list[Member], settings: Settings, render=None, spoil=None
    ):
        self.examples = jax.tree.map(jnp.asarray, examples)
        self.runs, self.settings = runs, settings
        self.steps = -(-max(len(run.training) for run in runs) // settings.batch_size)
        self.scanned = choose_loop(settings, convolutional) == "scan"
        self.many = len(runs) > 1
        keys = jnp.stack([run.key for run in runs])
        self.keys = keys if self.many else keys[0]
        self.held_out = self._held_out()

        def one(state, examples, items, key, learning_rate, weight):
            if render is None:
                batch = jax.tree.map(lambda values: values[items], examples)
            else:
                batch = render(jax.random.fold_in(key, 1), settings.batch_size)
            batch = batch if spoil is None else spoil(jax.random.fold_in(key, 2), batch)
            return train_step(graph, head, state, batch, jax.random.fold_in(key, 0), learning_rate, weight, settings)

        def evaluate(weights, others, examples, items, mask):
            batch = jax.tree.map(lambda values: values[items], examples)
            return evaluate_step(graph, weights, others, batch, mask, settings)

        if self.many:
            one = jax.vmap(one, in_axes=(0, None, 0, 0, 0, None))
            evaluate = jax.vmap(evaluate, in_axes=(0, 0, None, 0, 0))
        fold = jax.vmap(jax.random.fold_in, in_axes=(0, None)) if self.many else jax.random.fold_in

        @functools.partial(jax.jit, donate_argnums=0)
        def step(state, examples, items, keys, number, learning_rate, weight):
            return one(state, examples, items, fold(keys, number), learning_rate, weight)

        @functools.partial(jax.jit, donate_argnums=0)
        def scan(state, examples, order, keys, epoch, learning_rate, weight):
            def body(state, now):
                items, number = now
                return one(state, examples, items, fold(keys, number), learning_rate, weight)

            return lax.scan(body, state, (order, epoch * self.steps + jnp.arange(self.steps)))

        self._step, self._scan, self._evaluate = step, scan, jax.jit(evaluate)

    def train(self, state: State, epoch: int, learning_rates, weight: float) -> tuple[State, Summary]:
        """One epoch; `learning_rates` (run,). The summary is the mean over its steps, (run,) NumPy arrays."""
        order = np.stack([epoch_order(run, epoch, self.steps, self.settings.batch_size) for run in self.runs], axis=1)
        order = order if self.many else order[:, 0]
        rates = jnp.asarray(learning_rates if self.many else learning_rates[0], jnp.float32)
        weight = jnp.float32(weight)
        if self.scanned:
            state, summaries = self._scan(state, self.examples, jnp.asarray(order), self.keys, epoch, rates, weight)
            summary = jax.tree.map(lambda values: jnp.mean(values, axis=0), summaries)
        else:
            collected = []
            for index, items in enumerate(order):
                state, summary = self._step(
                    state, self.examples, items, self.keys, np.uint32(epoch * self.steps + index), rates, weight
                )
                collected.append(summary)
            summary = jax.tree.map(lambda *values: jnp.mean(jnp.stack(values), axis=0), *collected)
        return state, jax.tree.map(lambda value: np.atleast_1d(np.asarray(value)), summary)

    def evaluate(self, weights, others) -> Summary:
        """Mean loss and absolute error over every run's held-out items, (run,) NumPy arrays."""
        items, masks = self.held_out
        sums = [self._evaluate(weights, others, self.examples, i, m) for i, m in zip(items, masks)]
        total = jax.tree.map(lambda *values: np.atleast_1d(np.sum(np.stack(values), axis=0)), *sums)
        counts = np.array([len(run.held_out) for run in self.runs])
        return jax.tree.map(lambda value: value / counts, total)

    def _held_out(self):
        """Batches of held-out items and masks, (batch, run, item); folds of unlike sizes are padded to the same number."""
        longest = max(len(run.held_out) for run in self.runs)
        size = min(self.settings.evaluation_batch, longest)
        count = -(-longest // size) * size
        items = [np.resize(run.held_out, count) for run in self.runs]
        masks = [np.arange(count) < len(run.held_out) for run in self.runs]
        items = np.stack(items, axis=1).reshape(-1, size, len(self.runs)).swapaxes(1, 2).astype(np.int32)
        masks = np.stack(masks, axis=1).reshape(-1, size, len(self.runs)).swapaxes(1, 2).astype(np.float32)
        return (items, masks) if self.many else (items[:, 0], masks[:, 0])
