"""The randomised probability integral transform: flat where the forecast's distribution is right."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from answerable.errors import InputError
from answerable.score.checked import checked
from answerable.score.coverage import cumulative


def randomised_pit(
    expected: ArrayLike, cv: ArrayLike, count: ArrayLike, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return u = F(n - 1) + v (F(n) - F(n - 1)) for each count, v uniform on 0 to 1; same shape, 0 to 1.

    F is the negative binomial of mean m and rate variance (cv m)^2, Poisson where cv is 0. If the forecast is right, u
    is uniform: a hump in the middle means intervals too wide, horns at the ends too narrow, a slope a wrong mean.
    Shapes: any, equal; numbers are spread. Empty: empty. Errors: InputError for NaN, negative values, nothing expected.
    Reference: Brockwell, Statistics and Probability Letters 77, 2007; Czado, Gneiting and Held, Biometrics 65, 2009.

    >>> randomised_pit([3.0, 3.0], 0.0, [0, 9], np.random.default_rng(1)).round(3).tolist()
    [0.025, 0.999]
    """
    m, c, n = checked(expected=expected, cv=cv, count=count)
    if not (m > 0).all():
        raise InputError("A forecast of nothing has no distribution.", where="expected", fix="Leave such windows out.")
    low, high = cumulative(m, c, n - 1), cumulative(m, c, n)
    return np.asarray(low + rng.random(np.shape(m)) * (high - low))
