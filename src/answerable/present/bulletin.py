"""The quarterly bulletin: how often, how many said no, what came of it, and of how many hours of the quarter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from answerable.place import Window, local, stamp
from answerable.present.document import Block, Document, Facts, Grid, Items, Part, Section, Words
from answerable.present.marks import faint_mark, watermark

LIMITS = (
    "The totals are those of the log. They do not show what was never entered in it: outside counts, complaints and "
    "sightings test that.",
    "A single deployment almost never shows whether it worked: \u201ccannot tell\u201d is counted as an answer.",
    "States that the clock makes (expired, lapsed, not ratified, suspended) have no entry of their own. They are "
    "derived from the entries and can be derived again by anyone.",
)


@dataclass(frozen=True)
class Line:
    """One total: its key, its words, how many, and from what it is counted (the kinds of entries, or the clock)."""

    key: str
    words: str
    count: int
    source: str


@dataclass(frozen=True)
class CaseLine:
    """One case in the bulletin: existing cases are listed whatever became of them."""

    id: str
    title: str
    area: str
    standing: str
    hours: float


@dataclass(frozen=True)
class Checked:
    """The totals held against the log: its size and root, and for each kind the count in it."""

    origin: str
    size: int
    root: str
    kinds: Mapping[str, int]
    unopened: int


@dataclass(frozen=True)
class Bulletin:
    """The bulletin of one quarter.

    ``window`` is the quarter in UTC, ``as_of`` the instant it speaks for (its end, or now while it lasts).
    ``hours_active`` are hours in which an authority was in use; ``hours`` those of the quarter so far. ``pack`` names
    the rules and their status; ``rarity`` is the level in words, empty where it is not known.
    """

    quarter: str
    window: Window
    as_of: datetime
    tz: str
    workspace: str
    name: str
    pack: str
    status: str
    not_limited: str
    lines: tuple[Line, ...]
    outcomes: tuple[Line, ...]
    cases: tuple[CaseLine, ...]
    hours_active: float
    hours: float
    rarity: str
    checked: Checked

    @property
    def over(self) -> bool:
        """Whether the quarter has ended."""
        return self.as_of >= self.window.end

    @property
    def share(self) -> str:
        """Hours active of the hours in the quarter, in words."""
        if not self.hours_active:
            return f"0 of {self.hours:,.0f} hours"
        return f"{self.hours_active:,.1f} of {self.hours:,.0f} hours ({100 * self.hours_active / self.hours:.2g} %)"

    def as_json(self) -> dict[str, Any]:
        """Return the bulletin as plain data."""
        return {
            "quarter": self.quarter,
            "window": {"from": stamp(self.window.start), "to": stamp(self.window.end)},
            "as_of": stamp(self.as_of),
            "over": self.over,
            "workspace": self.workspace,
            "watermark": watermark(self.workspace),
            "pack": self.pack,
            "status": self.status,
            "not_limited": self.not_limited,
            "totals": {line.key: line.count for line in self.lines},
            "outcomes": {line.key: line.count for line in self.outcomes},
            "denominator": {"hours_active": round(self.hours_active, 4), "hours_in_quarter": round(self.hours, 4)},
            "rarity": self.rarity,
            "cases": [vars(case) for case in self.cases],
            "reconciled": {
                "origin": self.checked.origin,
                "size": self.checked.size,
                "root": self.checked.root,
                "kinds": dict(self.checked.kinds),
                "unopened": self.checked.unopened,
            },
            "limits": list(LIMITS),
        }

    def document(self) -> Document:
        """Return the bulletin as a document."""
        return Document(
            title=f"Bulletin for {_months(self.window, self.tz)}",
            kicker=f"{self.name}: every proposal, the refused ones too",
            mark=watermark(self.workspace),
            faint=faint_mark(self.workspace),
            running=f"Bulletin {self.quarter}",
            summary=_summary(self),
            sections=(
                _section(
                    "totals", "How often", "What was proposed, who said no, and what ended by itself?", _totals(self)
                ),
                _section("outcomes", "What came of it", "Did it happen, was force used, did it work?", _outcomes(self)),
                _section("cases", "Every case", "Which were they?", _cases(self)),
                _section("log", "Held against the log", "Are these the log's own totals?", _held(self)),
            ),
            about={"quarter": self.quarter, "as_of": stamp(self.as_of), "workspace": self.workspace},
        )


def _summary(bulletin: Bulletin) -> tuple[Block, ...]:
    total = {line.key: line.count for line in bulletin.lines}
    rows = (
        ("Proposed", str(total.get("proposed", 0))),
        ("Refused or blocked by rule", f"{total.get('refused', 0)} refused, {total.get('cases_blocked', 0)} blocked"),
        ("Authorised", f"{total.get('authorised', 0)}, of these {total.get('urgent', 0)} urgent"),
        ("In use", bulletin.share),
        ("Rarity", bulletin.rarity or "not known"),
        ("Rules", f"{bulletin.pack} (status: {bulletin.status})"),
    )
    so_far = () if bulletin.over else (Words("The quarter is not over: these are its totals so far.", "strong"),)
    limit = (Words(bulletin.not_limited, "quiet"),) if bulletin.not_limited else ()
    return (*so_far, Facts(rows), *limit)


def _section(key: str, heading: str, asks: str, blocks: tuple[Block, ...]) -> Section:
    return Section(key, heading, asks, (Part("", blocks),))


def _totals(bulletin: Bulletin) -> tuple[Block, ...]:
    share = Words(f"Hours with an authority in use: {bulletin.share}.", "strong")
    return (_lines("Totals of the quarter", bulletin.lines), share)


def _outcomes(bulletin: Bulletin) -> tuple[Block, ...]:
    return (_lines("Outcomes told in the quarter", bulletin.outcomes),)


def _lines(caption: str, lines: Sequence[Line]) -> Grid:
    rows = tuple((line.words, f"{line.count:,}", line.source) for line in lines)
    return Grid(caption, ("What", "How many", "Counted from"), rows, widths=(52, 14, 34))


def _cases(bulletin: Bulletin) -> tuple[Block, ...]:
    if not bulletin.cases:
        return (Words("Nothing was proposed or under way in this quarter."),)
    rows = tuple((c.id, c.title, c.area, c.standing, f"{c.hours:.4g}" if c.hours else "\u2013") for c in bulletin.cases)
    head = ("Case", "Title", "Area", "Standing", "Hours in use")
    return (Grid("Cases proposed, decided or in use in the quarter", head, rows),)


def _held(bulletin: Bulletin) -> tuple[Block, ...]:
    checked = bulletin.checked
    rows = tuple((kind.replace("_", " "), f"{n:,}", f"{n:,}") for kind, n in sorted(checked.kinds.items()))
    blocks: list[Block] = [
        Words(f"Log {checked.origin}, {checked.size:,} entries, root {checked.root}."),
        Grid("Entries of the quarter by kind", ("Kind", "In this bulletin", "In the log"), rows),
    ]
    if checked.unopened:
        blocks.append(
            Words(f"{checked.unopened:,} entries of the log are not opened yet and stand outside this count.")
        )
    return (*blocks, Items("What this does not show:", LIMITS))


def _months(window: Window, tz: str) -> str:
    first, last = local(window.start, tz), local(window.end - (window.end - window.start) / 10, tz)
    return f"{first:%B} to {last:%B} {last.year}"
