"""Fields of forms, and what was typed into them: plain text in, values of a case file out, with the field named."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from answerable.errors import InputError

Options = tuple[tuple[str, str], ...]
YES_NO: Options = (("yes", "Yes"), ("no", "No"))
TYPED = frozenset(("text", "area", "number", "datetime-local"))
"""The kinds into which something is typed; all others are chosen."""
LONG_TEXTS = frozenset((
    "advance", "change", "changed", "children", "community_feedback", "community_impact_review", "conditions",
    "copied_reasons", "described", "eliminate", "escalation", "extreme_reasons", "foster", "gap_reasons", "gist",
    "groups", "legal_reasons", "limits", "mitigations", "modality_reasons", "provocation", "public_text", "reasons",
    "reviewed", "text", "why_now",
))  # fmt: skip
"""The fields of kind area: they hold paragraphs. All others hold one line."""
TIMES = frozenset((
    "at", "ends_at", "from", "occurred_at", "oral_at", "received_at", "review_at", "reviewed_at", "start", "to",
))  # fmt: skip
"""The fields of kind datetime-local."""
SHORT_TEXT, LONG_TEXT = 300, 20_000
"""The most characters in a line, and in paragraphs."""
FIRST_YEAR, LAST_YEAR = 2000, 2100
"""No record of a deployment has a time outside these years, and near the ends of the calendar none can be reckoned."""
# What a reader does not see, or sees in another order than it is kept: all control characters, and those that turn the
# direction of a text. Marks and joiners stay: Arabic, Hebrew, Persian and Hindi are not written well without them.
_UNSEEN = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
_NOT_IN_LONG, _NOT_IN_LINE = re.compile(f"[{_UNSEEN}]"), re.compile(f"[{_UNSEEN}\t\n]")
_BROKEN = {"\t": "tab", "\n": "line break"}


@dataclass(frozen=True)
class Field:
    """One field: its ``name``, its ``label`` and its ``kind`` (text, area, number, datetime-local, select, radio,
    checkbox, hidden, file); ``value`` is what it holds when shown.
    """

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    options: Options = ()
    value: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the field as plain values for a page."""
        return asdict(self)


def filled(fields: Iterable[Field], values: Mapping[str, str]) -> list[Field]:
    """Return the fields with what was typed into them before, so that nothing is lost when a form comes back."""
    return [replace(one, value=values.get(one.name, one.value)) for one in fields]


def choices(words: Mapping[str, str] | Sequence[str]) -> Options:
    """Return options in words: of a mapping, or of keys that say themselves what they mean."""
    if isinstance(words, Mapping):
        return tuple(words.items())
    return tuple((word, word.replace("_", " ").capitalize()) for word in words)


def numbers(first: int, last: int) -> Options:
    """Return the numbers from ``first`` to ``last`` as options."""
    return tuple((str(one), str(one)) for one in range(first, last + 1))


def in_reach(day: date) -> bool:
    """Say whether a day, or an instant, lies in the years that a record can have times of."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


class Values:
    """What was sent with a form. What a reader would not see as it is kept is refused, whichever way it is read."""

    def __init__(self, sent: Mapping[str, str]) -> None:
        self._sent = sent

    def text(self, name: str) -> str:
        """Return what was typed, empty where nothing was.

        InputError where it is too long for its field, holds a character that no reader sees, or is a time out of reach.
        """
        text = self._sent.get(name, "").strip()
        _fits(name, text)
        _is_seen(name, text)
        if name in TIMES:
            _is_in_reach(name, text)
        return text

    def needed(self, name: str, label: str) -> str:
        """Return what was typed; InputError where nothing was."""
        if not self.text(name):
            raise InputError(f"{label} is missing.", where=f"field {name}", fix="Fill it in.")
        return self.text(name)

    def yes(self, name: str) -> bool | None:
        """Return a yes or no, None where neither was chosen: what is not known is not a no."""
        return {"yes": True, "no": False}.get(self.text(name))

    def number(self, name: str, label: str) -> float | None:
        """Return a number, None where none was typed; InputError for anything else."""
        text = self.text(name).replace(",", "")
        if not text:
            return None
        try:
            found = float(text)
        except ValueError:
            found = float("nan")
        if not abs(found) < 1e6:
            raise InputError(
                f"{label} is not a number below a million.", where=f"field {name}: {text[:40]}", fix="Use figures."
            )
        return found

    def count(self, name: str, label: str) -> int | None:
        """Return a whole number; InputError for one that is not."""
        found = self.number(name, label)
        if found is not None and found != int(found):
            raise InputError(f"{label} is a whole number.", where=f"field {name}", fix="Round it.")
        return None if found is None else int(found)

    def lines(self, name: str) -> tuple[str, ...]:
        """Return what was typed line by line, without empty lines."""
        return tuple(line.strip() for line in self.text(name).splitlines() if line.strip())


def _fits(name: str, text: str) -> None:
    most = LONG_TEXT if name in LONG_TEXTS else SHORT_TEXT
    if len(text) > most:
        raise InputError(
            f"This is {len(text):,} characters long.", where=f"field {name}", fix=f"Shorten it to {most:,} at most."
        )


def _is_seen(name: str, text: str) -> None:
    if says := unseen(text, long=name in LONG_TEXTS):
        raise InputError(says, where=f"field {name}", fix="Delete it, or type that part anew.")


def unseen(text: str, *, long: bool) -> str:
    """Return which character of a text nobody sees who reads it, in words; empty where there is none.

    In paragraphs (``long``) lines may be broken.
    """
    found = (_NOT_IN_LONG if long else _NOT_IN_LINE).search(text)
    if found is None:
        return ""
    one, at = found[0], found.start() + 1
    if one in _BROKEN:
        return f"Character {at} is a {_BROKEN[one]}, and this is a single line."
    called = unicodedata.name(one, "control character").lower()
    return f"Character {at} is U+{ord(one):04X} ({called}), which nobody sees who reads this."


def _is_in_reach(name: str, text: str) -> None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return  # Whoever needs a time here says what is wrong with it.
    if not in_reach(at):
        raise InputError(
            f"The year {at.year} is not one of {FIRST_YEAR} to {LAST_YEAR}.",
            where=f"field {name}",
            fix="Correct the year.",
        )


def known(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a section of a case file without what is not known: an unknown fact is left out, never guessed."""
    return {name: value for name, value in values.items() if value not in (None, "", (), [], {})}
