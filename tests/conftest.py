"""Settings every test shares."""

import os

# Compiled programs are shared between test processes and sessions; set before JAX is imported.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", os.path.join(os.path.dirname(__file__), os.pardir, ".cache", "jax"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.5")

import jax
import pytest


@pytest.fixture
def float64():
    """Run a test in double precision, whatever others use."""
    with jax.enable_x64(True):
        yield
