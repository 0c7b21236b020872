"""Order of items, splits, schedules, losses, checkpoints and settings."""

import jax.numpy as jnp
import numpy as np
import pytest
from unit.networks.narrow import key

from mrsgap.core.errors import InputError
from mrsgap.learn.checkpoint import read_arrays, write_arrays
from mrsgap.learn.loop import clip_each, huber_error, item_losses, scale_losses
from mrsgap.learn.members import Member, epoch_order, fold_members, seed_members
from mrsgap.learn.settings import Schedule, Settings, quantifier_weight, scheduled_rate
from mrsgap.networks.inputs import Output


def test_every_epoch_is_a_full_permutation_of_its_own():
    run = Member("fold 0", key(), np.arange(100, 137), np.arange(3))
    first, second = (epoch_order(run, epoch, 5, 8) for epoch in (0, 1))
    for order in (first, second):
        assert set(order.ravel()) == set(range(100, 137))
        assert len(set(order.ravel()[:37])) == 37
    assert not np.array_equal(first, second)
    assert np.array_equal(first, epoch_order(run, 0, 5, 8))


def test_a_fold_neither_teaches_nor_stops_the_network_that_is_judged_on_it():
    fold_of_item = np.arange(23) % 5
    runs = fold_members(fold_of_item, [0, 1, 2, 3, 4], 0.2, key())
    for fold, run in enumerate(runs):
        assert sorted([*run.training, *run.held_out]) == np.flatnonzero(fold_of_item != fold).tolist()
        assert len(run.held_out) == round(0.2 * (fold_of_item != fold).sum())
    with pytest.raises(InputError, match="fold 7"):
        fold_members(fold_of_item, [7], 0.2, key())


def test_seeds_hold_out_their_own_items():
    first, second = seed_members(50, [0, 1], 0.1, key())
    assert len(first.held_out) == 5
    assert sorted([*first.training, *first.held_out]) == list(range(50))
    assert not np.array_equal(first.held_out, second.held_out)


def test_a_fold_is_the_same_alone_and_among_others():
    alone = fold_members(np.arange(20) % 5, [3], 0.1, key())[0]
    among = fold_members(np.arange(20) % 5, [1, 3], 0.1, key())[1]
    assert np.array_equal(epoch_order(alone, 2, 2, 8), epoch_order(among, 2, 2, 8))


def test_warm_up_is_the_papers_ramp():
    settings = Settings(quantifier_start_weight=0.1, quantifier_weight=1.0, warm_up_epochs=25)
    assert [quantifier_weight(epoch, settings) for epoch in (0, 5, 25, 60)] == pytest.approx([0.1, 0.28, 1.0, 1.0])


def test_plateau_halves_the_learning_rate_down_to_its_floor():
    settings = Settings(plateau_patience=2, min_learning_rate=3e-5, patience=100)
    schedule = Schedule(1e-4)
    rates = []
    for epoch in range(7):
        schedule.observe(epoch, 1.0, 1.0, settings)
        rates.append(schedule.learning_rate)
    assert rates == pytest.approx([1e-4, 1e-4, 5e-5, 5e-5, 3e-5, 3e-5, 3e-5])


def test_stopping_waits_for_its_first_epoch_but_remembers_the_best():
    settings = Settings(patience=2, patience_from_epoch=5)
    schedule = Schedule(1e-4)
    for epoch, score in enumerate([3.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0]):
        schedule.observe(epoch, score, score, settings)
    assert (schedule.best_epoch, schedule.stopped) == (1, True)
    assert not schedule.observe(7, 0.5, 0.5, settings)


def test_learning_rate_scales_with_the_batch():
    assert Settings(batch_size=64).start_learning_rate == pytest.approx(4e-4)


def test_huber_is_half_the_square_then_linear():
    assert np.allclose(huber_error(jnp.array([[0.5], [3.0]]), jnp.zeros((2, 1))), [0.125, 2.5])


def test_loss_weighs_reconstruction_and_concentrations():
    output = Output(jnp.ones((1, 5)), jnp.full((1, 2, 8), 2.0))
    loss = item_losses(output, jnp.zeros((1, 5)), jnp.zeros((1, 2, 8)), "mse", 1.0, 0.25)
    assert float(loss[0]) == pytest.approx(4.25)


def test_clipping_acts_on_every_tensor_by_itself():
    clipped, _ = clip_each(1.0).update({"long": jnp.array([3.0, 4.0]), "short": jnp.array([0.1])}, None)
    assert np.allclose(clipped["long"], [0.6, 0.8])
    assert np.allclose(clipped["short"], [0.1])


def test_arrays_come_back_as_they_went(tmp_path):
    tree = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": [np.int32(4), np.array([1 + 2j], np.complex64)]}
    write_arrays(tmp_path / "x.msgpack", tree, {"epoch": 3, "rows": [["fold 0", 0.5]]})
    back, values = read_arrays(tmp_path / "x.msgpack", tree)
    assert values == {"epoch": 3, "rows": [["fold 0", 0.5]]}
    assert np.array_equal(back["a"], tree["a"])
    assert back["b"][1].dtype == np.complex64


@pytest.mark.parametrize(
    ("like", "message"),
    [
        ({"a": np.zeros((3, 2), np.float32)}, r"has float32 \(2, 3\)"),
        ({"a": np.zeros((2, 3), np.float64)}, "not float64"),
        ({"c": np.zeros((2, 3), np.float32)}, "does not fit the network"),
    ],
)
def test_arrays_of_another_network_are_refused(tmp_path, like, message):
    write_arrays(tmp_path / "x.msgpack", {"a": np.zeros((2, 3), np.float32)}, {})
    with pytest.raises(InputError, match=message):
        read_arrays(tmp_path / "x.msgpack", like)


def test_damaged_checkpoint_is_named(tmp_path):
    write_arrays(tmp_path / "x.msgpack", {"a": np.zeros((2, 3), np.float32)}, {})
    whole = (tmp_path / "x.msgpack").read_bytes()
    (tmp_path / "x.msgpack").write_bytes(whole[:-5])
    with pytest.raises(InputError, match="not a readable checkpoint"):
        read_arrays(tmp_path / "x.msgpack", {"a": np.zeros((2, 3), np.float32)})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"epochs": 0}, "`epochs` must be at least 1"),
        ({"loss": "l1"}, "one of mse, huber, mae"),
        ({"epoch": 3}, "unknown training setting"),
    ],
)
def test_settings_are_checked(values, message):
    with pytest.raises(InputError, match=message):
        Settings.of({"batch_size": 16}, values)


def test_a_cosine_falls_from_the_full_rate_to_nearly_nothing():
    settings = Settings(learning_rate=6.25e-5, batch_size=256, schedule="cosine", epochs=10)
    rates = [scheduled_rate(0.5, epoch, settings) for epoch in range(10)]
    assert rates[0] == pytest.approx(1e-3)
    assert rates[5] == pytest.approx(5e-4)
    assert 0 < rates[-1] < 3e-5
    assert scheduled_rate(0.5, 3, Settings()) == 0.5  # the plateau's own


def test_scales_are_judged_as_those_of_a_laplace_law():
    """The loss is least where the scale is the mean absolute error, and does not pull on the concentrations."""
    import jax

    truth = jnp.zeros((1, 2))

    def loss(scale, estimate):
        return scale_losses(Output(jnp.full((1, 2), estimate), scales=jnp.full((1, 2), scale)), truth)[0]

    assert jax.grad(loss)(0.3, 0.3) == pytest.approx(0, abs=1e-6)
    assert loss(0.3, 0.3) < min(loss(0.2, 0.3), loss(0.4, 0.3))
    assert jax.grad(loss, argnums=1)(0.3, 0.5) == 0
