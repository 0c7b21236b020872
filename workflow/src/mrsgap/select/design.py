"""Initial design: the first trials of a search, spread evenly over the space."""

import numpy as np
from scipy.stats import qmc

from mrsgap.select.space import Space


def sobol_design(space: Space, count: int, generator: np.random.Generator) -> list[int]:
    """`count` different configurations from a scrambled Sobol sequence (Owen 1998), fewer where the space is smaller.

    Coordinate i in [0, 1) becomes value floor(n_i u); configurations met before are passed over.
    """
    count = min(count, space.size)
    sampler = qmc.Sobol(len(space.options), scramble=True, rng=generator)
    points = sampler.random_base2(int(np.ceil(np.log2(4 * max(count, 4)))))  # (point, option)
    codes = np.minimum((points * space.shape).astype(int), np.array(space.shape) - 1)
    numbers = np.ravel_multi_index(codes.T, space.shape)
    others = generator.permutation(space.size)  # enough in the rare case of too many repeats
    return list(dict.fromkeys(map(int, [*numbers, *others])))[:count]
