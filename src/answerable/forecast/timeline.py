"""What was known when: all versions of all incidents as arrays, so that the past can be looked at from many instants.

A rolling backtest asks thousands of times what was known at t. Here every version of a row has the span of time in
which it was the newest, ``[known_from, known_until)``, and one comparison answers. The result is that of
:meth:`answerable.incidents.Incidents.known`, and a test compares them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from answerable.incidents.table import IDENTITY
from answerable.place import Grid

if TYPE_CHECKING:
    from answerable.incidents import Incidents

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class Timeline:
    """Versions of incidents that a model may learn from (serious, reported), in order of their middle; shape (n,) each.

    ``known_from``, ``known_until``, ``first``, ``last`` are microseconds since 1970 (UTC); ``cell`` is the position in
    ``grid``, -1 outside it or without a place; ``x``, ``y`` metres (0 without a place); ``by_month`` says that the
    time is known to the month only, ``fatal`` that somebody died.
    """

    incidents: Incidents
    grid: Grid
    known_from: Ints
    known_until: Ints
    first: Ints
    last: Ints
    cell: Ints
    x: Ints
    y: Ints
    by_month: Flags
    fatal: Flags

    @classmethod
    def of(cls, incidents: Incidents, grid: Grid) -> Timeline:
        """Return the timeline of all versions in ``incidents`` on ``grid``."""
        following = pl.col("known_at").shift(-1).over(IDENTITY)
        versions = incidents.frame.sort("known_at", maintain_order=True).with_columns(_until=following)
        usable = versions.filter((pl.col("severity") != "none") & (pl.col("origin") == "reported")).with_columns(
            _first=pl.col("occurred_from").to_physical(), _last=pl.col("occurred_to").to_physical()
        )
        rows = usable.with_columns(_middle=(pl.col("_first") + pl.col("_last")) // 2).sort(
            "_middle", "occurred_from", *IDENTITY, "known_at", maintain_order=True
        )
        placed = (rows["x"].is_not_null() & rows["y"].is_not_null()).to_numpy()
        x, y = (rows[name].fill_null(0).cast(pl.Int64).to_numpy() for name in ("x", "y"))
        return cls(
            incidents, grid,
            known_from=rows["known_at"].to_physical().to_numpy(),
            known_until=rows["_until"].to_physical().fill_null(_NEVER).to_numpy(),
            first=rows["_first"].to_numpy(), last=rows["_last"].to_numpy(),
            cell=np.where(placed, grid.locate(x, y), -1), x=x, y=y,
            by_month=(rows["precision"] == "month").to_numpy(),
            fatal=(rows["severity"] == "fatal").to_numpy(),
        )  # fmt: skip

    @property
    def middle(self) -> Ints:
        """The middle of each incident's interval, microseconds since 1970."""
        return (self.first + self.last) // 2

    def known(self, at: datetime) -> Flags:
        """Say which versions were the newest known at ``at``, of incidents that had surely happened by then."""
        instant = microseconds(at)
        return (self.known_from <= instant) & (instant < self.known_until) & (self.last <= instant)

    def counts(self, start: datetime, end: datetime, at: datetime | None = None) -> Ints:
        """Return incidents per cell, shape (cells,), whose middle lies in ``[start, end)``: as known at ``at``, or in
        the newest version there is.
        """
        newest = self.known_until == _NEVER if at is None else self.known(at)
        middle = self.middle
        inside = newest & (middle >= microseconds(start)) & (middle < microseconds(end)) & (self.cell >= 0)
        return np.bincount(self.cell[inside], minlength=len(self.grid))


def microseconds(at: datetime) -> int:
    """Return an aware instant as microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def instant(since_1970: int) -> datetime:
    """Return microseconds since 1970 as an instant in UTC."""
    return _EPOCH + timedelta(microseconds=since_1970)
