"""An epoch over batches, laid out for the device: a scan where that is fast, single steps where it is not; runs side by side.

On an accelerator an epoch is one `lax.scan`, and nothing returns to the host in between. XLA's CPU backend runs a convolution
inside a scan several times slower than outside it (no multi-threaded kernel there), so convolutional networks step one by one.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from mrsgap.learn.members import Member, epoch_order
from mrsgap.learn.settings import Settings
from mrsgap.learn.step import State, Summary, evaluate_step, train_step
from mrsgap.spectra.render import Examples


def choose_loop(settings: Settings, convolutional: bool) -> str:
    """`scan` or `step`: the setting, or what is fast on this device."""
    if settings.loop != "auto":
        return settings.loop
    return "step" if convolutional and jax.default_backend() == "cpu" else "scan"


class Loop:
    """Epochs of training and evaluation for a group of runs; compiled once.

    With more than one run every leaf of the state has a leading run axis. `render(key, n)` replaces stored batches by fresh.
    """

    def __init__(self, graph, head, convolutional, examples: Examples, runs: list[Member], settings: Settings, render=None):
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
