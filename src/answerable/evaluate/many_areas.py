"""Thousands of small areas, some of them treated: the treated against the rest, weighted to match them exactly.

How far chance alone would take the difference is found by pretending: as many of the other areas, drawn by lot, play
the treated ones, are matched in the same way, and show what they show.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from answerable.errors import InputError
from answerable.evaluate.calibrate import calibrate_weights

Floats = NDArray[np.float64]
DRAWS = 250
FEWEST_DRAWS = 19
"""So many pretended treatments, for a p-value of 5 in 100 to be possible at all."""


@dataclass(frozen=True)
class Matched:
    """One outcome: events ``seen`` in treated areas and ``expected`` from the others as weighted, and their ``ratio``.

    ``low`` and ``high`` are its interval at ``level``; ``p`` is two-sided, ``p_fall`` for fewer events, both from
    ``draws`` pretended treatments; ``scatter`` is how far those lay from their expectation, in roots of it (1: as
    counts that come one by one). ``alike`` is how many equally weighted areas the weights are worth.
    """

    seen: float
    expected: float
    ratio: float
    low: float
    high: float
    p: float
    p_fall: float
    scatter: float
    draws: int
    alike: float
    level: float


def matched_areas(
    outcomes: Mapping[str, ArrayLike],
    matching: ArrayLike,
    treated: ArrayLike,
    *,
    rng: np.random.Generator,
    draws: int = DRAWS,
    level: float = 0.95,
) -> dict[str, Matched]:
    """Return what each outcome came to in treated areas, beside the others weighted to match ``matching`` exactly.

    Formula: weights as :func:`answerable.evaluate.calibrate.calibrate_weights`; z = (seen - expected) / sqrt(expected),
    its p the rank among ``draws`` groups of other areas of the same number that were matched likewise; the interval
    holds all ratios r with |seen - r expected| <= z_level scatter sqrt(r expected), scatter the root mean square of the
    pretended z. Groups that no weights match are left out and not counted in ``draws``. Shapes: outcomes (areas,),
    counts after the start; ``matching`` (areas, listed), a column of ones included; ``treated`` (areas,). NaN: refused.
    Errors: InputError for other shapes, no outcome, fewer than 19 draws that could be matched, or as
    :func:`calibrate_weights`. Reference: Robbins, Saunders and Kilmer, Journal of the American Statistical Association
    112, 2017 (permutation of placebo groups).
    """
    x, which = np.asarray(matching, dtype=float), np.asarray(treated, dtype=bool)
    y = np.array([np.asarray(one, dtype=float) for one in outcomes.values()])
    if not (outcomes and x.ndim == 2 and which.shape == (len(x),) and y.shape == (len(outcomes), len(x))):
        raise InputError(
            "Every area needs its outcomes, what it is matched on, and whether it was treated.",
            where=f"{y.shape}, {x.shape}, {which.shape}",
            fix="Give one of each per area, areas without events included.",
        )
    if not (np.isfinite(y).all() and (y >= 0).all()):
        raise InputError("Counts are 0 or more, without holes.", where="outcomes", fix="Fill in what was counted.")
    if not 0 < which.sum() < len(x) / 2:
        raise InputError(
            "Not assessable: this needs treated areas, and more others than those.",
            where=f"{int(which.sum())} treated of {len(x)}",
            fix="Name more comparable areas.",
        )
    seen, expected, alike = _beside(y, x, which)
    pretended = _pretended(y[:, ~which], x[~which], int(which.sum()), rng, draws)
    return {
        name: _matched(float(seen[i]), float(expected[i]), pretended[i], alike, level)
        for i, name in enumerate(outcomes)
    }


def _beside(y: Floats, x: Floats, which: NDArray[np.bool_]) -> tuple[Floats, Floats, float]:
    weights = calibrate_weights(x[~which], x[which].sum(axis=0)).weights
    alike = float(weights.sum() ** 2 / (weights**2).sum())
    return y[:, which].sum(axis=1), y[:, ~which] @ weights, alike


def _pretended(y: Floats, x: Floats, count: int, rng: np.random.Generator, draws: int) -> Floats:
    """Return z of every pretended treatment that could be matched: shape (outcomes, draws)."""
    found = []
    for _ in range(draws):
        which = np.zeros(len(x), dtype=bool)
        which[rng.choice(len(x), count, replace=False)] = True
        try:
            seen, expected, _ = _beside(y, x, which)
        except InputError:
            continue
        found.append(_z(seen, expected))
    if len(found) < FEWEST_DRAWS:
        raise InputError(
            f"Not assessable: only {len(found)} of {draws} pretended treatments could be matched.",
            where=f"at least {FEWEST_DRAWS} are needed",
            fix="Match on fewer things, or draw more often.",
        )
    return np.array(found).T


def _z(seen: Floats, expected: Floats) -> Floats:
    spread = np.sqrt(np.maximum(expected, 0.0))
    # Where nothing was expected and nothing happened, nothing is off; where something did, it is as far off as can be.
    return np.divide(seen - expected, spread, out=np.where(seen > 0, np.inf, 0.0), where=spread > 0)


def _matched(seen: float, expected: float, pretended: Floats, alike: float, level: float) -> Matched:
    from scipy.special import ndtri

    z = float(_z(np.array([seen]), np.array([expected]))[0])
    finite = pretended[np.isfinite(pretended)]
    scatter = max(1.0, float(np.sqrt((finite**2).mean()))) if len(finite) else 1.0
    tie, draws = 1e-9, len(pretended)
    as_far = int((np.abs(pretended) >= abs(z) - tie).sum())
    as_few = int((pretended <= z + tie).sum())
    reach = (float(ndtri((1 + level) / 2)) * scatter) ** 2
    apart = math.sqrt(reach * (seen + reach / 4))
    low, high = seen + reach / 2 - apart, seen + reach / 2 + apart
    return Matched(
        seen=seen,
        expected=expected,
        ratio=seen / expected if expected > 0 else (math.inf if seen else math.nan),
        low=max(0.0, low / expected) if expected > 0 else 0.0,
        high=high / expected if expected > 0 else math.inf,
        p=(1 + as_far) / (1 + draws),
        p_fall=(1 + as_few) / (1 + draws),
        scatter=scatter,
        draws=draws,
        alike=alike,
        level=level,
    )
