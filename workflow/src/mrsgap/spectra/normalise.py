"""What networks are trained towards and judged by: concentrations without their scale. Each defined once, undefined is NaN."""

import numpy as np

from mrsgap.core.errors import InputError


def normalise_concentrations(concentrations, how: str, xp=np):
    """Concentrations divided by their `sum` or `max` over metabolites; `none` returns them; (..., metabolite).

    A set whose sum or maximum is not above zero has no normalised form: all its values are NaN.
    """
    if how == "none":
        return concentrations
    if how not in ("sum", "max"):
        raise InputError(f"unknown normalisation {how!r}", where="config: normalisation", cure="Use sum, max or none")
    reduce = xp.sum if how == "sum" else xp.max
    total = reduce(concentrations, axis=-1, keepdims=True)
    return concentrations / xp.where(total > 0, total, np.nan)


def ratio_to(concentrations, metabolites, reference: str = "NAA", xp=np):
    """Concentrations over that of `reference`, (..., metabolite); NaN where the reference is not above zero.

    Raises `InputError` when `metabolites` does not name the reference.
    """
    names = list(metabolites)
    if reference not in names:
        raise InputError(f"no `{reference}` among {', '.join(names)}", cure="Choose a reference that the basis has")
    below = concentrations[..., names.index(reference), None]
    return concentrations / xp.where(below > 0, below, np.nan)
