"""What a source says about its files: which columns identify it, where time, place and class stand, and how exactly.

A source is data. It names every column it uses, and nothing else gets past the door.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import polars as pl

# The ways publishers write a date; strptime's codes. Two of them in one column are an error.
ISO = "%Y-%m-%d"
DAY_FIRST = "%d/%m/%Y"
MONTH_FIRST = "%m/%d/%Y"
YEAR_MONTH = "%Y-%m"
WGS84 = "EPSG:4326"


@dataclass(frozen=True)
class When:
    """Where the time stands: a column of dates (with or without a time) and perhaps a column of times or hours.

    ``formats`` are strptime codes of the date part, of which a file uses one. ``precision`` is the finest that the
    source claims; a row without a time of day is a day. ``date_only``: a time in the date column means nothing.
    """

    date: str
    time: str | None = None
    formats: tuple[str, ...] = (ISO,)
    precision: str = "minute"
    date_only: bool = False


@dataclass(frozen=True)
class Where:
    """Where the place stands: two columns in the projection ``crs`` (degrees for EPSG:4326, x before y)."""

    x: str
    y: str
    crs: str = WGS84
    precision: str = "point"


@dataclass(frozen=True)
class Known:
    """The publisher's column that tells when this version of a row was known (``formats`` as in :class:`When`)."""

    column: str
    formats: tuple[str, ...] = (ISO,)


@dataclass(frozen=True)
class Source:
    """One publisher's layout.

    ``identified_by``: columns that a file must have to be recognised. ``tz``: the zone its times are in, None if the
    user must say. ``delay``: how long after the event the force usually knows of it (an assumption, used for
    ``known_at`` where the publisher gives no date). ``kind``, ``severity``, ``n_harmed``, ``origin``: expressions over
    the file's columns. ``set_aside``: an expression that names the type of rows which are no serious violence, null
    for rows to keep. ``id_within``: a column within which ``id`` is unique, where it is not alone.
    ``made_id_with``: columns that a made id depends on beside time, place and class.
    ``victims``: one row per victim, to be merged by ``id``. ``numbers``: columns that must hold
    whole numbers. ``region``: west, south, east, north in degrees, where all its points should lie.
    """

    name: str
    title: str
    identified_by: tuple[str, ...]
    when: When
    where: Where
    kind: pl.Expr
    severity: pl.Expr
    delay: timedelta
    tz: str | None = None
    n_harmed: pl.Expr | None = None
    origin: pl.Expr = field(default_factory=lambda: pl.lit("reported"))
    id: str | None = None
    id_within: str | None = None
    made_id_with: tuple[str, ...] = ()
    victims: bool = False
    numbers: tuple[str, ...] = ()
    known: Known | None = None
    set_aside: pl.Expr | None = None
    region: tuple[float, float, float, float] | None = None
    automatic: bool = True

    @property
    def allowed(self) -> tuple[str, ...]:
        """Every column that passes the door: exactly those this source uses."""
        fixed = [
            self.id,
            self.id_within,
            self.when.date,
            self.when.time,
            self.where.x,
            self.where.y,
            *self.numbers,
            *self.made_id_with,
        ]
        fixed.append(self.known.column if self.known else None)
        exprs = [self.kind, self.severity, self.origin, self.n_harmed, self.set_aside]
        used = [name for expr in exprs if expr is not None for name in expr.meta.root_names()]
        return tuple(dict.fromkeys(name for name in [*fixed, *used] if name is not None))


@dataclass(frozen=True)
class Refusal:
    """A layout that is recognised and refused, with the reason and what its files can be used for.

    ``identified_by`` lists sets of columns, any of which gives the layout away; ``exact`` asks for no other columns.
    """

    name: str
    title: str
    identified_by: tuple[tuple[str, ...], ...]
    reason: str
    use: str
    exact: bool = False

    def matches(self, columns: Iterable[str]) -> bool:
        """Say whether a file with these columns is of this layout."""
        present = {key(column) for column in columns}
        for group in self.identified_by:
            wanted = {key(column) for column in group}
            if wanted == present if self.exact else wanted <= present:
                return True
        return False


def key(column: str) -> str:
    """Return a column's name as it is compared: portals write one name as "Case Number" and as "case_number".

    >>> key("Case Number") == key("case_number")
    True
    """
    return re.sub(r"[^a-z0-9]+", "_", column.strip().lower()).strip("_")


def number(column: str) -> pl.Expr:
    """Return the expression that reads ``column`` as a whole number, null where it is none."""
    return pl.col(column).cast(pl.Float64, strict=False).cast(pl.Int32, strict=False)


def lookup(column: str, table: Mapping[str, str], otherwise: str) -> pl.Expr:
    """Return the expression that turns the values of ``column`` (any case) into others by a table."""
    lowered = {name.lower(): value for name, value in table.items()}
    return pl.col(column).str.strip_chars().str.to_lowercase().replace_strict(lowered, default=otherwise)
