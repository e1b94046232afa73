"""Recording breaks: a step in a series that a trend does not explain, such as a change in how incidents are recorded.

Logs of counts are fitted by a line (and, given a period, its seasonal means); then a step is added at each place in
turn, and the best place is the one where the squared error falls most. The p-value deals out the line's residuals
anew (999 times) and asks how often a step found in them helps as much. A step found is a question for whoever
records, not an answer: a true rise looks the same. A model that learns across one takes new recording for new
violence. Reference: Andrews, Econometrica 61, 1993 (the largest of many tests); Freedman and Lane, 1983 (dealing
residuals).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from answerable.errors import InputError

Floats = NDArray[np.float64]

_FEWEST = 6


@dataclass(frozen=True)
class Break:
    """The first place after the step (0-based), the factor by which the level changed there, and its p-value."""

    at: int
    factor: float
    p: float


def find_break(
    count: ArrayLike, rng: np.random.Generator, *, period: int = 0, trend: bool = True, deals: int = 999
) -> Break:
    """Return the most marked step of a series of counts, shape (t,); ``period`` 12 for months, 0 for no season.

    ``trend`` False tests against a level that stays: for a handful of years, in which a line would follow any step.
    Then a steady rise is found as a step too.

    InputError for fewer than six counts (two periods with a season), negative ones or NaN.
    """
    n = np.asarray(count, float)
    if n.ndim != 1 or len(n) < max(_FEWEST, 2 * period) or not (np.isfinite(n).all() and (n >= 0).all()):
        raise InputError(
            "A break needs a series of at least six counts, two years of them with a season.",
            where=f"{n.size} counts", fix="Take a longer series.",
        )  # fmt: skip
    y = np.log(n + 0.5)
    base = _base(len(y), period, trend)
    steps = _steps(base)
    own = y - base @ np.linalg.lstsq(base, y, rcond=None)[0]
    gains = _gains(steps, own)
    at = int(np.argmax(gains))
    best, dealt = gains[at], 0
    fitted = y - own
    for _ in range(deals):
        new = fitted + rng.permutation(own)
        residual = new - base @ np.linalg.lstsq(base, new, rcond=None)[0]
        dealt += bool(_gains(steps, residual).max() >= best)
    design = np.column_stack([base, np.arange(len(y)) >= at + 1])
    factor = float(np.exp(np.linalg.lstsq(design, y, rcond=None)[0][-1]))
    return Break(at + 1, factor, (1 + dealt) / (1 + deals))


def _base(t: int, period: int, trend: bool) -> Floats:
    line = np.linspace(-1, 1, t) if trend else np.zeros(t)
    if not period:
        return np.column_stack([np.ones(t), line])
    return np.column_stack([line, np.eye(period)[np.arange(t) % period]])


def _steps(base: Floats) -> Floats:
    """Return every step after the first and before the last count, less what the base explains, scaled to length 1."""
    t = len(base)
    steps = (np.arange(t)[:, None] >= np.arange(1, t)[None, :]).astype(float)
    rest = steps - base @ np.linalg.lstsq(base, steps, rcond=None)[0]
    size = np.linalg.norm(rest, axis=0)
    return np.asarray(np.divide(rest, size, out=np.zeros_like(rest), where=size > 1e-9))


def _gains(steps: Floats, residual: Floats) -> Floats:
    """Return the share of the squared error that each step explains."""
    whole = float(residual @ residual)
    return np.asarray(np.square(steps.T @ residual) / whole) if whole > 1e-18 else np.zeros(steps.shape[1])
