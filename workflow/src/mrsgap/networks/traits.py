"""What every architecture is, declared once and free of JAX: its hyper-parameters, what it gives, what it needs.

The config is checked against these whenever Snakemake reads the rules, so a misspelt hyper-parameter stops before any job.
Studies, training, quantification and rules ask here too; `registry` holds the classes, and a test keeps both in agreement.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from mrsgap.core.errors import InputError


@dataclass(frozen=True)
class Traits:
    """One architecture: the keyword arguments of its constructor, and what the rest of the package must know of it.

    `head` names the layers kept in float32 where the rest is trained in lower precision; the input of the last one is the
    network's feature space. A `convolutional` network steps through batches on a CPU instead of scanning them.
    """

    hyper: tuple[str, ...]
    head: tuple[str, ...] = ("out",)
    convolutional: bool = False
    quantifies: bool = True  # gives concentrations
    reconstructs: bool = False  # gives a reconstruction, and learns from noise-free twins
    fits_basis: bool = False  # needs a basis, and carries it
    borrows_encoder: bool = False  # needs the encoder of a trained `autoencoder`
    has_scales: bool = False  # says how large an error it expects of every concentration


_ENCODER = ("width", "encoder_layers")
_DECODER = ("decoder_layers", "activation", "last_activation", "dropout")
_QUANTIFIER = ("units", "layers", "quantifier_activation", "output_activation", "quantifier_dropout")
_FACTORS = ("filters", "dense_units")

TRAITS = {
    "cnn": Traits(
        ("kernels", "reduction", "steps", "filters", "dense_units", "convolution_dropout", "dense_dropout", "output_activation",
         "batch_norm_momentum"),
        convolutional=True,
    ),
    "yae": Traits((*_ENCODER, *_DECODER, *_QUANTIFIER), head=("quantifier",), reconstructs=True),
    "autoencoder": Traits((*_ENCODER, *_DECODER), head=(), quantifies=False, reconstructs=True),
    "frozen_encoder_quantifier": Traits((*_ENCODER, "activation", *_QUANTIFIER), head=("quantifier",), borrows_encoder=True),
    "fcnn": Traits(("filters", "kernel", "pool", "dense_units", "dropout"), convolutional=True),
    "qnet": Traits(_FACTORS, head=("out", "solve"), convolutional=True),
    "qnet_basis": Traits(
        (*_FACTORS, "phase_limit_rad", "shift_limit_hz", "linewidth_limits_hz", "ridge", "sweeps"),
        head=("factors",), convolutional=True, fits_basis=True,
    ),
    "qmrs": Traits(("filters", "inception", "units", "dense_units", "dropout", "memory_steps"), convolutional=True),
    "encdec": Traits(("filters", "kernel", "dilations"), convolutional=True),
    "residual_mlp": Traits(("width", "blocks"), head=("scale", "out"), has_scales=True),
}  # fmt: skip


def traits(architecture: str, where: str = "config: models.<name>.architecture") -> Traits:
    """Traits of `architecture`; `InputError`, which names the setting `where` it stands, lists the known ones."""
    if architecture not in TRAITS:
        raise InputError(f"unknown architecture `{architecture}`", where=where, cure=f"Known are {', '.join(TRAITS)}")
    return TRAITS[architecture]


def check_hyper(architecture: str, names: Iterable[str], where: str = "config: models.<name>.hyper") -> None:
    """Raise `InputError` where `names` hold one that is no hyper-parameter of `architecture`; it lists those that are."""
    allowed = traits(architecture).hyper
    unknown = sorted(set(names) - set(allowed))
    if unknown:
        alike = difflib.get_close_matches(unknown[0], allowed, 1)
        guess = f": did you mean `{alike[0]}`?" if alike else ""
        raise InputError(
            f"`{architecture}` has no hyper-parameter `{unknown[0]}`{guess}", where=where, cure=f"It has {', '.join(allowed)}"
        )
