"""What YAE and FCNN learn from 2,000 simulated spectra in 20 epochs, over three seeds (study's noise, 2 Hz, sum, 80/20 split).

YAE runs with the study's constant weight of the quantifier's loss and with the warm-up that the paper describes. Rows give
GABA's held-out error over that of a constant predictor (the training mean), and the learning curve of the overall error.
"""

from collections.abc import Iterator

import jax
import numpy as np
from study_examples import METABOLITES, study_examples, study_inputs

from mrsgap.learn.fit import train
from mrsgap.learn.members import Member
from mrsgap.learn.model import predict
from mrsgap.learn.settings import Settings

ITEMS, EPOCHS, SEEDS = 2000, 20, 3
FOUR = ("off-imaginary", "off-real", "on-imaginary", "on-real")
HUBER = {"loss": "huber", "epochs": EPOCHS}
CASES = {
    "yae, constant weight 0.1": ("yae", FOUR, {**HUBER, "quantifier_weight": 0.1, "quantifier_start_weight": 0.1}),
    "yae, warm-up 0.1 to 1 over 25 epochs": (
        "yae", FOUR, {**HUBER, "quantifier_weight": 1.0, "quantifier_start_weight": 0.1, "warm_up_epochs": 25}),
    "fcnn": ("fcnn", ("off-real", "on-real"), {"epochs": EPOCHS}),
}  # fmt: skip


def benchmark() -> Iterator[dict]:
    """A row for each case as it is done (FCNN takes half an hour): GABA's error relative to the constant's, and the curve.

    Both are medians over the seeds.
    """
    for what, (architecture, channels, training) in CASES.items():
        examples = study_examples(ITEMS, channels)
        inputs, settings = study_inputs(channels), Settings(**training)
        runs = _splits()
        trained = train(architecture, {}, inputs, examples, runs, settings)
        estimates = predict(architecture, {}, inputs, trained.state, examples.inputs)
        gaba = METABOLITES.index("GABA")
        relative = []
        for run, estimate in zip(runs, estimates):
            truth = examples.concentrations[run.held_out, gaba]
            constant = np.abs(truth - examples.concentrations[run.training, gaba].mean()).mean()
            relative.append(np.abs(estimate[run.held_out, gaba] - truth).mean() / constant)
        curve = trained.history.groupby("epoch")["held_out_mae"].median()
        yield {"what": what, "value": float(np.median(relative)), "unit": "of a constant predictor's error (GABA)",
               "seeds": " ".join(f"{value:.3f}" for value in relative), "aim": 0.6,
               "held_out_mae_by_epoch": " ".join(f"{value:.4f}" for value in curve)}  # fmt: skip


def _splits():
    order = np.random.default_rng(7).permutation(ITEMS)
    held = ITEMS // 5
    return [Member(f"seed {seed}", jax.random.key(seed), order[held:], order[:held]) for seed in range(SEEDS)]
