"""Settings every test shares."""

import os

# Compiled programs are shared between test processes and sessions; set before JAX is imported.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", os.path.join(os.path.dirname(__file__), os.pardir, ".cache", "jax"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.5")

# Test processes side by side share the cores: XLA's pools would otherwise wait for each other after every operation.
if "PYTEST_XDIST_WORKER_COUNT" in os.environ:
    os.environ.setdefault("PJRT_NPROC", str(max(1, os.cpu_count() // int(os.environ["PYTEST_XDIST_WORKER_COUNT"]))))

import jax
import pytest


@pytest.fixture
def float64():
    """Run a test in double precision, whatever others use."""
    with jax.enable_x64(True):
        yield
