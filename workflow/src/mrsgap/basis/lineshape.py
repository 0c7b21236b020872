"""Decay of a FID: Lorentzian and Gaussian line broadening by full width at half maximum."""

import numpy as np


def lorentzian(time_s, linewidth_hz, xp=np):
    """exp(-pi linewidth t): a Lorentzian line of full width `linewidth_hz` at half maximum (absorption)."""
    return xp.exp(-np.pi * linewidth_hz * time_s)


def gaussian(time_s, linewidth_hz, xp=np):
    """exp(-(pi linewidth t)^2 / (4 ln 2)): a Gaussian line of full width `linewidth_hz` at half maximum."""
    return xp.exp(-((np.pi * linewidth_hz * time_s) ** 2) / (4 * np.log(2)))
