"""What training minimises: the error of the concentrations and, for networks that have one, of the reconstruction."""

import jax.numpy as jnp

from mrsgap.networks.inputs import Output


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


def _mean(values):
    return jnp.mean(values, axis=tuple(range(1, values.ndim)))
