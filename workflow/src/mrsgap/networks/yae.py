"""MRSNet-YAE: an autoencoder whose latent vector feeds a quantifier; and the quantifier on a frozen encoder (study.md 5.2)."""

import itertools

import jax
from flax import nnx

from mrsgap.core.errors import InputError
from mrsgap.networks.autoencoder import Chain, latent_width, make_decoder, make_encoder
from mrsgap.networks.inputs import Inputs, Output
from mrsgap.networks.layers import Block, split


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
