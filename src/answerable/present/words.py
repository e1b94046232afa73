"""Probabilities in words: as a frequency, and on the intelligence profession's yardstick with its gaps left open."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from answerable.errors import InputError
from answerable.forecast.frequency import frequency, one_in, rounded
from answerable.place import Window, local

__all__ = [
    "Term", "frequency", "one_in", "rounded", "window_words", "yardstick", "yardstick_source", "yardstick_terms",
]  # fmt: skip


@dataclass(frozen=True)
class Term:
    """One term of the yardstick and its range in percent; ``below`` says that its upper end is left out."""

    name: str
    low: float
    high: float
    below: bool = False

    def holds(self, percent: float) -> bool:
        """Say whether a probability in percent has this term."""
        return self.low <= percent < self.high or (percent == self.high and not self.below)


def yardstick(p: float) -> str:
    """Return the term for the probability ``p``; in a gap, the number itself with the terms on both sides.

    InputError where ``p`` is not a probability. Source: present/yardstick.yaml.

    >>> yardstick(0.003), yardstick(0.6)
    ('remote chance', 'likely or probable')
    >>> yardstick(0.07)
    '7 %, between remote chance and highly unlikely'
    """
    if not 0 <= p <= 1:
        raise InputError("This is not a probability.", where=f"{p}", fix="It must lie between 0 and 1.")
    # Through text, so that 0.35 is the 35 % that it was written as.
    percent = float(f"{100 * p:.9g}")
    terms = yardstick_terms()
    held = next((term.name for term in terms if term.holds(percent)), None)
    if held is not None:
        return held
    before = [term for term in terms if term.low < percent][-1]
    after = next(term for term in terms if term.low > percent)
    return f"{percent:.3g} %, between {before.name} and {after.name}"


def window_words(window: Window, tz: str) -> str:
    """Say a window in local time: day, hours and zone.

    >>> from datetime import UTC, datetime
    >>> window_words(Window.of_hours(datetime(2018, 11, 30, 20, tzinfo=UTC), 8), "Europe/London")
    'Fri 30 Nov 2018 20:00 to Sat 1 Dec 04:00 (Europe/London)'
    """
    start, end = local(window.start, tz), local(window.end, tz)
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%a} {end.day} {end:%b %H:%M}"
    if end.year != start.year:
        until = f"{end:%a} {end.day} {end:%b %Y %H:%M}"
    return f"{start:%a} {start.day} {start:%b %Y %H:%M} to {until} ({tz})"


def yardstick_terms() -> tuple[Term, ...]:
    """Return the seven terms, from the least likely to the most."""
    return tuple(Term(t["term"], t["from"], t["to"], t.get("below", False)) for t in _yardstick()["terms"])


def yardstick_source() -> str:
    """Return where the yardstick comes from, with its date, to be shown beside a term."""
    document = _yardstick()
    return f"{document['reference']} (as of {document['as_of']})"


@cache
def _yardstick() -> dict[str, Any]:
    text = resources.files("answerable.present").joinpath("yardstick.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return document
