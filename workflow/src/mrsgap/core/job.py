"""What every script does around its one function call: a log that tells, a clock, and errors a person can read."""

import contextlib
import logging
import platform
import sys
import time
from pathlib import Path

from mrsgap.core.errors import InputError

log = logging.getLogger("mrsgap")


@contextlib.contextmanager
def job(log_path):
    """Log to `log_path` while the block runs; an `InputError` ends the process with its message and no traceback.

    The log begins with the Python version and machine kind and ends with the seconds taken. The message of an
    `InputError` also goes to standard error, where Snakemake shows it.
    """
    path = Path(log_path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(path, mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").addHandler(handler)
    start = time.perf_counter()
    log.info("python %s on %s", platform.python_version(), platform.machine())
    try:
        yield log
        log.info("done in %.2f s", time.perf_counter() - start)
    except InputError as error:
        log.error("%s", error)
        print(f"mrsgap: {error}", file=sys.stderr)
        sys.exit(1)
    except BaseException:
        log.exception("stopped after %.2f s", time.perf_counter() - start)
        raise
    finally:
        logging.captureWarnings(False)
        log.removeHandler(handler)
        logging.getLogger("py.warnings").removeHandler(handler)
        handler.close()


def log_device() -> str:
    """Log and return the device JAX computes on, so that a CPU is never used unnoticed."""
    import jax

    device = jax.devices()[0]
    name = f"{device.platform} ({device.device_kind}) x {jax.device_count()}"
    log.info("device: %s, jax %s", name, jax.__version__)
    return name
