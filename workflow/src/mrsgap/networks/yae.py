"""MRSNet-YAE: an autoencoder whose latent vector feeds a quantifier; and its stages of selection by themselves (study.md 5.2).

Stage 1 is the denoising autoencoder alone, stage 2 a quantifier on its frozen encoder, stage 3 both trained together. Every
layer of encoder and decoder acts along the spectrum and is shared by the channels.
"""

import itertools

import jax
from flax import nnx

from mrsgap.core.errors import InputError
from mrsgap.networks.inputs import Inputs, Output
from mrsgap.networks.layers import Block, split


class Chain(nnx.Module):
    """Dense blocks one after the other."""

    def __init__(self, blocks):
        self.blocks = nnx.List(blocks)

    def __call__(self, x, key=None):
        """(..., inputs of the first) -> (..., outputs of the last)."""
        for block, block_key in zip(self.blocks, split(key, len(self.blocks))):
            x = block(x, block_key)
        return x


def latent_width(width: int, layers: int) -> int:
    """Units of the encoder's last layer; `InputError` when halving `width` that often leaves less than one."""
    if layers < 2 or width >> (layers - 1) < 1:
        raise InputError(
            f"an encoder of width {width} cannot have {layers} layers", where="config: models.<name>.encoder_layers"
        )
    return width >> (layers - 1)


def make_encoder(points: int, width: int, layers: int, act: str, rate: float, rngs: nnx.Rngs) -> Chain:
    """`layers` blocks whose widths halve from `width`; the last, the latent one, without regulariser."""
    latent_width(width, layers)
    widths = [points] + [width >> i for i in range(layers)]
    rates = [rate] * (layers - 1) + [-1]
    return Chain([Block(a, b, act, r, rngs) for a, b, r in zip(widths, widths[1:], rates)])


def make_decoder(latent: int, points: int, width: int, layers: int, act: str, last_act: str, rngs: nnx.Rngs) -> Chain:
    """`layers` blocks whose widths double up to half of `width`, then the reconstruction itself; no regulariser."""
    if layers < 1 or width >> (layers - 1) < 1:
        raise InputError(
            f"a decoder of width {width} cannot have {layers} layers", where="config: models.<name>.decoder_layers"
        )
    widths = [latent] + [width >> i for i in range(layers - 1, 0, -1)] + [points]
    acts = [act] * (layers - 1) + [last_act]
    return Chain([Block(a, b, c, -1, rngs) for a, b, c in zip(widths, widths[1:], acts)])


class Autoencoder(nnx.Module):
    """Noisy spectra in, the clean ones out; no concentrations. `width` is the first layer's (the study: 2048)."""

    def __init__(
        self,
        inputs: Inputs,
        rngs: nnx.Rngs,
        *,
        width=2048,
        encoder_layers=5,
        decoder_layers=6,
        activation="tanh",
        last_activation="tanh",
        dropout=0.2,
    ):
        latent = latent_width(width, encoder_layers)
        self.encoder = make_encoder(inputs.points, width, encoder_layers, activation, dropout, rngs)
        self.decoder = make_decoder(latent, inputs.points, width, decoder_layers, activation, last_activation, rngs)

    def __call__(self, x, key=None) -> Output:
        """(batch, channel, bin) -> reconstruction."""
        encoder_key, decoder_key = split(key, 2)
        return Output(None, self.decoder(self.encoder(x, encoder_key), decoder_key))


class Frozen(nnx.Variable):
    """A weight that is kept as it was loaded: no optimiser sees it."""


def make_quantifier(latent: int, outputs: int, units: int, layers: int, act: str, last_act: str, rate: float, rngs) -> Chain:
    """`layers` - 1 blocks whose widths halve from `units`, then the concentrations."""
    if layers < 1 or (layers > 1 and units >> (layers - 2) < 1):
        raise InputError(f"a quantifier of {units} units cannot have {layers} layers", where="config: models.<name>.layers")
    widths = [latent] + [units >> i for i in range(layers - 1)]
    hidden = [Block(a, b, act, rate, rngs) for a, b in itertools.pairwise(widths)]
    return Chain([*hidden, Block(widths[-1], outputs, last_act, -1, rngs)])


class YAE(nnx.Module):
    """Encoder shared by a decoder (reconstruction) and a quantifier (concentrations), trained together."""

    def __init__(
        self,
        inputs: Inputs,
        rngs: nnx.Rngs,
        *,
        width=2048,
        encoder_layers=5,
        decoder_layers=6,
        activation="tanh",
        last_activation="tanh",
        dropout=0.2,
        units=384,
        layers=2,
        quantifier_activation="sigmoid",
        output_activation="sigmoid",
        quantifier_dropout=-1.0,
    ):
        latent = latent_width(width, encoder_layers)
        quantifier = (units, layers, quantifier_activation, output_activation, quantifier_dropout)
        self.encoder = make_encoder(inputs.points, width, encoder_layers, activation, dropout, rngs)
        self.decoder = make_decoder(latent, inputs.points, width, decoder_layers, activation, last_activation, rngs)
        self.quantifier = make_quantifier(len(inputs.channels) * latent, len(inputs.metabolites), *quantifier, rngs)

    def __call__(self, x, key=None) -> Output:
        """(batch, channel, bin) -> concentrations and reconstruction."""
        encoder_key, decoder_key, quantifier_key = split(key, 3)
        latent = self.encoder(x, encoder_key)  # (batch, channel, latent)
        flat = latent.reshape(x.shape[0], -1)
        return Output(self.quantifier(flat, quantifier_key), self.decoder(latent, decoder_key))


class FrozenEncoderQuantifier(nnx.Module):
    """Stage 2 of the selection: a quantifier on the encoder of a trained `autoencoder`, whose weights never change."""

    def __init__(
        self,
        inputs: Inputs,
        rngs: nnx.Rngs,
        *,
        width=2048,
        encoder_layers=5,
        activation="tanh",
        units=384,
        layers=2,
        quantifier_activation="sigmoid",
        output_activation="sigmoid",
        quantifier_dropout=-1.0,
    ):
        latent = latent_width(width, encoder_layers)
        quantifier = (units, layers, quantifier_activation, output_activation, quantifier_dropout)
        # The encoder runs in evaluation mode always, so its dropout is off.
        encoder = make_encoder(inputs.points, width, encoder_layers, activation, -1, rngs)
        graph, weights = nnx.split(encoder)
        frozen = jax.tree.map(lambda leaf: Frozen(leaf[...]), weights, is_leaf=lambda leaf: isinstance(leaf, nnx.Variable))
        self.encoder = nnx.merge(graph, frozen)
        self.quantifier = make_quantifier(len(inputs.channels) * latent, len(inputs.metabolites), *quantifier, rngs)

    def __call__(self, x, key=None) -> Output:
        """(batch, channel, bin) -> concentrations."""
        latent = self.encoder(x)
        return Output(self.quantifier(latent.reshape(x.shape[0], -1), key))
