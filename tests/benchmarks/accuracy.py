"""What YAE and FCNN learn from 2,000 simulated spectra in 20 epochs, over three seeds (study's noise, 2 Hz, sum, 80/20 split).

YAE runs with the study's constant weight of the quantifier's loss and with the warm-up that the paper describes. Rows give
GABA's held-out error over that of a constant predictor (the training mean), and the learning curve of the overall error.
"""

from collections.abc import Iterator

import jax
import numpy as np
import yaml
from reference_data import REPOSITORY

from mrsgap.core.errors import InputError
from mrsgap.core.keys import named_generator, named_key
from mrsgap.core.store import read_dataset
from mrsgap.learn.data import Examples, Run
from mrsgap.learn.fit import train
from mrsgap.learn.predict import predict
from mrsgap.learn.settings import Settings
from mrsgap.networks.inputs import Inputs
from mrsgap.spectra.normalise import normalise_concentrations
from mrsgap.spectra.pool import make_pool
from mrsgap.spectra.recipe import read_recipe
from mrsgap.spectra.references import make_window
from mrsgap.spectra.render import render_items
from mrsgap.spectra.window import network_input

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
    basis = _basis()
    config = yaml.safe_load((REPOSITORY / "config" / "config.yaml").read_text(encoding="utf-8"))
    for what, (architecture, channels, training) in CASES.items():
        examples, metabolites = _examples(basis, config, channels)
        inputs, settings = Inputs(channels, metabolites=metabolites), Settings(**training)
        runs = _splits()
        trained = train(architecture, {}, inputs, examples, runs, settings)
        estimates = predict(architecture, {}, inputs, trained.state, examples.inputs)
        gaba = metabolites.index("GABA")
        relative = []
        for run, estimate in zip(runs, estimates):
            truth = examples.concentrations[run.held_out, gaba]
            constant = np.abs(truth - examples.concentrations[run.training, gaba].mean()).mean()
            relative.append(np.abs(estimate[run.held_out, gaba] - truth).mean() / constant)
        curve = trained.history.groupby("epoch")["held_out_mae"].median()
        yield {"what": what, "value": float(np.median(relative)), "unit": "of a constant predictor's error (GABA)",
               "seeds": " ".join(f"{value:.3f}" for value in relative), "aim": 0.6,
               "held_out_mae_by_epoch": " ".join(f"{value:.4f}" for value in curve)}  # fmt: skip


def _basis():
    for scale in ("workstation", "smoke", "paper"):
        path = REPOSITORY / "results" / scale / "basis" / "study" / "basis.zarr"
        if path.exists():
            return read_dataset(path, "fid").load()
    raise InputError("no basis `study` under results/", cure="Run: snakemake results/smoke/basis/study/basis.zarr --cores 2 "
                     "--configfile config/smoke.yaml")  # fmt: skip


def _examples(basis, config, channels):
    pool = make_pool({"study": basis})
    window, recipe = make_window(config["window"], basis), read_recipe(config["imperfections"]["study"], "config")
    truth = named_generator(config["seed"], "accuracy").uniform(size=(ITEMS, len(pool.metabolites))).astype(np.float32)
    x, clean = [], []
    for first in range(0, ITEMS, 250):
        keys = jax.random.split(named_key(config["seed"], "accuracy", first), 250)
        noisy, twin, _ = render_items(keys, truth[first : first + 250], pool.fid, recipe, pool.acquisition)
        x.append(np.asarray(network_input(noisy, pool.acquisition, window, channels)))
        clean.append(np.asarray(network_input(twin, pool.acquisition, window, channels, noisy)))
    targets = normalise_concentrations(truth, "sum").astype(np.float32)
    return Examples(np.concatenate(x), targets, np.concatenate(clean)), tuple(pool.metabolites)


def _splits():
    order = np.random.default_rng(7).permutation(ITEMS)
    held = ITEMS // 5
    return [Run(f"seed {seed}", jax.random.key(seed), order[held:], order[:held]) for seed in range(SEEDS)]
