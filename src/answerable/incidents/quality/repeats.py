"""Checks of incidents that stand in the table twice: the very same, or so near that they may be one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from answerable.incidents.quality.report import Check, graded, percent
from answerable.incidents.quality.thresholds import thresholds
from answerable.incidents.quality.view import View, examples

_DAY = 24 * 60
# Of the incidents in one neighbouring square and the time allowed, this many are looked at. It only matters where
# hundreds share one place and minute, and then the first few are found to be repeats anyway.
_MOST = 64
_SQUARE_BITS = 20
_TIME_BITS = 27
# Half of the ring around a square, and the square itself: the other half sees the same pairs from the other side.
_HALF_RING = ((0, 0), (1, 0), (-1, 1), (0, 1), (1, 1))


def duplicates(view: View) -> Check:
    """Count incidents that equal an earlier one in kind, place and time, under another id."""
    limit = thresholds()
    title = "The same incident twice"
    judged = view.to_the_minute.filter(pl.col("x").is_not_null())
    if judged.is_empty():
        says = "Cannot tell: without a time to the minute and a place, two incidents alike may be two incidents."
        return Check("duplicates", title, None, None, 0.0, "look", says)
    again = judged.filter(~pl.struct("kind", "x", "y", "occurred_from").is_first_distinct())
    share = again.height / judged.height
    says = (
        f"{again.height:,} incidents ({percent(share)}) equal another in kind, place and minute."
        if again.height
        else "No two incidents are the same in kind, place and minute."
    )
    level = graded(share, look=limit["duplicates_look"], wrong=limit["duplicates_wrong"])
    return Check("duplicates", title, again.height, share, 0.0, level, says, examples(again))


def near_duplicates(view: View) -> Check:
    """Count incidents of one kind that follow another within 50 m and 10 minutes, against the same a day later."""
    limit = thresholds()
    title = "Two incidents that may be one"
    judged = view.to_the_minute.filter(pl.col("x").is_not_null()).unique(
        ["kind", "x", "y", "occurred_from"], keep="first", maintain_order=True
    )
    if judged.is_empty():
        says = "Cannot tell: this needs times to the minute and places."
        return Check("near_duplicates", title, None, None, None, "look", says)
    metres, minutes = int(limit["near_m"]), int(limit["near_minutes"])
    sweep = _Sweep(judged, metres)
    found = sweep.followers(0, minutes)
    count = int(found.sum())
    by_chance = int(sweep.followers(_DAY, minutes).sum()) / 2
    share, expected = count / judged.height, by_chance / judged.height
    excess = share - expected if count > by_chance + 4 * np.sqrt(by_chance + 1) else 0.0
    says = (
        f"{count:,} incidents ({percent(share)}) follow another of their kind within {metres} m and {minutes} minutes; "
        f"about {by_chance:,.0f} would by chance."
    )
    level = graded(excess, look=limit["near_look"], wrong=limit["near_wrong"])
    where = examples(judged.filter(pl.Series(found)))
    return Check("near_duplicates", title, count, share, expected, level, says, where)


class _Sweep:
    """Incidents sorted by square and then time, so that those near one of them are a few short runs.

    A square is as wide as the distance allowed, and kinds never share one: whatever is near lies in the square itself
    or the eight around it. Cost grows with n log n; no pair outside these runs is ever looked at.
    """

    def __init__(self, frame: pl.DataFrame, metres: int) -> None:
        self.metres = metres
        self.x, self.y = (frame[axis].to_numpy().astype(np.int64) for axis in ("x", "y"))
        minute = frame["occurred_from"].dt.epoch("s").to_numpy() // 60
        # Room for a day and more before the first and after the last, so that a square's run never meets the next.
        self.minute = minute - minute.min() + 2 * _DAY
        # Half a million squares of 50 m each way reach over any projection; kinds take the bits above.
        self.kind = frame["kind"].rank("dense").to_numpy().astype(np.int64) << (2 * _SQUARE_BITS)
        self.column, self.row = (axis // metres + (1 << (_SQUARE_BITS - 1)) for axis in (self.x, self.y))
        self.squares, rank = np.unique(self._square(0, 0), return_inverse=True)
        key = (rank.astype(np.int64) << _TIME_BITS) + self.minute
        self.order = np.argsort(key, kind="stable")
        self.key = key[self.order]

    def _square(self, right: int, up: int) -> NDArray[np.int64]:
        return np.asarray(self.kind + ((self.column + right) << _SQUARE_BITS) + self.row + up)

    def followers(self, later: int, minutes: int) -> NDArray[np.bool_]:
        """Mark each incident that has another near it ``later`` minutes before, give or take ``minutes``.

        It is always the later one of two that is marked, so each is marked once however many are near it.
        """
        marked = np.zeros(self.x.size, bool)
        for first, second in self._candidates(later, minutes):
            near = (self.x[first] - self.x[second]) ** 2 + (self.y[first] - self.y[second]) ** 2 <= self.metres**2
            one, other = first[near], second[near]
            marked[np.where(self._after(one, other), one, other)] = True
        return marked

    def _after(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say which of ``first`` came after ``second``; of two in one minute, the one further down the table did."""
        gap = self.minute[first] - self.minute[second]
        return np.asarray(np.where(gap == 0, first > second, gap > 0))

    def _candidates(self, later: int, minutes: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        gaps = (0,) if later == 0 else (-later, later)
        here = self.order
        for right, up in _HALF_RING:
            wanted = self._square(right, up)[here]
            rank = np.searchsorted(self.squares, wanted)
            exists = rank < self.squares.size
            exists[exists] = self.squares[rank[exists]] == wanted[exists]
            who = here[exists]
            base = (rank[exists].astype(np.int64) << _TIME_BITS) + self.minute[who]
            for gap in gaps:
                start = np.searchsorted(self.key, base + (gap - minutes))
                stop = np.searchsorted(self.key, base + (gap + minutes), side="right")
                yield from _pairs(who, start, np.minimum(stop, start + _MOST), self.order)


def _pairs(
    who: NDArray[np.int64], start: NDArray[np.int64], stop: NDArray[np.int64], order: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield each of ``who`` with each of its run ``order[start:stop]``, itself left out, in blocks of bounded size."""
    length = stop - start
    block = max(1, 4_000_000 // _MOST)
    some = np.flatnonzero(length)
    for at in range(0, some.size, block):
        part = some[at : at + block]
        n = length[part]
        first = np.repeat(who[part], n)
        within = np.arange(first.size) - np.repeat(np.cumsum(n) - n, n)
        second = order[np.repeat(start[part], n) + within]
        other = first != second
        yield first[other], second[other]
