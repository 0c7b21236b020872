"""Spaces and tables with a known answer, for tests and the regret benchmark of model selection."""

import numpy as np
import pandas as pd

from mrsgap.select.space import Space, read_space

# The study's CNN space: 2 x 4 x 3 x 3 x 2 x 3 = 432 configurations (study.md 7.1).
CNN_SPACE = {
    "data": {
        "normalisation": ["sum", "max"],
        "states": ["off+diff", "on+diff", "off+on", "off+on+diff"],
        "parts": ["magnitude", "real", "real+imaginary"],
    },
    "hyper": {"kernels": ["small", "medium", "large"], "head": ["softmax-stride", "sigmoid-pool"]},
    "training": {"batch_size": [16, 32, 64]},
}


def cnn_space() -> Space:
    return read_space("cnn-grid", CNN_SPACE)


def planted_scores(space: Space, folds: int = 5, seed: int = 1) -> pd.DataFrame:
    """Fold errors with known structure: one factor per value, one interaction, 3 % noise; columns configuration, fold, mae.

    The last value of each option is best, except of numbers, whose error rises.
    """
    generator = np.random.default_rng(seed)
    log_error = np.full(space.size, np.log(0.008))
    for option, code in zip(space.options, space.codes.T):
        count = len(option.values)
        effect = 0.25 * np.arange(count) if option.ordered else 0.3 * (count - 1 - np.arange(count))
        log_error += effect[code]
    log_error += 0.1 * (space.codes[:, 0] == 0) * (space.codes[:, 1] == 1)
    noise = 0.03 * generator.standard_normal((space.size, folds))
    mae = np.exp(log_error[:, None] + noise)
    configuration, fold = np.indices(mae.shape)
    return pd.DataFrame({"configuration": configuration.ravel(), "fold": fold.ravel(), "mae": mae.ravel()})
