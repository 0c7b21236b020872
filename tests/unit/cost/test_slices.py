"""Slices of training: in the order of worth, within their time, nothing left running; and how far each network is."""

import pandas as pd
import psutil
import pytest

from mrsgap.core.errors import InputError
from mrsgap.cost import slices
from mrsgap.cost.slices import FINISHED, STARTED, WAITING, progress, run_slice

LOG = """t INFO device: NVIDIA H100 (cuda) x 1, jax 0.10.2
t INFO resumed yae at epoch 7 from there
t INFO yae (seed 0, seed 1) epoch 8 of 60: held-out 0.01200 0.01300, learning rate 1.0e-04, 1.20 s, at most 62 s left
t INFO yae (seed 0, seed 1) epoch 9 of 60: held-out 0.01100 0.01250, learning rate 1.0e-04, 1.20 s, at most 61 s left
"""


@pytest.fixture
def listing(tmp_path):
    """A table of three networks, as its rule makes it."""
    rows = [
        (model, "train", "0-1", f"{tmp_path}/models/{model}", f"{tmp_path}/logs/{model}.log")
        for model in ("yae", "fcnn", "cnn")
    ]
    table = tmp_path / "networks.csv"
    pd.DataFrame(rows, columns=["model", "training_set", "members", "folder", "log"]).to_csv(table, index=False)
    return table


class Machine:
    """In the place of Snakemake: a network takes `seconds` of a clock of its own, over as many slices as it needs."""

    def __init__(self, monkeypatch, tmp_path, seconds):
        self.clock, self.left, self.calls, self.folder = 0.0, dict.fromkeys(("yae", "fcnn", "cnn"), seconds), [], tmp_path
        monkeypatch.setattr(slices, "snakemake", self.run)
        monkeypatch.setattr(slices.time, "monotonic", lambda: self.clock)

    def run(self, arguments, seconds):
        self.calls.append(arguments[-1])
        name = arguments[-1].rpartition("/")[2]
        if name not in self.left:
            return 0
        spent = min(seconds, self.left[name])
        self.clock += spent
        self.left[name] -= spent
        (self.folder / "logs").mkdir(exist_ok=True)
        (self.folder / "logs" / f"{name}.log").write_text(LOG)
        if self.left[name] > 0:
            return None
        (self.folder / "models" / name).mkdir(parents=True)
        (self.folder / "models" / name / "model.json").write_text("{}")
        return 0


def test_slices_go_through_the_networks_in_order_until_all_are_finished(listing, tmp_path, monkeypatch):
    machine = Machine(monkeypatch, tmp_path, seconds=700.0)
    states = []
    for number in range(1, 6):
        begun = machine.clock
        states.append(list(run_slice(["--cores", "1"], str(listing), 540.0)["state"]))
        assert machine.clock - begun <= 540.0, f"slice {number} is too long"
        if states[-1] == [FINISHED] * 3:
            break
    assert states[0] == [STARTED, WAITING, WAITING]
    assert states[1] == [FINISHED, STARTED, WAITING]
    assert states[3] == [FINISHED] * 3
    assert machine.calls[:3] == ["--unlock", str(listing), f"{tmp_path}/models/yae"]


def test_a_finished_network_is_not_asked_for_again(listing, tmp_path, monkeypatch):
    machine = Machine(monkeypatch, tmp_path, seconds=1.0)
    run_slice([], str(listing), 540.0)
    machine.calls.clear()
    run_slice([], str(listing), 540.0)
    assert machine.calls == ["--unlock", str(listing)]


def test_the_table_says_how_far_each_network_is(listing, tmp_path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "yae.log").write_text(LOG)
    (tmp_path / "logs" / "fcnn.log").write_text(LOG.partition("t INFO yae")[0])  # stopped before its next epoch was whole
    table = progress(pd.read_csv(listing)).set_index("model")
    assert list(table["state"]) == [STARTED, STARTED, WAITING]
    assert list(table["epoch"])[:2] == ["9", "7"]
    assert table.loc["yae", "held_out"] == "0.01100 0.01250"
    assert table.loc["yae", "device"] == "NVIDIA H100 (cuda) x 1"


def test_a_job_that_fails_of_itself_stops_the_slice(listing, monkeypatch):
    monkeypatch.setattr(slices, "snakemake", lambda arguments, seconds: 0 if "models" not in arguments[-1] else 1)
    with pytest.raises(InputError, match="yae` was not trained"):
        run_slice([], str(listing), 60.0)


def test_the_end_of_a_slice_leaves_no_process(tmp_path, monkeypatch):
    """Snakemake and the job that it has started, both gone when the time is up."""
    job = 'import time\n        open("started", "w").close()\n        time.sleep(600)\n'
    (tmp_path / "Snakefile").write_text(f'rule wait:\n    output: "waited"\n    run:\n        {job}')
    monkeypatch.chdir(tmp_path)
    seconds, begun = 4.0, (tmp_path / "started").exists
    while not begun():
        assert slices.snakemake(["--cores", "1", "--quiet", "--nolock", "--rerun-incomplete"], seconds) is None
        seconds *= 2
    left = [process for process in psutil.process_iter(["cwd"]) if process.info["cwd"] == str(tmp_path)]
    left.remove(psutil.Process())
    _, alive = psutil.wait_procs(left, timeout=30)  # a killed process may take a moment to go
    assert alive == []
