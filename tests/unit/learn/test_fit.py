"""The training loop: learns, repeats itself, resumes, stops, and says what went wrong."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest
from reference_data import REPOSITORY
from unit.networks.narrow import NARROW, inputs, key, spectra

from mrsgap.core.errors import InputError
from mrsgap.learn.fit import train
from mrsgap.learn.members import Member, fold_members
from mrsgap.learn.settings import Settings
from mrsgap.networks.registry import ARCHITECTURES
from mrsgap.networks.traits import TRAITS, Traits
from mrsgap.spectra.render import Examples

LEARNING_RATE, EPOCHS = {"encdec": 2e-2}, {"qmrs": 160}
TINY = {"width": 64, "encoder_layers": 3, "decoder_layers": 2, "units": 16}


def examples(count=40, seed=0):
    return Examples(*spectra(count, seed))


def settings(**changes):
    return Settings(**({"epochs": 4, "learning_rate": 3e-3, "checkpoint_every_s": 0.0} | changes))


def folds(count=40, number=2):
    return fold_members(np.arange(count) % number, list(range(number)), 0.1, key())


def same(first, second) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(jax.tree.leaves(first), jax.tree.leaves(second), strict=True))


@pytest.mark.parametrize("name", sorted(set(ARCHITECTURES) - {"autoencoder"}))
def test_architecture_overfits_32_items(name):
    data = examples()
    run = Member("all", key(), np.arange(32), np.arange(32, 40))
    rate = LEARNING_RATE.get(name, 3e-3)
    choice = settings(epochs=EPOCHS.get(name, 100), patience=200, learning_rate=rate, plateau_patience=200)
    trained = train(name, NARROW[name], inputs(), data, [run], choice)
    truth = data.concentrations[:32]
    constant = np.abs(truth - truth.mean(axis=0)).mean()
    assert trained.history.mae.min() < constant / 3


def test_the_network_of_the_docs_is_one_file_and_two_lines(monkeypatch):
    text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    namespace = {}
    section = re.search(r"^### A network.*?(?=^#)", text, re.DOTALL | re.MULTILINE)[0]
    network, declaration = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    exec(network, namespace)
    monkeypatch.setitem(ARCHITECTURES, "perceptron", namespace["Perceptron"])
    monkeypatch.setitem(TRAITS, "perceptron", eval(f"{{{declaration}}}", {"Traits": Traits})["perceptron"])
    data, run = examples(), Member("all", key(), np.arange(32), np.arange(32, 40))
    trained = train("perceptron", {"units": 64}, inputs(), data, [run], settings(epochs=100, patience=200, learning_rate=3e-3))
    truth = data.concentrations[:32]
    assert trained.history.mae.min() < np.abs(truth - truth.mean(axis=0)).mean() / 3


def test_autoencoder_overfits_32_items_and_denoises():
    data = examples()
    run = Member("all", key(), np.arange(32), np.arange(32, 40))
    trained = train("autoencoder", NARROW["autoencoder"], inputs(), data, [run], settings(epochs=60, loss="huber"))
    power = 0.5 * np.square(data.clean[:32]).mean()
    assert trained.history.loss.min() < 0.2 * power


def test_same_key_gives_the_same_training_and_another_key_another():
    data, runs = examples(), folds()
    first, again = (train("yae", TINY, inputs(), data, runs, settings()) for _ in range(2))
    other = train("yae", TINY, inputs(), data, fold_members(np.arange(40) % 2, [0, 1], 0.1, key(7)), settings())
    assert same(first.state, again.state)
    assert first.history.drop(columns="seconds").equals(again.history.drop(columns="seconds"))
    assert not same(first.state, other.state)


@pytest.mark.parametrize("change", [{"runs_at_once": 1}, {"loop": "step"}])
def test_layout_of_the_computation_does_not_change_the_result(change):
    data, runs = examples(), folds()
    base = train("yae", TINY, inputs(), data, runs, settings(loop="scan", runs_at_once=2))
    other = train("yae", TINY, inputs(), data, runs, settings(**({"loop": "scan", "runs_at_once": 2} | change)))
    assert np.allclose(base.history.held_out_mae, other.history.held_out_mae, rtol=1e-4)
    for a, b in zip(jax.tree.leaves(base.state), jax.tree.leaves(other.state), strict=True):
        assert np.allclose(a, b, atol=1e-5)


def test_best_weights_are_those_of_the_best_epoch():
    data, runs = examples(), folds()[:1]
    long = train("yae", TINY, inputs(), data, runs, settings(epochs=12, learning_rate=0.3, plateau_patience=50))
    best = int(long.best_epochs[0])
    assert best < 11
    short = train("yae", TINY, inputs(), data, runs, settings(epochs=best + 1, learning_rate=0.3, plateau_patience=50))
    assert same(long.state, short.state)
    assert long.scores[0] == long.history.held_out_mae.min()


def test_training_stops_after_the_patience_runs_out():
    trained = train("yae", TINY, inputs(), examples(), folds(), settings(epochs=50, patience=2, learning_rate=0.3))
    for name, best in zip(trained.names, trained.best_epochs):
        rows = trained.history[trained.history.run == name]
        assert len(rows) == best + 3 < 50


def test_warm_up_changes_the_training():
    """The weight reaches the gradient in every epoch: after equal first epochs the ramp and the constant part."""
    data, runs = examples(), folds()[:1]
    constant = settings(loss="huber", quantifier_weight=0.1, quantifier_start_weight=0.1)
    ramp = settings(loss="huber", quantifier_weight=1.0, quantifier_start_weight=0.1, warm_up_epochs=2)
    histories = [train("yae", TINY, inputs(), data, runs, choice).history for choice in (constant, ramp)]
    assert histories[0].loss[0] == histories[1].loss[0]
    assert list(histories[1].quantifier_weight) == [0.1, 0.55, 1.0, 1.0]
    assert histories[0].mae[3] != histories[1].mae[3]


def test_a_loss_that_explodes_stops_with_epoch_and_learning_rate():
    choice = settings(epochs=30, learning_rate=3.0, clip_norm=1e9, plateau_patience=100)
    with pytest.raises(InputError, match=r"fcnn, fold 0: the held-out loss diverges, .* in epoch \d+ at learning rate"):
        train("fcnn", NARROW["fcnn"], inputs(), examples(), folds()[:1], choice)


def test_loss_that_is_not_finite_stops_with_epoch_and_learning_rate(tmp_path):
    with pytest.raises(InputError, match=r"fold 0: the loss is not finite in epoch \d+ at learning rate 1e\+30"):
        train(
            "fcnn", NARROW["fcnn"], inputs(), examples(), folds()[:1], settings(learning_rate=1e30), checkpoint=tmp_path / "c"
        )


def test_out_of_memory_names_the_key_to_lower(monkeypatch):
    def full(*args):
        raise jax.errors.JaxRuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 9 bytes")

    monkeypatch.setattr("mrsgap.learn.loop.Loop.train", full)
    with pytest.raises(InputError, match=r"Lower training.runs_at_once or training.batch_size"):
        train("yae", TINY, inputs(), examples(), folds(), settings())


def test_fresh_spectra_replace_stored_ones():
    data, runs = examples(), folds()
    arrays = jax.tree.map(jax.numpy.asarray, data)

    def render(render_key, count):
        items = jax.random.randint(render_key, (count,), 0, 40)
        return jax.tree.map(lambda values: values[items], arrays)

    stored = train("yae", TINY, inputs(), data, runs, settings())
    fresh = train("yae", TINY, inputs(), data, runs, settings(), render=render)
    assert np.isfinite(fresh.history.loss).all()
    assert not same(stored.state, fresh.state)


def test_low_precision_learns_with_a_float32_head():
    trained = train("yae", TINY, inputs(), examples(), folds(), settings(precision="bfloat16", epochs=6))
    assert trained.history.loss.iloc[-1] < trained.history.loss.iloc[0]
    assert {leaf.dtype for leaf in jax.tree.leaves(trained.state)} == {np.dtype("float32")}


def test_killed_training_resumes_to_the_same_result(tmp_path):
    """A process killed by signal 9 in its third epoch; the next one goes on from the checkpoint of the second."""
    killed = f"""
import os, signal
import mrsgap.learn.fit as fit
from unit.learn.test_fit import TINY, examples, folds, inputs, settings
written = fit.write_checkpoint
def write_then_die(path, checkpoint):
    if checkpoint.epoch == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    written(path, checkpoint)
fit.write_checkpoint = write_then_die
fit.train("yae", TINY, inputs(), examples(), folds(), settings(), checkpoint={str(tmp_path / "state")!r})
"""
    here = Path(__file__).parents[2]
    paths = os.pathsep.join([str(here), str(here.parent / "workflow" / "src")])
    process = subprocess.run([sys.executable, "-c", killed], env=os.environ | {"PYTHONPATH": paths}, check=False)
    assert process.returncode == -signal.SIGKILL
    assert (tmp_path / "state-0.msgpack").exists()
    resumed = train("yae", TINY, inputs(), examples(), folds(), settings(), checkpoint=tmp_path / "state")
    whole = train("yae", TINY, inputs(), examples(), folds(), settings())
    assert same(resumed.state, whole.state)
    assert resumed.history.drop(columns="seconds").equals(whole.history.drop(columns="seconds"))


def test_finished_checkpoint_is_not_trained_again(tmp_path, monkeypatch):
    first = train("yae", TINY, inputs(), examples(), folds(), settings(), checkpoint=tmp_path / "state")
    monkeypatch.delattr("mrsgap.learn.loop.Loop.train")
    again = train("yae", TINY, inputs(), examples(), folds(), settings(), checkpoint=tmp_path / "state")
    assert same(first.state, again.state)
    assert first.history.equals(again.history)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda e, r: (e._replace(inputs=np.where(np.arange(40)[:, None, None] == 3, np.nan, e.inputs)), r), "item 3"),
        (lambda e, r: (e, [Member("fold 0", r[0].key, r[0].training, np.array([], int))]), "0 held out"),
        (lambda e, r: (e, [Member("fold 0", r[0].key, r[0].training, r[0].training[:3])]), "judged on items it learns from"),
    ],
)
def test_unusable_examples_are_refused(change, message):
    data, runs = change(examples(), folds())
    with pytest.raises(InputError, match=message):
        train("yae", TINY, inputs(), data, runs, settings())
