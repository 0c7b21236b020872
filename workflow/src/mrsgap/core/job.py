"""What every script does around its one function call: a log that tells, a clock, errors a person can read, a progress bar."""

import contextlib
import errno
import logging
import os
import platform
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from mrsgap.core.errors import InputError

log = logging.getLogger("mrsgap")

# Faults of the place where results go, not of the program.
CURES = {
    errno.ENOSPC: "The disk is full: free some space (`snakemake --cores 1 plan` tells what a run needs) and run again",
    errno.EDQUOT: "The disk quota is used up: free some space (`snakemake --cores 1 plan` tells the need) and run again",
    errno.EROFS: "The file system is read-only: run where results can be written",
    errno.EACCES: "Permission is missing: check who owns the file and its folder",
    errno.EPERM: "Permission is missing: check who owns the file and its folder",
}


@contextlib.contextmanager
def job(log_path):
    """Log to `log_path` while the block runs; an `InputError` ends the process with its message and no traceback.

    The log begins with the Python version and machine kind and ends with the seconds taken. The message of an
    `InputError` also goes to standard error, where Snakemake shows it. A full disk, a read-only file system and a missing
    permission end the process in the same way; the log keeps their traceback. XLA keeps to the job's threads.
    """
    _keep_to_threads()
    handler = _log_file(Path(log_path))
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
        _stop(error)
    except OSError as error:
        log.exception("stopped after %.2f s", time.perf_counter() - start)
        if error.errno not in CURES:
            raise
        _stop(_place_fault(error))
    except BaseException:
        log.exception("stopped after %.2f s", time.perf_counter() - start)
        raise
    finally:
        logging.captureWarnings(False)
        log.removeHandler(handler)
        logging.getLogger("py.warnings").removeHandler(handler)
        handler.close()


def _keep_to_threads() -> None:
    """XLA's pool gets the threads that Snakemake grants the job and tells BLAS of; by itself it takes every core.

    Jobs side by side that each use all cores wait for each other at the end of every operation.
    """
    granted = os.environ.get("OMP_NUM_THREADS")
    if granted:
        os.environ.setdefault("PJRT_NPROC", granted)


def _log_file(path: Path) -> logging.FileHandler:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return logging.FileHandler(path, mode="w", encoding="utf-8")
    except OSError as error:
        if error.errno not in CURES:
            raise
        _stop(_place_fault(error))


def _place_fault(error: OSError) -> InputError:
    where = f" `{error.filename}`" if error.filename else ""
    return InputError(f"cannot read or write{where}: {error.strerror}", cure=CURES[error.errno])


def _stop(error: InputError) -> NoReturn:
    print(f"mrsgap: {error}", file=sys.stderr)
    sys.exit(1)


def log_device() -> str:
    """Log and return the device JAX computes on, so that a CPU is never used unnoticed."""
    import jax

    device = jax.devices()[0]
    name = f"{device.platform} ({device.device_kind}) x {jax.device_count()}"
    log.info("device: %s, jax %s", name, jax.__version__)
    return name


def track(items: Iterable, what: str, total: int | None = None) -> Iterator:
    """Yield `items`; on a terminal, but not in a file or a pipe, show how many of `total` are done and the time left."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        yield from progress.track(items, total=total, description=what)
