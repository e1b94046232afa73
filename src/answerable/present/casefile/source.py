"""What a case file is made of: the public entries of one case, its rules as adopted, and the instant it is read at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from answerable.place import local, read_stamp
from answerable.present.document import Facts, Grid

NOT_RECORDED = "not recorded"
_SHORT = {"iag": "IAG", "pcc": "PCC", "sfc": "SFC", "tfc": "TFC", "ofc": "OFC", "iopc": "IOPC", "arv": "ARV"}
_TOLD = {
    "open": "Opened", "submit": "Submitted", "assess": "Assessed", "advise": "Advised on", "answer": "Advice answered",
    "blocked": "Blocked by rule", "authorise": "Authorised", "urgent": "Authorised urgently",
    "ratify": "Ratified", "refuse": "Refused", "withdraw": "Withdrawn", "start": "Started", "review": "Reviewed",
    "extend": "Extended", "end": "Ended", "revoke": "Revoked", "reasons": "Reasons given", "log": "Logged",
    "referral": "Referral done", "debrief": "Debriefed", "evaluate": "Evaluated", "close": "Closed",
}  # fmt: skip


@dataclass(frozen=True)
class CaseEntry:
    """One entry of a case.

    ``index`` is its place in the log (None: not published yet), ``office`` who acted (never a person), ``data`` what
    the public statement says.
    """

    index: int | None
    kind: str
    at: datetime
    office: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Due:
    """Something that has to be done about this case by an instant."""

    kind: str
    due: datetime
    overdue: bool


@dataclass(frozen=True)
class CaseSource:
    """All that a case file says.

    ``workspace`` is the kind (simulated, rehearsal, real), ``origin`` the log's, ``state`` the one derived for
    ``as_of``. ``pack`` is what the entry of adoption says (name, version, status, title, hash, sunset, rules with
    sources; empty where it is not known). ``not_limited`` is the sentence on what the rules do not limit.
    """

    id: str
    workspace: str
    origin: str
    tz: str
    as_of: datetime
    state: str
    entries: tuple[CaseEntry, ...]
    pack: Mapping[str, Any] = field(default_factory=dict)
    not_limited: str = ""
    duties: tuple[Due, ...] = ()

    @property
    def opened(self) -> Mapping[str, Any]:
        """What the case was opened with."""
        return self.first("open")

    def of(self, *kinds: str) -> tuple[CaseEntry, ...]:
        """Return the entries of these kinds, in order."""
        return tuple(entry for entry in self.entries if entry.kind in kinds)

    def last(self, *kinds: str) -> CaseEntry | None:
        """Return the newest entry of one of these kinds, or None."""
        return next((entry for entry in reversed(self.entries) if entry.kind in kinds), None)

    def first(self, *kinds: str) -> Mapping[str, Any]:
        """Return the data of the first entry of one of these kinds; empty where there is none."""
        return next((entry.data for entry in self.entries if entry.kind in kinds), {})

    def newest(self, name: str) -> Any:
        """Return the newest value that any entry gives under ``name``, None where none does."""
        return next((entry.data[name] for entry in reversed(self.entries) if entry.data.get(name) is not None), None)

    def when(self, at: datetime) -> str:
        """Say an instant in local time with its zone."""
        there = local(at, self.tz)
        return f"{there:%a} {there.day} {there:%b %Y, %H:%M} {there.tzname()}"

    def say(self, value: Any) -> str:
        """Say one value of an entry in words: instants in local time, lists joined, unknown as such.

        >>> from datetime import UTC
        >>> source = CaseSource("1", "rehearsal", "o", "UTC", datetime(2018, 1, 1, tzinfo=UTC), "DRAFT", ())
        >>> source.say(True), source.say(["fear", "cost"]), source.say("2018-11-30T20:00:00Z"), source.say(0.5)
        ('yes', 'fear, cost', 'Fri 30 Nov 2018, 20:00 UTC', '0.5')
        """
        if value is None or value == "":
            return NOT_RECORDED
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, int | float):
            return f"{value:.6g}"
        if isinstance(value, Mapping):
            return "; ".join(f"{spaced(str(key))}: {self.say(inner)}" for key, inner in value.items()) or NOT_RECORDED
        if isinstance(value, Iterable) and not isinstance(value, str):
            return ", ".join(self.say(inner) for inner in value) or NOT_RECORDED
        return self._text(str(value))

    def _cell(self, value: Any) -> str:
        return "\u2013" if value is None or value == "" else self.say(value)

    def _text(self, text: str) -> str:
        if len(text) in (20, 27) and text.endswith("Z") and "T" in text:
            return self.when(read_stamp(text))
        is_a_key = "_" in text and " " not in text and text.islower()
        return spaced(text) if is_a_key else text

    def facts(self, data: Mapping[str, Any], names: Mapping[str, str]) -> Facts:
        """Return the pairs for ``names`` (key to label), saying "not recorded" where a value is missing."""
        return Facts(tuple((label, self.say(data.get(key))) for key, label in names.items()))

    def grid(self, caption: str, rows: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> Grid | None:
        """Return a table of ``rows`` with the columns of ``names`` that any row has; None where there is no row."""
        listed = list(rows)
        columns = {key: label for key, label in names.items() if any(key in row for row in listed)}
        if not listed or not columns:
            return None
        cells = tuple(tuple(self._cell(row.get(key)) for key in columns) for row in listed)
        return Grid(caption, tuple(columns.values()), cells)


def spaced(key: str) -> str:
    """Return a key as words.

    >>> spaced("local_commander"), spaced("iag_contact")
    ('local commander', 'IAG contact')
    """
    return " ".join(_SHORT.get(word, word) for word in key.split("_"))


def told(kind: str) -> str:
    """Return the kind of an entry as what has happened.

    >>> told("open"), told("urgent"), told("picture")
    ('Opened', 'Authorised urgently', 'Picture')
    """
    return _TOLD.get(kind, capital(spaced(kind)))


def capital(text: str) -> str:
    """Return text with its first letter in upper case.

    >>> capital("fear of crime")
    'Fear of crime'
    """
    return text[:1].upper() + text[1:]
