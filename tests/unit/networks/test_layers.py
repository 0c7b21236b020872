"""Layers against their equations written out in NumPy."""

import numpy as np
import pytest
from flax import nnx
from unit.networks.narrow import key

from mrsgap.networks.layers import BidirectionalGRU, BidirectionalLSTM, Convolution, activation, dropout, max_pool


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(2, 7, 3)).astype(np.float32)


@pytest.mark.parametrize(("stride", "dilation", "padding"), [(1, 1, "valid"), (2, 1, "valid"), (1, 2, "same"), (1, 1, "same")])
def test_convolution_is_the_sum_over_taps(x, stride, dilation, padding):
    layer = Convolution(3, 4, 3, nnx.Rngs(0), stride=stride, dilation=dilation, padding=padding)
    layer.bias[...] = layer.bias[...] + np.arange(4)
    kernel = np.asarray(layer.kernel[...])
    padded = np.pad(x, ((0, 0), (dilation, dilation), (0, 0))) if padding == "same" else x
    starts = range(0, padded.shape[1] - 2 * dilation, stride)
    expected = np.stack([sum(padded[:, s + t * dilation] @ kernel[t] for t in range(3)) for s in starts], axis=1) + np.arange(4)
    assert np.allclose(layer(x), expected, atol=1e-5)


def test_lstm_follows_its_equations(x):
    layer = BidirectionalLSTM(3, 5, nnx.Rngs(0))
    expected = []
    for direction, sequence in enumerate((x, x[:, ::-1])):
        hidden = cell = np.zeros((2, 5))
        for step in range(7):
            gates = sequence[:, step] @ layer.kernel[...][direction] + hidden @ layer.recurrent[...][direction]
            i, f, g, o = np.split(np.asarray(gates) + np.repeat([0, 1, 0, 0], 5), 4, axis=-1)
            cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(g)
            hidden = sigmoid(o) * np.tanh(cell)
        expected.append(hidden)
    assert np.allclose(layer(x), np.concatenate(expected, axis=-1), atol=1e-5)


def test_gru_follows_its_equations(x):
    layer = BidirectionalGRU(3, 5, nnx.Rngs(0))
    layer.recurrent_bias[...] = layer.recurrent_bias[...] + np.linspace(-1, 1, 15)
    expected = []
    for direction, sequence in enumerate((x, x[:, ::-1])):
        hidden, states = np.zeros((2, 5)), []
        for step in range(7):
            z, r, c = np.split(np.asarray(sequence[:, step] @ layer.kernel[...][direction]), 3, axis=-1)
            recurrent = hidden @ layer.recurrent[...][direction] + np.linspace(-1, 1, 15)
            hz, hr, hc = np.split(np.asarray(recurrent), 3, axis=-1)
            update = sigmoid(z + hz)
            hidden = update * hidden + (1 - update) * np.tanh(c + sigmoid(r + hr) * hc)
            states.append(hidden)
        expected.append(np.stack(states if direction == 0 else states[::-1], axis=1))
    assert np.allclose(layer(x), np.concatenate(expected, axis=-1), atol=1e-5)


def test_pooling_takes_maxima_and_drops_an_incomplete_window(x):
    assert np.array_equal(max_pool(x, 3), np.stack([x[:, :3].max(1), x[:, 3:6].max(1)], axis=1))
    assert max_pool(x, 1) is x


def test_dropout_keeps_the_mean_and_drops_the_rate():
    ones = np.ones((200, 200), np.float32)
    dropped = np.asarray(dropout(ones, 0.2, key()))
    assert abs(dropped.mean() - 1) < 0.01
    assert abs((dropped == 0).mean() - 0.2) < 0.01
    assert dropout(ones, 0.2, None) is ones


def test_leaky_relu_takes_its_slope_from_its_name():
    assert np.allclose(activation("leakyrelu0.1")(np.array([-1.0, 2.0])), [-0.1, 2.0])
