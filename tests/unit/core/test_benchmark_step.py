"""The profile of a training step counts the arithmetic of its matrix products from the program itself."""

import importlib.util

import jax
import jax.numpy as jnp
from reference_data import REPOSITORY

SPECIFICATION = importlib.util.spec_from_file_location("benchmark_step", REPOSITORY / "tests" / "benchmarks" / "step.py")
STEP = importlib.util.module_from_spec(SPECIFICATION)
SPECIFICATION.loader.exec_module(STEP)


def counted(function, *arguments) -> int:
    products = STEP.products_of(jax.make_jaxpr(function)(*arguments).jaxpr)
    return sum(count * STEP.flops_of(*product) for product, count in products.items())


def test_a_dense_layer_and_its_gradient_are_three_products():
    x, w = jnp.ones((5, 7)), jnp.ones((7, 3))
    assert counted(lambda x, w: x @ w, x, w) == 2 * 5 * 7 * 3
    loss = lambda x, w: jnp.sum(jnp.square(x @ w))  # noqa: E731
    assert counted(jax.grad(loss, argnums=(0, 1)), x, w) == 3 * 2 * 5 * 7 * 3


def test_a_convolution_counts_every_tap_and_a_scan_every_step():
    x, kernel = jnp.ones((2, 20, 4)), jnp.ones((5, 4, 6))
    convolve = lambda x, k: jax.lax.conv_general_dilated(x, k, (1,), "VALID", dimension_numbers=("NWC", "WIO", "NWC"))  # noqa: E731
    assert counted(convolve, x, kernel) == 2 * (2 * 16 * 6) * (5 * 4)
    w = jnp.ones((4, 4))
    scanned = lambda x, w: jax.lax.scan(lambda x, _: (x @ w, None), x, None, length=9)[0]  # noqa: E731
    assert counted(jax.jit(scanned), jnp.ones((3, 4)), w) == 9 * 2 * 3 * 4 * 4
