"""The study's Sobol sequence, bit for bit: the direction numbers of Bratley and Fox.

Bratley and Fox, ACM Trans Math Softw 14:88 (1988), after Sobol (1976); from the third dimension on they differ from the
Joe-Kuo numbers of SciPy. Gray-code recursion of Antonov and Saleev (1979), unscrambled, the point at zero left out.
"""

import math

import numpy as np

from mrsgap.core.errors import InputError

_BITS = 30
_POLYNOMIALS = (1, 3, 7, 11, 13)  # bit-coded primitive polynomials, one per dimension
_FIRST = ((1,), (1,), (1, 1), (1, 3, 7), (1, 1, 5))  # first odd numbers of each dimension


def study_sobol(items: int, dimensions: int) -> np.ndarray:
    """Points as the study draws them, (item, dimension), in (0, 1).

    Row r is point skip + 1 + r of the sequence, skip = floor(log2(items * dimensions)). Raises `InputError` for more than
    five dimensions, where the study's code has no counterpart.
    """
    if dimensions > len(_POLYNOMIALS):
        raise InputError(
            f"the study's Sobol sequence has {len(_POLYNOMIALS)} dimensions, but the basis has {dimensions} metabolites",
            where="config: concentrations.sampler",
            cure="Use `sobol`",
        )
    skip = math.floor(math.log2(items * dimensions))
    directions = np.stack([_directions(dimension) for dimension in range(dimensions)], axis=-1)  # (bit, dimension)
    index = np.arange(skip + 1, skip + 1 + items, dtype=np.int64)
    gray = index ^ (index >> 1)  # point n is the exclusive-or of the directions at the set bits of n's Gray code
    points = np.zeros((items, dimensions), np.int64)
    for bit in range(_BITS):
        points ^= np.where(((gray >> bit) & 1)[:, None] == 1, directions[bit], 0)
    return points / 2.0**_BITS


def _directions(dimension: int) -> np.ndarray:
    """Direction integers v_i = m_i 2^(bits - 1 - i), (bit,), from the recursion of the dimension's polynomial."""
    numbers = list(_FIRST[dimension]) if dimension else [1] * _BITS
    polynomial = _POLYNOMIALS[dimension]
    degree = polynomial.bit_length() - 1
    for i in range(len(numbers), _BITS):
        value = numbers[i - degree]
        for k in range(1, degree + 1):
            if (polynomial >> (degree - k)) & 1:
                value ^= numbers[i - k] << k
        numbers.append(value)
    return np.array([number << (_BITS - 1 - i) for i, number in enumerate(numbers)], np.int64)
