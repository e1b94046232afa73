"""Funnel plot of observed against expected counts, with limits that allow for scatter between areas.

Areas differ for reasons nobody has listed. Limits from chance alone would call many of them unusual, so the spread
between areas is estimated (without the most extreme tenth) and added.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from answerable.errors import InputError

WINSORISED = 0.10
FEWEST = 3

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Funnel:
    """Per area (shape (areas,)): ``ratio`` observed over expected, its limits ``low`` and ``high``, and its ``z``.

    ``between`` is the standard deviation between areas on the square-root scale; 0 means that chance explains it all.
    """

    ratio: Floats
    low: Floats
    high: Floats
    z: Floats
    between: float
    level: float

    @property
    def outside(self) -> NDArray[np.bool_]:
        """Which areas lie outside their limits."""
        return (self.ratio < self.low) | (self.ratio > self.high)


def funnel(observed: ArrayLike, expected: ArrayLike, *, level: float = 0.998) -> Funnel:
    """Return where each area lies in a funnel with overdispersed limits.

    Formula: y = sqrt(O / E) with standard error s = 1 / (2 sqrt(E)); z = (y - 1) / s is cut at its 10th and 90th
    percentile; phi = mean z^2; between^2 = max(0, (n phi - (n - 1)) / (sum w - sum w^2 / sum w)) with w = s^-2; limits
    (1 +- z sqrt(s^2 + between^2))^2. Shapes: (areas,). Units: events. NaN: refused. Errors: InputError for fewer than 3
    areas, an expectation not above 0, or counts below 0. Reference: Spiegelhalter, Statistics in Medicine 24, 2005, and
    Quality and Safety in Health Care 14, 2005.
    """
    from scipy.special import ndtri

    o, e = np.asarray(observed, dtype=float), np.asarray(expected, dtype=float)
    if o.shape != e.shape or o.ndim != 1 or len(o) < FEWEST or not (np.isfinite(o).all() and (o >= 0).all()):
        raise InputError(
            f"A funnel needs counts and expectations of at least {FEWEST} areas.",
            where=f"{o.shape}, {e.shape}",
            fix="Give one of each per area, empty areas included.",
        )
    if not (np.isfinite(e).all() and (e > 0).all() and 0 < level < 1):
        raise InputError(
            "Every area needs an expectation above 0.", where="expected", fix="Leave out areas without one."
        )
    s = 0.5 / np.sqrt(e)
    raw = (np.sqrt(o / e) - 1) / s
    cut = np.clip(raw, *np.quantile(raw, [WINSORISED, 1 - WINSORISED]))
    w = s**-2
    room = w.sum() - (w**2).sum() / w.sum()
    between2 = max(0.0, float(((cut**2).sum() - (len(o) - 1)) / room))
    spread = np.sqrt(s**2 + between2)
    reach = float(ndtri((1 + level) / 2)) * spread
    return Funnel(
        ratio=o / e,
        low=np.maximum(0.0, 1 - reach) ** 2,
        high=(1 + reach) ** 2,
        z=(np.sqrt(o / e) - 1) / spread,
        between=float(np.sqrt(between2)),
        level=level,
    )
