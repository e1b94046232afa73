"""Deployed windows against windows with the same trigger in which nobody was deployed.

Whoever asked for a deployment did so after something had happened, and after something has happened more tends to
follow, with or without it. Refused, expired and withdrawn cases had the same reason; they are the fair comparison.
Windows are compared inside strata (kind of trigger, forecast band, time of week), since those that were refused are not
a random choice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from answerable.errors import InputError

Floats = NDArray[np.float64]
_WIDEST = math.log(1e4)
"""An interval is looked for between ratios of 1/10,000 and 10,000; beyond, the end is 0 or infinity."""


@dataclass(frozen=True)
class Matched:
    """Rate ratio of deployed over comparable windows with its interval and two permutation p-values.

    ``p`` is two-sided, ``p_fall`` for fewer events. ``deployed`` and ``compared`` are windows in strata that hold both;
    ``unmatched`` deployed windows had nobody to be compared with and are left out. ``expected`` is how many events the
    deployed windows would have had at their comparisons' rate.
    """

    ratio: float
    low: float
    high: float
    p: float
    p_fall: float
    deployed: int
    compared: int
    unmatched: int
    observed: int
    expected: float
    level: float


def trigger_matched(
    events: ArrayLike,
    deployed: ArrayLike,
    strata: ArrayLike,
    *,
    rng: np.random.Generator,
    permutations: int = 2000,
    level: float = 0.95,
) -> Matched:
    """Return how events in deployed windows compare with those in triggered windows without a deployment.

    Formula: Mantel-Haenszel rate ratio, sum(A n0 / n) / sum(B n1 / n) over strata with A, B events in n1 deployed and
    n0 other windows; its interval holds all ratios whose score, standardised by the scatter seen between windows, is
    within z, so that events in bursts are allowed for; p from ``permutations`` shuffles of the labels inside strata.
    Shapes: (windows,), windows of equal length. NaN: refused. Errors: InputError where no stratum holds both kinds
    ("not assessable"), or the shapes differ. Reference: Rothman and Greenland, Modern Epidemiology, 2008, 15; Phipson
    and Smyth, Statistical Applications in Genetics and Molecular Biology 9, 2010 (p of permutations).
    """
    y, d = np.asarray(events, dtype=float), np.asarray(deployed, dtype=bool)
    _, s = np.unique(np.asarray(strata), return_inverse=True)
    if not y.shape == d.shape == s.shape or y.ndim != 1 or not (np.isfinite(y).all() and (y >= 0).all()):
        raise InputError(
            "Every triggered window needs its count of events, whether it was deployed to, and its stratum.",
            where=f"{y.shape}, {d.shape}, {s.shape}",
            fix="Give one of each per window, windows without events included.",
        )
    n1, n0 = np.bincount(s, d), np.bincount(s, ~d)
    both = (n1 > 0) & (n0 > 0)
    kept = both[s]
    if not kept.any():
        raise InputError(
            "Not assessable: no deployed window has a comparable one without a deployment.",
            where=f"{int(d.sum())} deployed windows, {int((~d).sum())} others",
            fix="Keep refused, expired and withdrawn cases; use fewer strata.",
        )
    unmatched = int((d & ~kept).sum())
    y, d = y[kept], d[kept]
    _, s = np.unique(s[kept], return_inverse=True)
    a, b, n1, n0 = (np.bincount(s, w) for w in (y * d, y * ~d, d, ~d))
    n = n1 + n0
    top, bottom = (a * n0 / n).sum(), (b * n1 / n).sum()
    ratio = float(top / bottom) if bottom else (math.inf if top else math.nan)
    low, high = _interval(y, d, s, ratio, level)
    p, fall = _permuted(y, d, s, rng, permutations)
    return Matched(
        ratio=ratio,
        low=low,
        high=high,
        p=p,
        p_fall=fall,
        deployed=int(d.sum()),
        compared=int((~d).sum()),
        unmatched=unmatched,
        observed=int(y[d].sum()),
        expected=float((b / n0 * n1).sum()),
        level=level,
    )


def _interval(y: Floats, d: NDArray[np.bool_], s: NDArray[np.int_], ratio: float, level: float) -> tuple[float, float]:
    from scipy.optimize import brentq
    from scipy.special import ndtri

    if math.isnan(ratio):
        return 0.0, math.inf
    reach = float(ndtri((1 + level) / 2))

    def score(log_ratio: float) -> float:
        return _score(y, d, s, math.exp(log_ratio))

    # The score falls as the ratio that it is asked about rises.
    middle = min(max(math.log(ratio), -_WIDEST), _WIDEST) if ratio > 0 else -_WIDEST
    low = 0.0
    if ratio > 0 and score(-_WIDEST) > reach:
        low = math.exp(brentq(lambda at: score(at) - reach, -_WIDEST, middle, xtol=1e-10))
    high = math.inf
    if math.isfinite(ratio) and score(_WIDEST) < -reach:
        high = math.exp(brentq(lambda at: score(at) + reach, middle, _WIDEST, xtol=1e-10))
    return low, high


def _score(y: Floats, d: NDArray[np.bool_], s: NDArray[np.int_], ratio: float) -> float:
    """Return the standardised score of ``ratio``: positive where it is below what the data say."""
    n1, n0 = np.bincount(s, d), np.bincount(s, ~d)
    n = n1 + n0
    a, b = np.bincount(s, y * d), np.bincount(s, y * ~d)
    value = ((n0 * a - ratio * n1 * b) / n).sum()
    # Rate without a deployment, if the ratio were true; what single windows differ from it by is the scatter.
    base = (a + b) / (ratio * n1 + n0)
    off = np.where(d, y - ratio * base[s], ratio * (y - base[s]))
    weight = np.where(d, n0[s], n1[s]) / n[s] * np.sqrt(n[s] / (n[s] - 1))
    spread = float(np.sqrt(((weight * off) ** 2).sum()))
    return float(value / spread) if spread else 0.0


def _permuted(
    y: Floats, d: NDArray[np.bool_], s: NDArray[np.int_], rng: np.random.Generator, permutations: int
) -> tuple[float, float]:
    order = np.argsort(s, kind="stable")
    y, d, s = y[order], d[order], s[order]
    share = np.bincount(s, ~d) / np.bincount(s)
    weight = y * share[s]
    n1 = np.bincount(s, d)
    centre = (np.bincount(s, y) * n1 / np.bincount(s) * share).sum()
    seen = weight[d].sum() - centre
    # Random keys inside strata: the first n1 of each stratum are the pretended deployments. Windows without events take
    # part in the draw, and add nothing to its sum.
    pretended = _first(n1, s)
    drawn = np.empty(permutations)
    for i in range(permutations):
        drawn[i] = weight[np.argsort(rng.random(len(y)) + s)][pretended].sum() - centre
    tie = 1e-9 * max(1.0, abs(seen))
    p = (1 + (np.abs(drawn) >= abs(seen) - tie).sum()) / (permutations + 1)
    fall = (1 + (drawn <= seen + tie).sum()) / (permutations + 1)
    return float(p), float(fall)


def _first(n1: NDArray[np.int_], s: NDArray[np.int_]) -> NDArray[np.bool_]:
    """Return which places, in data sorted by stratum, are among the first ``n1`` of their stratum."""
    starts = np.searchsorted(s, np.arange(len(n1)))
    return np.arange(len(s)) - starts[s] < n1[s]
