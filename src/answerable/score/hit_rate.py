"""Hit rates: what share of incidents falls into the likeliest few per cent of the area.

They say what a forecast could find, not whether its probabilities are right, and PAI rises as the area shrinks: always
name the area. Cells are of equal size. Where cells tie, and where the area ends inside a cell, incidents count in
proportion, so that a uniform forecast hits exactly its area's share and the order of equal cells cannot matter.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from answerable.errors import InputError
from answerable.score.checked import checked

Floats = NDArray[np.float64]


def hit_rate(expected: ArrayLike, count: ArrayLike, area: float) -> float:
    """Return the share of incidents in the likeliest ``area`` (a share, 0.01 for 1 %) of the cells of each window.

    Shapes: (cells,) or (windows, cells), equal; hits and incidents are summed over windows. Unit: share, 0 to 1.
    Errors: InputError for no incidents, an area not above 0 or above 1, NaN. Reference: Chainey, Tompson and Uhlig,
    Security Journal 21, 2008.

    >>> hit_rate([4.0, 3.0, 2.0, 1.0], [2, 1, 1, 0], 0.5)
    0.75
    >>> hit_rate([1.0, 1.0, 1.0, 1.0], [2, 1, 1, 0], 0.5)
    0.5
    """
    m, n = _by_window(expected, count, area)
    return float(_hits(m, n, area).sum() / n.sum())


def best_hit_rate(count: ArrayLike, area: float) -> float:
    """Return the highest hit rate that hindsight allows at ``area``: every window's own busiest cells.

    >>> best_hit_rate([2, 1, 1, 0], 0.25)
    0.5
    """
    return hit_rate(count, count, area)


def pai(expected: ArrayLike, count: ArrayLike, area: float) -> float:
    """Return the predictive accuracy index: hit rate over area share. 1 is no skill.

    Shapes, units and errors as :func:`hit_rate`. Reference: Chainey, Tompson and Uhlig, Security Journal 21, 2008.

    >>> pai([4.0, 3.0, 2.0, 1.0], [2, 1, 1, 0], 0.5)
    1.5
    """
    return hit_rate(expected, count, area) / area


def pei(expected: ArrayLike, count: ArrayLike, area: float) -> float:
    """Return the predictive efficiency index: hit rate over the best possible in hindsight at the same area.

    Low even for a perfect forecast of rare events, because hindsight knows where chance fell; show the true
    intensity's own figure beside it where that is known. Shapes and errors as :func:`hit_rate`. Reference: Hunt, Do
    crime hot spots move?, American University, 2016; NIJ Real-Time Crime Forecasting Challenge, 2017.

    >>> pei([4.0, 3.0, 2.0, 1.0], [1, 1, 2, 0], 0.25)
    0.5
    """
    return hit_rate(expected, count, area) / best_hit_rate(count, area)


def _by_window(expected: ArrayLike, count: ArrayLike, area: float) -> tuple[Floats, Floats]:
    if not 0 < area <= 1:
        raise InputError("An area is a share of the cells.", where=f"area {area}", fix="Give 0.01 for 1 %.")
    m, n = (np.atleast_2d(array) for array in checked(expected=expected, count=count))
    if not n.sum() > 0:
        raise InputError("Without a single incident there is no hit rate.", where="count", fix="Score more windows.")
    return m, n


def _hits(m: Floats, n: Floats, area: float) -> Floats:
    flagged = area * m.shape[1]
    hits = np.zeros(len(m))
    for window in np.flatnonzero(n.any(axis=1)):
        # The value at which the area is full: all cells above it count, those equal to it share what is left.
        last = min(int(np.ceil(flagged)), m.shape[1]) - 1
        edge = -np.partition(-m[window], last)[last]
        above, equal = m[window] > edge, m[window] == edge
        share = (flagged - above.sum()) / equal.sum()
        hits[window] = n[window, above].sum() + share * n[window, equal].sum()
    return hits
