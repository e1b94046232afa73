"""What a model may look at: the reported, serious, located incidents known at one instant, as numbers.

This is the only door from the table of incidents into the models, so that nothing later than ``at`` can pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from answerable.errors import InputError
from answerable.forecast.timeline import Timeline, instant, microseconds
from answerable.place import Grid, Window, local

if TYPE_CHECKING:
    from answerable.incidents import Incidents

# Above this share of month-precision rows a table is one of months; below it, those rows are strays and left out.
_MONTH_TABLE = 0.05
_HOUR_US = 3_600_000_000
# A table of homicides holds hardly anything else. A ward of a large city is a square kilometre or more; a month is the
# shortest time in which a ward's yearly count can be compared at all. Ward counts of consecutive years in London are
# uncorrelated (London homicides 2003 to 2018).
_ALMOST_ALL = 0.9
_WARD_M = 1000
_MONTH_HOURS = 27 * 24


@dataclass(frozen=True, eq=False)
class History:
    """Incidents in the grid as arrays, oldest first.

    ``row`` (int64, shape (n,)) is each incident's place in the timeline; ``hours`` (float64, shape (n,)) the middle of
    its interval, in hours since ``start``, and ``width`` the interval's length; ``cell`` (int64, shape (n,)) its
    position in the grid and ``x``, ``y`` its metres; ``start`` and ``until`` bound the time that the data cover;
    ``monthly`` says that incidents are known to the month only, ``fatal_only`` that they are deaths and nothing else,
    on cells of ``cell_m`` metres.
    """

    row: NDArray[np.int64]
    hours: NDArray[np.float64]
    width: NDArray[np.float64]
    cell: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    start: datetime
    until: datetime
    data_until: datetime
    monthly: bool
    fatal_only: bool
    cell_m: int
    tz: str
    notes: tuple[str, ...]
    hashed: Callable[[], str]

    @cached_property
    def data_hash(self) -> str:
        """The sha256 of the rows that were known: worked out only where it is asked for."""
        return self.hashed()

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
        if self.fatal_only and (window.hours < _MONTH_HOURS or self.cell_m < _WARD_M):
            raise InputError(
                "Homicides alone are too few to be forecast below a ward and a month: where they fell in one year says "
                "next to nothing about the next.",
                where=f"{window.hours:g} hours, cells of {self.cell_m} m",
                fix=f"Bring in woundings and threats beside them, or ask for a month and cells of {_WARD_M} m or more.",
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
    return look_back(Timeline.of(incidents, grid), at)


def look_back(timeline: Timeline, at: datetime) -> History:
    """Return what :func:`history` returns, from a timeline made once for many instants."""
    known = timeline.known(at)
    used, monthly, notes = _by_precision(timeline, known)
    used &= timeline.cell >= 0
    n_known, n_used = int(known.sum()), int(used.sum())
    if not n_used:
        raise InputError(
            "No incident was known in the study area by then, so there is no rate to forecast from.",
            where=at.astimezone(UTC).isoformat(),
            fix="Choose a later time of issue, or import earlier data.",
        )
    first, last, middle = timeline.first[used], timeline.last[used], timeline.middle[used]
    start, until = _cover(middle, first, last, monthly, at)
    if n_known > n_used:
        left = n_known - n_used
        notes = (*notes, f"{left:,} of {n_known:,} incidents have no place in the study area and are left out.")
    return History(
        row=np.flatnonzero(used),
        hours=(middle - microseconds(start)) / _HOUR_US,
        width=(last - first) / _HOUR_US,
        cell=timeline.cell[used],
        x=timeline.x[used].astype(float),
        y=timeline.y[used].astype(float),
        start=start,
        until=until,
        data_until=min(instant(int(last.max())), at),
        monthly=monthly,
        fatal_only=bool(timeline.fatal[used].mean() > _ALMOST_ALL),
        cell_m=timeline.grid.cell_m,
        tz=timeline.incidents.manifest.tz,
        notes=notes,
        hashed=lambda: timeline.incidents.known(at).serious().data_hash,
    )


def _by_precision(timeline: Timeline, known: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], bool, tuple[str, ...]]:
    n_months = int((timeline.by_month & known).sum())
    if n_months > _MONTH_TABLE * int(known.sum()):
        return known.copy(), True, ()
    if not n_months:
        return known.copy(), False, ()
    return known & ~timeline.by_month, False, (f"{n_months:,} incidents known to the month only are left out.",)


def _cover(
    middle: NDArray[np.int64], first: NDArray[np.int64], last: NDArray[np.int64], monthly: bool, at: datetime
) -> tuple[datetime, datetime]:
    if monthly:
        return instant(int(first.min())), instant(int(last.max()))
    start = int(middle.min())
    if len(middle) == 1:
        return instant(start), at
    gap = (int(middle.max()) - start) / (len(middle) - 1)
    return instant(start), min(at, instant(int(middle.max() + gap)))


def _opens_month(at: datetime, tz: str) -> bool:
    return any(
        (t.day, t.hour, t.minute, t.second, t.microsecond) == (1, 0, 0, 0, 0)
        for t in (at.astimezone(UTC), local(at, tz))
    )
