"""Settings of one training, checked, and what they make of each epoch: weight, learning rate, when to stop. Plain Python.

Defaults are the study's (arXiv 2602.20289; study.md 6.1).
"""

import dataclasses
import math
from dataclasses import dataclass, fields

from mrsgap.core.errors import InputError

LOSSES = ("mse", "huber", "mae")
SCHEDULES = ("plateau", "cosine")


@dataclass(frozen=True)
class Settings:
    """How to train. Times in epochs unless the name has a unit; `learning_rate` is at a batch of 16 and scales linearly.

    `loop` and `runs_at_once` choose how the same computation is laid out: see `loop.choose_loop` and `fit.group_size`.
    """

    epochs: int = 100
    batch_size: int = 16
    learning_rate: float = 1e-4
    schedule: str = "plateau"  # how the learning rate falls; cosine (Loshchilov and Hutter, arXiv 1608.03983, 2016) to zero
    clip_norm: float = 1.0  # of every tensor's gradient by itself, as Keras `clipnorm`
    weight_decay: float = 0.0  # of matrices, decoupled from the gradient (AdamW; Loshchilov and Hutter, arXiv 1711.05101, 2017)
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
        _require("schedule", self.schedule, self.schedule in SCHEDULES, f"one of {', '.join(SCHEDULES)}")
        _require("weight_decay", self.weight_decay, self.weight_decay >= 0, ">= 0")
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


def scheduled_rate(learning_rate: float, epoch: int, settings: Settings) -> float:
    """Learning rate of `epoch` (from 0): the run's own, which falls at plateaus, or the cosine's share of it."""
    if settings.schedule == "plateau":
        return learning_rate
    return settings.start_learning_rate * 0.5 * (1 + math.cos(math.pi * epoch / settings.epochs))


def quantifier_weight(epoch: int, settings: Settings) -> float:
    """Weight of the concentrations' loss in `epoch` (from 0): a linear ramp over `warm_up_epochs`, then constant.

    The study writes w = 0.1 + 0.9 min(1, epoch / 25); under Keras 3 its code keeps 0.1 throughout (deviations.md 1).
    """
    start, final, length = settings.quantifier_start_weight, settings.quantifier_weight, settings.warm_up_epochs
    return final if length <= 0 else start + (final - start) * min(1.0, epoch / length)


@dataclass
class Schedule:
    """One run's learning rate and best epoch. `observe` is told the held-out score and loss after every epoch."""

    learning_rate: float
    best_score: float = math.inf
    best_epoch: int = -1
    lowest_loss: float = math.inf
    since_best: int = 0
    since_lowest: int = 0
    stopped: bool = False

    def observe(self, epoch: int, score: float, loss: float, settings: Settings) -> bool:
        """Take in an epoch; True when its weights are the best so far. Sets `learning_rate` and `stopped` for the next one.

        Stopping follows the score (mean absolute error of the held-out items), the learning rate their loss, whose weights do
        not ramp, so that the warm-up cannot pass for a plateau.
        """
        if self.stopped:
            return False
        better = score < self.best_score - settings.min_delta
        if better:
            self.best_score, self.best_epoch, self.since_best = score, epoch, 0
        elif epoch >= settings.patience_from_epoch:
            self.since_best += 1
        self.stopped = self.since_best >= settings.patience
        if loss < self.lowest_loss - settings.min_delta:
            self.lowest_loss, self.since_lowest = loss, 0
        else:
            self.since_lowest += 1
            if self.since_lowest >= settings.plateau_patience:
                self.since_lowest = 0
                self.learning_rate = max(self.learning_rate * settings.plateau_factor, settings.min_learning_rate)
        return better

    def as_dict(self) -> dict:
        """Its numbers, for a checkpoint."""
        return dataclasses.asdict(self)


def _require(name, value, holds, what):
    if not holds:
        raise InputError(f"`{name}` must be {what}, but is {value!r}", where=f"config: training.{name}")
