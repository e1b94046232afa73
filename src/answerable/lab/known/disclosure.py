"""K12: what an attacker can work out from two releases of small counts.

The attacker knows every margin and every published cell, and asks of each hidden count, by whole-number
programming, how small and how large it can be. A count from 1 to 4 for which both are the same is recovered. Releases
that grow (January, then January and February) give counts away by their difference; releases of periods that do not
overlap, each hidden by the product's own rule, must not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from answerable.evaluate.confidence.publishing import SMALL, suppressed
from answerable.lab.known.answer import Answers, between

Counts = NDArray[np.int64]
_WARDS, _KINDS, _TABLES = 6, 5, 5


@dataclass(frozen=True)
class Release:
    """A published table: the ``periods`` it adds up (weights of each), its counts, and which are ``hidden``."""

    periods: tuple[int, ...]
    counts: Counts
    hidden: NDArray[np.bool_]


def release(counts: Counts, periods: tuple[int, ...]) -> Release:
    """Return ``counts`` as the product publishes a table with its margins."""
    rows, columns = ([f"{n:02d}" for n in range(size)] for size in counts.shape)
    table = {r: dict(zip(columns, map(int, line), strict=True)) for r, line in zip(rows, counts, strict=True)}
    shown = suppressed(table)
    return Release(periods, counts, np.array([[shown[r][c] is None for c in columns] for r in rows]))


def recovered(truth: list[Counts], releases: list[Release]) -> int:
    """Return how many counts from 1 to 4 of any period an attacker can work out from ``releases``."""
    shape = truth[0].shape
    matrix, known = _equations(shape, len(truth), releases)
    open_to = np.flatnonzero(np.isin(np.concatenate([one.ravel() for one in truth]), SMALL))
    flat = np.concatenate([one.ravel() for one in truth])
    return sum(_only(matrix, known, int(cell), int(flat[cell])) for cell in open_to)


def _equations(shape: tuple[int, ...], periods: int, releases: list[Release]) -> tuple[NDArray[np.float64], Counts]:
    """Return what is public as equations: each visible cell and each margin of each release."""
    size = shape[0] * shape[1]
    cells = np.arange(size).reshape(shape)
    rows, known = [], []
    for one in releases:
        shown = [[cell] for cell in cells[~one.hidden]]
        for group in (*shown, *cells, *cells.T):
            row = np.zeros(periods * size)
            for period, weight in enumerate(one.periods):
                row[period * size + np.asarray(group)] = weight
            rows.append(row)
            known.append(one.counts.ravel()[np.asarray(group)].sum())
    return np.array(rows), np.array(known)


def _only(matrix: NDArray[np.float64], known: Counts, cell: int, value: int) -> bool:
    """Return whether ``value`` is the only whole number that the count of ``cell`` can be."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    n = matrix.shape[1]
    for above in (True, False):
        low, high = np.zeros(n), np.full(n, np.inf)
        low[cell], high[cell] = (value + 1, np.inf) if above else (0, value - 1)
        found = milp(
            np.zeros(n), constraints=LinearConstraint(matrix, known, known), integrality=np.ones(n),
            bounds=Bounds(low, high),
        )  # fmt: skip
        if found.success:
            return False
    return True


def attack() -> Answers:
    """K12: growing releases give small counts away; releases of periods that do not overlap give none."""
    growing, apart, small = 0, 0, 0
    for child in np.random.default_rng(12).spawn(_TABLES):
        rates = child.gamma(0.8, 4, (_WARDS, _KINDS))
        truth = [child.poisson(rates), child.poisson(rates / 3)]
        small += int(sum(np.isin(one, SMALL).sum() for one in truth))
        growing += recovered(truth, [release(truth[0], (1, 0)), release(truth[0] + truth[1], (1, 1))])
        apart += recovered(truth, [release(truth[0], (1, 0)), release(truth[1], (0, 1))])
    what = f"of {small:,} counts from 1 to 4"
    yield between("K12", f"growing releases, hidden one by one: recovered {what}", "must be some", 1, growing, 1, small)
    yield between("K12", f"releases that do not overlap: recovered {what}", "must be none", 0, apart, 0, 0)
