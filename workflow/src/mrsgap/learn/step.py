"""One step of training and one of evaluation, for one member, and the loss they share; `loop` repeats them over batches."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from flax import nnx

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


_ERRORS = {"mse": squared_error, "huber": huber_error}


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
        return jnp.mean(losses), (others, _mae(output, batch))

    (loss, (others, mae)), gradients = jax.value_and_grad(objective, has_aux=True)(state.weights)
    updates, moments = optimiser(settings).update(gradients, state.moments, state.weights)
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
