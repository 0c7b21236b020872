"""Training examples as the study has them: its own basis, 2 Hz, its noise, sum-normalised concentrations."""

import jax
import numpy as np
from reference_data import config
from simulated_basis import simulated_basis

from mrsgap.core.keys import named_generator, named_key
from mrsgap.networks.inputs import Inputs
from mrsgap.quantities.normalise import normalise_concentrations
from mrsgap.spectra.examples import windowed_basis
from mrsgap.spectra.imperfections import read_recipe
from mrsgap.spectra.mix import make_pool
from mrsgap.spectra.render import Examples, render_items
from mrsgap.spectra.window import make_window, network_input

METABOLITES = ("Cr", "GABA", "Gln", "Glu", "NAA")
AT_ONCE = 250


def study_examples(items: int, channels: tuple[str, ...]) -> Examples:
    """`items` simulated spectra with uniform concentrations of `METABOLITES`, seen through `channels`, and clean twins."""
    settings, basis = config("config.yaml"), simulated_basis("study", METABOLITES)
    pool, window = make_pool({"study": basis}), make_window(settings["window"], basis)
    recipe = read_recipe(settings["imperfections"]["study"], "config: imperfections.study")
    truth = named_generator(settings["seed"], "accuracy").uniform(size=(items, len(METABOLITES))).astype(np.float32)
    inputs, clean = [], []
    for first in range(0, items, AT_ONCE):
        some = truth[first : first + AT_ONCE]
        keys = jax.random.split(named_key(settings["seed"], "accuracy", first), len(some))
        noisy, twin, _ = render_items(keys, some, pool.fid, recipe, pool.acquisition)
        inputs.append(np.asarray(network_input(noisy, pool.acquisition, window, channels)))
        clean.append(np.asarray(network_input(twin, pool.acquisition, window, channels, noisy)))
    targets = normalise_concentrations(truth, "sum").astype(np.float32)
    return Examples(np.concatenate(inputs), targets, np.concatenate(clean))


def study_inputs(channels: tuple[str, ...]) -> Inputs:
    """What a network on `study_examples` is built from."""
    settings, basis = config("config.yaml")["window"], simulated_basis("study", METABOLITES)
    window = make_window(settings, basis)
    seen = windowed_basis(basis, window, settings["reference_linewidth_hz"])
    bin_hz = window.step_ppm * basis.attrs["larmor_mhz"]
    return Inputs(channels, points=window.points, metabolites=METABOLITES, bin_hz=bin_hz, basis=seen)
