"""Duplicates and echoes: incidents so close to each other that they may be one, heard or entered twice.

A self-exciting model takes two records of one shot for two shots, and the second for the first one's doing. Exact
duplicates share minute and metre. Echoes lie within seconds and a few hundred metres: an acoustic feed that reports
every burst more than once is full of them, victims reported by people hardly ever. Nothing is removed here; the
caller decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from answerable.errors import InputError

ECHO_SECONDS = 60.0
ECHO_METRES = 300.0
# More than this share of incidents beyond the first of their group: a self-exciting fit would be one of the feed.
_MANY = 0.02


@dataclass(frozen=True, eq=False)
class Echoes:
    """``group`` (n,) numbers the groups of incidents that may be one; counts of incidents beyond the first of each."""

    incidents: int
    duplicates: int
    echoes: int
    group: NDArray[np.int64]

    @property
    def warning(self) -> str:
        """What a reader must know before a self-exciting fit; empty where there is nothing to know."""
        if self.echoes <= _MANY * self.incidents:
            return ""
        return (
            f"{self.echoes:,} of {self.incidents:,} incidents follow another within {ECHO_SECONDS:g} seconds and "
            f"{ECHO_METRES:g} m ({self.duplicates:,} at the same minute and place): they may be echoes or double "
            "entries. What a self-exciting model finds here is partly how the feed works."
        )


def find_echoes(
    x: ArrayLike, y: ArrayLike, hours: ArrayLike, *, seconds: float = ECHO_SECONDS, metres: float = ECHO_METRES
) -> Echoes:
    """Group incidents at metres ``x``, ``y`` and ``hours``, shape (n,) each, that lie within both limits of another.

    InputError for coordinates that are not finite.

    >>> found = find_echoes([0, 0, 5000], [0, 0, 0], [1.0, 1.0, 1.0])
    >>> found.duplicates, found.echoes, found.warning[:15]
    (1, 1, '1 of 3 incident')
    """
    points = np.column_stack([np.asarray(a, float) for a in (x, y, hours)])
    if not np.isfinite(points).all():
        raise InputError("A place or time is not a number.", where="x, y, hours", fix="Leave such incidents out.")
    n = len(points)
    if n < 2:
        return Echoes(n, 0, 0, np.arange(n))
    scaled = points / np.array([metres, metres, seconds / 3600])
    pair = cKDTree(scaled).query_pairs(1.0, p=np.inf, output_type="ndarray")
    apart = np.hypot(*(points[pair[:, 0], :2] - points[pair[:, 1], :2]).T)
    pair = pair[apart <= metres]
    links = coo_array((np.ones(len(pair)), (pair[:, 0], pair[:, 1])), shape=(n, n))
    groups, label = connected_components(links, directed=False)
    same = np.unique(np.round(points * np.array([1, 1, 60])), axis=0)
    return Echoes(n, n - len(same), n - int(groups), label.astype(np.int64))
