"""What a model may look at: the reported, serious, located incidents known at one instant, as numbers.

This is the only door from the table of incidents into the models, so that nothing later than ``at`` can pass.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from answerable.errors import InputError
from answerable.place import Grid, Window, local

if TYPE_CHECKING:
    from answerable.incidents import Incidents

# Above this share of month-precision rows a table is one of months; below it, those rows are strays and left out.
_MONTH_TABLE = 0.05
_HOUR_US = 3_600_000_000


@dataclass(frozen=True, eq=False)
class History:
    """Incidents in the grid as arrays, oldest first.

    ``hours`` (float64, shape (n,)) is the middle of each incident's interval, in hours since ``start``; ``cell``
    (int64, shape (n,)) its position in the grid; ``start`` and ``until`` bound the time that the data cover;
    ``monthly`` says that incidents are known to the month only.
    """

    hours: NDArray[np.float64]
    cell: NDArray[np.int64]
    start: datetime
    until: datetime
    data_until: datetime
    data_hash: str
    monthly: bool
    tz: str
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.hours)

    @property
    def span(self) -> float:
        """Hours that the data cover."""
        return (self.until - self.start) / timedelta(hours=1)

    def check(self, window: Window, at: datetime) -> None:
        """Refuse a window that cannot be forecast from these data at ``at`` (InputError)."""
        if window.start < at:
            raise InputError(
                "This window opened before the forecast was issued.",
                where=f"window from {window.start.isoformat()}, issued {at.isoformat()}",
                fix="Forecast a window that starts at the time of issue or later.",
            )
        if self.monthly and not (_opens_month(window.start, self.tz) and _opens_month(window.end, self.tz)):
            raise InputError(
                "These incidents are known to the month only, so nothing can be said about hours or days.",
                where=f"{window.start.isoformat()} to {window.end.isoformat()}",
                fix="Ask about whole calendar months, or import data with times.",
            )


def history(incidents: Incidents, grid: Grid, at: datetime) -> History:
    """Return what was known at ``at`` of reported, serious incidents in ``grid``; InputError where that is nothing.

    The data are taken to cover the time from the first incident to the last one plus the mean gap between them (or
    to ``at``, whichever is earlier): a feed that arrives late leaves its last weeks empty, and that is not calm.
    """
    known = incidents.known(at).serious()
    usable, monthly, notes = _by_precision(known)
    usable = usable.located()
    x, y = usable.points()
    cell = grid.locate(x, y)
    inside = cell >= 0
    if not inside.any():
        raise InputError(
            "No incident was known in the study area by then, so there is no rate to forecast from.",
            where=at.astimezone(UTC).isoformat(),
            fix="Choose a later time of issue, or import earlier data.",
        )
    frame = usable.frame.filter(pl.Series(inside))
    first, last = frame["occurred_from"].to_physical().to_numpy(), frame["occurred_to"].to_physical().to_numpy()
    middle = (first + last) // 2
    order = np.argsort(middle, kind="stable")
    start, until = _cover(middle, first, last, monthly, at)
    outside = len(known) - int(inside.sum())
    if outside:
        notes = (*notes, f"{outside:,} of {len(known):,} incidents have no place in the study area and are left out.")
    return History(
        hours=(middle[order] - _microseconds(start)) / _HOUR_US,
        cell=cell[inside][order],
        start=start,
        until=until,
        data_until=min(_instant(int(last.max())), at),
        data_hash=known.data_hash,
        monthly=monthly,
        tz=incidents.manifest.tz,
        notes=notes,
    )


def _by_precision(known: Incidents) -> tuple[Incidents, bool, tuple[str, ...]]:
    by_month = known.frame["precision"] == "month"
    n_months = int(by_month.sum())
    if n_months > _MONTH_TABLE * len(known):
        return known, True, ()
    if not n_months:
        return known, False, ()
    note = f"{n_months:,} incidents known to the month only are left out."
    return replace(known, frame=known.frame.filter(~by_month)), False, (note,)


def _cover(
    middle: NDArray[np.int64], first: NDArray[np.int64], last: NDArray[np.int64], monthly: bool, at: datetime
) -> tuple[datetime, datetime]:
    if monthly:
        return _instant(int(first.min())), _instant(int(last.max()))
    start = int(middle.min())
    if len(middle) == 1:
        return _instant(start), at
    gap = (int(middle.max()) - start) / (len(middle) - 1)
    return _instant(start), min(at, _instant(int(middle.max() + gap)))


def _opens_month(at: datetime, tz: str) -> bool:
    return any(
        (t.day, t.hour, t.minute, t.second, t.microsecond) == (1, 0, 0, 0, 0)
        for t in (at.astimezone(UTC), local(at, tz))
    )


def _microseconds(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _instant(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
