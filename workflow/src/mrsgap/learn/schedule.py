"""What changes from epoch to epoch: the quantifier's weight, the learning rate, and when to stop. Plain Python, one per run."""

import dataclasses
import math
from dataclasses import dataclass

from mrsgap.learn.settings import Settings


def quantifier_weight(epoch: int, settings: Settings) -> float:
    """Weight of the concentrations' loss in `epoch` (from 0): a linear ramp over `warm_up_epochs`, then constant.

    The study writes w = 0.1 + 0.9 min(1, epoch / 25); under Keras 3 its code keeps 0.1 throughout (paper.md 13.1, row 1).
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
