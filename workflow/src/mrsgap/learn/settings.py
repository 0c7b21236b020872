"""Settings of one training, checked; their defaults are the study's (arXiv 2602.20289; paper.md 6.1)."""

from dataclasses import dataclass, fields

from mrsgap.core.errors import InputError

LOSSES = ("mse", "huber")


@dataclass(frozen=True)
class Settings:
    """How to train. Times in epochs unless the name has a unit; `learning_rate` is at a batch of 16 and scales linearly.

    `loop` and `runs_at_once` choose how the same computation is laid out: see `loop.choose_loop` and `fit.group_size`.
    """

    epochs: int = 100
    batch_size: int = 16
    learning_rate: float = 1e-4
    clip_norm: float = 1.0  # of every tensor's gradient by itself, as Keras `clipnorm`
    loss: str = "mse"
    reconstruction_weight: float = 1.0
    quantifier_weight: float = 1.0
    quantifier_start_weight: float = 1.0
    warm_up_epochs: float = 0.0
    patience: int = 25
    patience_from_epoch: int = 0
    min_delta: float = 1e-8
    plateau_patience: int = 20
    plateau_factor: float = 0.5
    min_learning_rate: float = 1e-7
    precision: str = "float32"
    loop: str = "auto"
    runs_at_once: int | str = "auto"
    evaluation_batch: int = 256
    checkpoint_every_s: float = 30.0

    def __post_init__(self):
        for name in ("epochs", "batch_size", "evaluation_batch", "patience", "plateau_patience"):
            _require(name, getattr(self, name), getattr(self, name) >= 1, "at least 1")
        for name in ("learning_rate", "clip_norm", "min_learning_rate"):
            _require(name, getattr(self, name), getattr(self, name) > 0, "> 0")
        _require("plateau_factor", self.plateau_factor, 0 < self.plateau_factor < 1, "between 0 and 1")
        _require("loss", self.loss, self.loss in LOSSES, f"one of {', '.join(LOSSES)}")
        _require("precision", self.precision, self.precision in ("float32", "bfloat16"), "float32 or bfloat16")
        _require("loop", self.loop, self.loop in ("auto", "scan", "step"), "auto, scan or step")
        at_once = self.runs_at_once
        _require(
            "runs_at_once", at_once, at_once == "auto" or (isinstance(at_once, int) and at_once >= 1), "auto or at least 1"
        )

    @property
    def start_learning_rate(self) -> float:
        """Learning rate of the first epoch: linear scaling with the batch (Goyal et al., arXiv 1706.02677, 2017)."""
        return self.learning_rate * self.batch_size / 16

    @classmethod
    def of(cls, *dictionaries: dict) -> "Settings":
        """Settings from dictionaries, later ones before earlier ones; `InputError` for an unknown key."""
        known = {field.name for field in fields(cls)}
        merged = {key: value for dictionary in dictionaries for key, value in dictionary.items()}
        unknown = sorted(set(merged) - known)
        if unknown:
            raise InputError(
                f"unknown training setting `{unknown[0]}`", where="config: training", cure=f"Known: {sorted(known)}"
            )
        return cls(**merged)


def _require(name, value, holds, what):
    if not holds:
        raise InputError(f"`{name}` must be {what}, but is {value!r}", where=f"config: training.{name}")
