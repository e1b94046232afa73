"""Concentration and stability: in how little of the area most incidents fall, and whether it stays the same part.

Where incidents are few, a part of any concentration is chance: ten incidents cannot lie in more than ten of a thousand
cells. So the curve stands beside the one of an even spread of as many incidents, and stability beside what two samples
of the very same map would give.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from answerable.errors import InputError
from answerable.score.hit_rate import best_hit_rate, hit_rate

Floats = NDArray[np.float64]

AREAS = (0.01, 0.02, 0.05, 0.1, 0.25, 0.5)


@dataclass(frozen=True)
class Concentration:
    """Share of incidents in the busiest ``areas``; the same for as many spread evenly; and the Gini coefficients."""

    areas: tuple[float, ...]
    share: tuple[float, ...]
    by_chance: tuple[float, ...]
    gini: float
    gini_by_chance: float


def concentration_curve(count: ArrayLike, rng: np.random.Generator, draws: int = 50) -> Concentration:
    """Return the curve of incidents per cell, ``count`` of shape (cells,). InputError for no incidents.

    Reference: Weisburd, The law of crime concentration, Criminology 53, 2015; Bernasco and Steenbeek, Journal of
    Quantitative Criminology 33, 2017, for the comparison with chance.
    """
    n = np.asarray(count, float)
    if not n.sum() > 0:
        raise InputError("Without incidents nothing is concentrated.", where="count", fix="Take a longer period.")
    even = rng.multinomial(int(n.sum()), np.full(len(n), 1 / len(n)), draws).astype(float)
    chance = [float(np.mean([best_hit_rate(one, a) for one in even])) for a in AREAS]
    return Concentration(
        AREAS,
        tuple(best_hit_rate(n, a) for a in AREAS),
        tuple(chance),
        _gini(n),
        float(np.mean([_gini(e) for e in even])),
    )


@dataclass(frozen=True)
class Stability:
    """Share of later incidents in the earlier busiest ``area``, beside two samples of one map and an even spread."""

    area: float
    found: float
    if_nothing_changed: float
    even: float


def hot_spot_stability(
    earlier: ArrayLike, later: ArrayLike, rng: np.random.Generator, *, area: float = 0.05, draws: int = 50
) -> Stability:
    """Return how much of ``later`` falls into the busiest ``area`` of ``earlier``, counts of shape (cells,) each.

    ``if_nothing_changed`` deals all incidents out anew between the two periods. InputError where one has none.
    """
    a, b = np.asarray(earlier, float), np.asarray(later, float)
    if not (a.sum() > 0 and b.sum() > 0):
        raise InputError("Both periods need incidents.", where="earlier, later", fix="Take longer periods.")
    both = (a + b).astype(np.int64)
    part = a.sum() / both.sum()
    dealt = [rng.binomial(both, part) for _ in range(draws)]
    same = [hit_rate(one, both - one, area) for one in dealt if one.any() and (both - one).any()]
    return Stability(area, hit_rate(a, b, area), float(np.mean(same)), area)


def _gini(n: Floats) -> float:
    ordered = np.sort(n)
    rank = np.arange(1, len(n) + 1)
    return float((2 * rank - len(n) - 1) @ ordered / (len(n) * ordered.sum()))
