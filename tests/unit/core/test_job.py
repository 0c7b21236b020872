"""A job's log tells what happened; an input error is one line, any other fault keeps its traceback."""

import errno
import os
import subprocess
import sys
import warnings

import pytest
from reference_data import REPOSITORY

from mrsgap.core.errors import InputError, require_positive
from mrsgap.core.job import job


def test_log_tells_start_work_and_end(tmp_path):
    with job(tmp_path / "logs" / "a.log") as log:
        log.info("read 3 items")
        warnings.warn("careful", stacklevel=1)
    text = (tmp_path / "logs" / "a.log").read_text()
    for part in ("python 3.", "read 3 items", "careful", "done in"):
        assert part in text


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="threads are listed by Linux only")
@pytest.mark.parametrize("granted", [1, 3])
def test_jax_keeps_to_the_threads_that_snakemake_grants(tmp_path, granted):
    script = f"""
from pathlib import Path
from mrsgap.core.job import job, log_device
with job({str(tmp_path / "a.log")!r}):
    log_device()
    print(sum("XLAEigen" in path.read_text() for path in Path("/proc/self/task").glob("*/comm")))
"""
    environment = {name: value for name, value in os.environ.items() if name != "PJRT_NPROC"}
    environment |= {"OMP_NUM_THREADS": str(granted), "PYTHONPATH": str(REPOSITORY / "workflow" / "src")}
    told = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert int(told.stdout) == granted


def test_input_error_is_one_line(tmp_path, capsys):
    with pytest.raises(SystemExit) as caught, job(tmp_path / "a.log"):
        raise InputError("`x` is 3", where="file.csv", cure="Make it 4")
    assert caught.value.code == 1
    assert capsys.readouterr().err == "mrsgap: `x` is 3 (file.csv). Make it 4.\n"
    assert "Traceback" not in (tmp_path / "a.log").read_text()


def test_other_faults_keep_their_traceback(tmp_path):
    with pytest.raises(ZeroDivisionError), job(tmp_path / "a.log"):
        _ = 1 / 0
    assert "Traceback" in (tmp_path / "a.log").read_text()


@pytest.mark.parametrize(("number", "words"), [
    (errno.ENOSPC, "The disk is full"), (errno.EROFS, "read-only"), (errno.EACCES, "Permission is missing"),
])  # fmt: skip
def test_a_fault_of_the_place_is_one_line_with_its_cure(tmp_path, capsys, number, words):
    with pytest.raises(SystemExit), job(tmp_path / "a.log"):
        raise OSError(number, "System says no", "results/x.csv")
    told = capsys.readouterr().err
    assert told.startswith("mrsgap: cannot read or write `results/x.csv`: System says no. ")
    assert words in told
    assert told.count("\n") == 1
    assert "Traceback" in (tmp_path / "a.log").read_text()


def test_any_other_system_fault_keeps_its_traceback(tmp_path):
    with pytest.raises(FileNotFoundError), job(tmp_path / "a.log"):
        (tmp_path / "absent").read_text()


@pytest.mark.parametrize("value", [0, -1.0, float("nan"), float("inf"), "2", None])
def test_positive_means_finite_and_above_zero(value):
    with pytest.raises(InputError, match="linewidth_hz"):
        require_positive("linewidth_hz", value)
