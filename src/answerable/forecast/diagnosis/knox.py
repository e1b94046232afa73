"""The Knox table: whether incidents near each other in space are near in time, beyond what chance and hot spots give.

Pairs of incidents are counted by distance and lag. Then times are dealt out anew among the places, many times: each
place keeps its incidents and each day its number, and only the link between the two is broken. What the real count
exceeds is near-repetition. A p-value is (1 + deals with at least as many pairs) / (1 + deals), one for each field of
the table; with many fields some are small by chance. A link is not contagion: a common cause nearby in time makes the
same table. Reference: Knox, Applied Statistics 13, 1964; Johnson et al., Journal of Quantitative Criminology 23,
2007.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from answerable.errors import InputError

Floats = NDArray[np.float64]

DISTANCES_M = (0.0, 1.0, 100.0, 200.0, 400.0, 800.0)
LAGS_DAYS = (0.0, 1.0, 3.0, 7.0, 14.0, 28.0)
MOST_PAIRS = 20_000_000


@dataclass(frozen=True, eq=False)
class Knox:
    """``pairs``, ``expected`` (mean over deals) and ``p``, shape (distances, lags), for half-open bins of the edges."""

    distances_m: tuple[float, ...]
    lags_days: tuple[float, ...]
    pairs: NDArray[np.int64]
    expected: Floats
    p: Floats
    deals: int

    def as_json(self) -> dict[str, Any]:
        """Return the table as JSON types; ``ratio`` is None where nothing was expected."""
        ratio = np.divide(self.pairs, self.expected, out=np.full(self.pairs.shape, np.nan), where=self.expected > 0)
        return {
            "distances_m": list(self.distances_m),
            "lags_days": list(self.lags_days),
            "pairs": self.pairs.tolist(),
            "expected": self.expected.tolist(),
            "ratio": [[None if np.isnan(r) else float(r) for r in row] for row in ratio],
            "p": self.p.tolist(),
            "deals": self.deals,
        }


def knox(
    x: ArrayLike,
    y: ArrayLike,
    hours: ArrayLike,
    rng: np.random.Generator,
    *,
    distances_m: tuple[float, ...] = DISTANCES_M,
    lags_days: tuple[float, ...] = LAGS_DAYS,
    deals: int = 199,
) -> Knox:
    """Return the table for incidents at metres ``x``, ``y`` and ``hours``, shape (n,) each.

    InputError for fewer than two incidents, or where the longest distance makes more than 20 million pairs.
    """
    points = np.column_stack([np.asarray(x, float), np.asarray(y, float)])
    when = np.asarray(hours, float)
    if len(points) < 2:
        raise InputError("Pairs need two incidents.", where=f"{len(points)} incidents", fix="Take a longer period.")
    tree = cKDTree(points)
    reach = np.nextafter(distances_m[-1], 0)
    many = (tree.count_neighbors(tree, reach) - len(points)) // 2
    if many > MOST_PAIRS:
        raise InputError(
            f"{many:,} pairs lie within {distances_m[-1]:g} m.", where="distances", fix="Ask for shorter distances."
        )
    pair = tree.query_pairs(reach, output_type="ndarray")
    ring = np.searchsorted(distances_m, np.hypot(*(points[pair[:, 0]] - points[pair[:, 1]]).T), side="right") - 1
    shape = (len(distances_m) - 1, len(lags_days) - 1)
    seen = _table(pair, ring, when, lags_days, shape)
    total, reached = np.zeros(shape), np.zeros(shape)
    for _ in range(deals):
        dealt = _table(pair, ring, rng.permutation(when), lags_days, shape)
        total += dealt
        reached += dealt >= seen
    return Knox(distances_m, lags_days, seen, total / max(deals, 1), (1 + reached) / (1 + deals), deals)


def near_repeats(x: ArrayLike, y: ArrayLike, hours: ArrayLike, rng: np.random.Generator, *, deals: int = 199) -> float:
    """Return the p-value of pairs within 400 m and 14 days being more than chance: the one test before "contagion".

    One field is tested, not the smallest of many, so a claim at p <= 0.05 is false at most 1 time in 20 where places
    and times have nothing to do with each other.
    """
    return float(knox(x, y, hours, rng, distances_m=(0.0, 400.0), lags_days=(0.0, 14.0), deals=deals).p[0, 0])


def _table(
    pair: NDArray[np.int64], ring: NDArray[np.int64], when: Floats, lags_days: tuple[float, ...], shape: tuple[int, int]
) -> NDArray[np.int64]:
    step = np.searchsorted(lags_days, np.abs(when[pair[:, 0]] - when[pair[:, 1]]) / 24, side="right") - 1
    inside = step < shape[1]
    return np.bincount(ring[inside] * shape[1] + step[inside], minlength=shape[0] * shape[1]).reshape(shape)
