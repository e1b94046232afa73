"""Counts as they were known: who said how many, of what, for which period, and on which day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from answerable.errors import InputError
from answerable.evaluate.counts_file import read_counts

COLUMNS = ("known_at", "period_from", "period_to", "count", "definition", "source")
_YEAR = 365


@dataclass(frozen=True)
class Claim:
    """One published count: ``count`` from ``start`` until before ``end``, by ``definition``, known on ``known_at``."""

    known_at: date
    start: date
    end: date
    count: int
    definition: str
    source: str

    @property
    def days(self) -> int:
        """Length of its period."""
        return (self.end - self.start).days

    @property
    def whole_year(self) -> bool:
        """Whether its period is one calendar year."""
        return (self.start.month, self.start.day) == (1, 1) and self.end == date(self.start.year + 1, 1, 1)


def read_claims(path: Path) -> tuple[Claim, ...]:
    """Return the claims of a CSV file, in its order; InputError with the row where one cannot be read."""
    rows = read_counts(
        path, COLUMNS, what="file of counts", needs="A file of counts needs",
        fix="Add them; dates as 2018-11-29, periods from a day until before another.",
    )  # fmt: skip
    return tuple(_claim(row, where) for row, where in rows)


def known_by(claims: Iterable[Claim], day: date) -> tuple[Claim, ...]:
    """Return what was known on ``day``: of each period and definition only the newest."""
    newest: dict[tuple[date, date, str], Claim] = {}
    for claim in sorted(claims, key=lambda one: one.known_at):
        if claim.known_at <= day:
            newest[claim.start, claim.end, claim.definition] = claim
    return tuple(newest.values())


def _claim(row: dict[str, str], where: str) -> Claim:
    try:
        claim = Claim(
            known_at=date.fromisoformat(row["known_at"]),
            start=date.fromisoformat(row["period_from"]),
            end=date.fromisoformat(row["period_to"]),
            count=int(row["count"]),
            definition=row["definition"].strip(),
            source=row["source"].strip(),
        )
    except (ValueError, AttributeError) as error:
        raise InputError(
            "This count cannot be read.", where=f"{where}: {error}", fix="Write days as 2018-11-29 and counts as 127."
        ) from error
    if claim.count < 0 or claim.end <= claim.start or not claim.definition or not claim.source:
        raise InputError(
            "A count is 0 or more, of a period that ends after it begins, with its definition and its source.",
            where=where,
            fix="Complete the row.",
        )
    return claim
