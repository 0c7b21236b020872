"""Where the time of a training step goes at published sizes: matrix products, the rest of the network, optimiser, input, host.

The matrix products are read from the step's program (every `dot_general` and `conv_general_dilated` of loss and gradient) and
run by themselves on arrays of the same shapes: no layout of the rest could make a step faster than they are. All is timed in
turn within one process, round by round, in processor time of all threads: other work on the machine does not count, and a value
is the median over the rounds. The sgemm rate is that of one large product in the same rounds, for each core.
"""

import functools
import math
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax.extend.core import ClosedJaxpr, Jaxpr

from mrsgap.learn.fit import _start
from mrsgap.learn.loop import Loop, item_losses, optimiser
from mrsgap.learn.members import fold_members
from mrsgap.learn.settings import Settings
from mrsgap.networks.inputs import Inputs
from mrsgap.networks.traits import traits
from mrsgap.spectra.render import Examples

OFF_ON = ("off-real", "on-real")
FOUR = ("off-imaginary", "off-real", "on-imaginary", "on-real")
# network, channels, batch, steps in a timed epoch, rounds
CASES = (
    ("yae", FOUR, 16, 8, 9),
    ("yae", FOUR, 64, 4, 9),
    ("fcnn", OFF_ON, 16, 2, 5),
    ("cnn", OFF_ON, 16, 1, 5),
)
PRODUCTS = ("dot_general", "conv_general_dilated")
SGEMM = 2048


def benchmark() -> Iterator[dict]:
    """Rows of one network after the other: milliseconds of a step and of its parts, shares, and rates."""
    for case in CASES:
        yield from _profile(*case)


def products_of(jaxpr: Jaxpr) -> Counter:
    """How often a program computes which matrix product: (primitive, shapes, parameters) -> count, with its inner programs."""
    found: Counter = Counter()
    for equation in jaxpr.eqns:
        if equation.primitive.name in PRODUCTS:
            shapes = tuple(variable.aval.shape for variable in equation.invars)
            found[equation.primitive, shapes, tuple(sorted(equation.params.items(), key=lambda item: item[0]))] += 1
        for inner in jax.tree.leaves(
            list(equation.params.values()), is_leaf=lambda value: isinstance(value, (Jaxpr, ClosedJaxpr))
        ):
            if isinstance(inner, (Jaxpr, ClosedJaxpr)):
                repeats = equation.params.get("length", 1) if equation.primitive.name == "scan" else 1
                for product, count in products_of(getattr(inner, "jaxpr", inner)).items():
                    found[product] += repeats * count
    return found


def flops_of(primitive, shapes, parameters) -> int:
    """Floating-point operations of one product: two for every multiplication with its addition."""
    out = jax.eval_shape(functools.partial(primitive.bind, **dict(parameters)), *map(_shape, shapes))
    left, right = shapes
    if primitive.name == "dot_general":
        ((contracted, _), _) = dict(parameters)["dimension_numbers"]
        return 2 * math.prod(out.shape) * math.prod(left[axis] for axis in contracted)
    kernel = [right[axis] for axis in dict(parameters)["dimension_numbers"].rhs_spec]  # (out, in, taps...)
    return 2 * math.prod(out.shape) * math.prod(kernel[1:])


def _profile(name: str, channels: tuple[str, ...], batch: int, steps: int, rounds: int) -> Iterator[dict]:
    settings = Settings(batch_size=batch, loss="huber" if name == "yae" else "mse")
    inputs, kind, items = Inputs(channels), traits(name), 2 * steps * batch
    random = np.random.default_rng(0)
    x = random.normal(size=(items, len(channels), inputs.points)).astype(np.float32)
    examples = Examples(x, random.dirichlet(np.ones(len(inputs.metabolites)), items).astype(np.float32), x)
    runs = fold_members(np.arange(items) % 2, [0], 0.1, jax.random.key(0))
    graph, state = _start(name, {}, inputs, runs, settings, None)
    loop = Loop(graph, kind.head, kind.convolutional, examples, runs, settings)
    one = jax.tree.map(lambda values: jnp.asarray(values[:batch]), examples)
    order = np.stack([np.arange(batch, dtype=np.int32)] * steps)

    def forward(weights, others, batch, key):
        output = nnx.merge(graph, weights, others, copy=True)(batch.inputs, key)
        return jnp.mean(item_losses(output, batch.concentrations, batch.clean, settings.loss, 1.0, 1.0))

    gradient = jax.jit(jax.value_and_grad(forward))
    key = jax.random.key(1)
    arguments = (state.weights, state.others, one, key)
    products = products_of(jax.make_jaxpr(jax.value_and_grad(forward))(*arguments).jaxpr)
    _, gradients = gradient(*arguments)

    @functools.partial(jax.jit, donate_argnums=(0, 1))
    def update(weights, moments, gradients):
        updates, moments = optimiser(settings).update(gradients, moments, weights)
        return jax.tree.map(lambda w, u: w - 1e-4 * u, weights, updates), moments

    gather = jax.jit(lambda examples, items: jax.tree.map(lambda values: values[items], examples))
    held = {
        "state": jax.tree.map(jnp.copy, state),
        "updated": jax.tree.map(jnp.copy, (state.weights, state.moments)),
        "epoch": 0,
    }

    def whole():
        held["epoch"] += 1
        held["state"], summary = loop.train(held["state"], held["epoch"], np.array([1e-4]), 1.0)
        return summary

    def optimise():
        held["updated"] = update(*held["updated"], gradients)
        return held["updated"]

    arrays = {shape: jnp.asarray(random.normal(size=shape).astype(np.float32)) for _, shapes, _ in products for shape in shapes}
    calls = [
        (jax.jit(functools.partial(p.bind, **dict(q))), [arrays[s] for s in shapes], n)
        for (p, shapes, q), n in products.items()
    ]
    large = jnp.asarray(random.normal(size=(SGEMM, SGEMM)).astype(np.float32))
    large_product = jax.jit(lambda a: a @ a)
    parts: dict[str, Callable] = {
        "whole": whole,
        "products": lambda: [jax.block_until_ready(call(*operands)) for call, operands, n in calls for _ in range(n)],
        "gradient": lambda: gradient(*arguments),
        "optimiser": optimise,
        "input": lambda: gather(loop.examples, order[0]),
        "host": lambda: (jnp.asarray(order), jax.tree.map(np.asarray, (one.concentrations[0], one.concentrations[1]))),
        "sgemm": lambda: large_product(large),
    }
    ms, wall_ms = ({part: [] for part in parts} for _ in range(2))
    for turn in range(rounds + 1):
        for part, call in parts.items():
            start, wall = time.process_time(), time.perf_counter()
            jax.block_until_ready(call())
            if turn:  # the first compiles
                each = loop.steps if part in ("whole", "host") else 1
                ms[part].append(1e3 * (time.process_time() - start) / each)
                wall_ms[part].append(1e3 * (time.perf_counter() - wall) / each)
    flops = sum(n * flops_of(*product) for product, n in products.items())
    middle = {part: statistics.median(values) for part, values in ms.items()}
    share = lambda part: statistics.median(a / b for a, b in zip(ms[part], ms["whole"]))  # noqa: E731
    sgemm_rate = 2 * SGEMM**3 / middle["sgemm"] / 1e6  # Gflop/s
    common = {"batch": batch, "loop": "scan" if loop.scanned else "step", "rounds": rounds}
    say = lambda what, value, unit, note="": common | {"what": f"{name}, batch {batch}: {what}", "value": value, "unit": unit,  # noqa: E731
                                                       "note": note}  # fmt: skip
    yield say("a whole step", middle["whole"], "ms", f"{1e3 * batch / middle['whole']:.0f} examples/s")
    yield say(
        "matrix products", share("products"), "of the step", f"{sum(products.values())} products, {middle['products']:.2f} ms"
    )
    yield say(
        "activations, dropout, loss", share("gradient") - share("products"), "of the step", "gradient without its products"
    )
    yield say("optimiser", share("optimiser"), "of the step", f"{middle['optimiser']:.2f} ms")
    yield say("input pipeline", share("input"), "of the step", f"{middle['input']:.2f} ms, items gathered on the device")
    yield say("host transfer", share("host"), "of the step", f"{middle['host']:.3f} ms")
    yield say("arithmetic of its products", flops / 1e9, "Gflop")
    yield say(
        "rate of its products alone",
        flops / middle["products"] / 1e6 / sgemm_rate,
        "of sgemm",
        f"sgemm {sgemm_rate:.0f} Gflop/s",
    )
    yield say("rate of the step", flops / middle["whole"] / 1e6 / sgemm_rate, "of sgemm")


def _shape(shape):
    return jax.ShapeDtypeStruct(shape, jnp.float32)
