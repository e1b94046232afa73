"""The log of a deployment: its kinds of entry, how a file of entries is read, and what is flagged about one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from answerable.case.event import LogEntry
from answerable.case.standing import Standing, over_at
from answerable.errors import InputError, UsageError
from answerable.place import parse_instant
from answerable.policy.suggest import did_you_mean

KINDS = (
    "start", "arrive", "leave", "foot_patrol", "static", "contact", "contact_under_18", "weapon_drawn", "force",
    "search", "arrest", "complaint", "medical", "decision", "comms", "end", "outside", "injury_officer", "injury_other",
)  # fmt: skip
# What counts towards dosage: officers somewhere for some time.
PRESENCE = ("foot_patrol", "static")
# What only an authority in use covers.
_COVERED = frozenset(
    ("start", "arrive", "foot_patrol", "static", "contact", "contact_under_18", "weapon_drawn", "force", "search")
)
# Which flag of a debrief an entry of this kind contradicts, where the flag is answered no.
SERIOUS = {
    "weapon_drawn": "weapon_drawn",
    "force": "force_used",
    "injury_officer": "injury",
    "injury_other": "injury",
    "complaint": "complaint",
}
_FIELDS = ("at", "kind", "cell", "officers", "minutes", "note")


def flags(case: Standing, entry: LogEntry, now: datetime) -> dict[str, bool]:
    """Return what is flagged about ``entry``, recorded at ``now``: late, or outside the authority, or nothing."""
    late = case.clocks.get("late_entry_min")
    found = {}
    if late is not None and now - entry.at > timedelta(minutes=late):
        found["late"] = True
    if entry.kind in _COVERED and not _covered(case, entry.at, now):
        found["outside_authority"] = True
    return found


def _covered(case: Standing, at: datetime, now: datetime) -> bool:
    over = over_at(case, now)
    return case.started_at is not None and case.started_at <= at and (over is None or at < over)


def read_entries(document: Any, tz: str, where: str = "log") -> tuple[LogEntry, ...]:
    """Read a list of entries ``{at, kind, cell?, officers?, minutes?, note?}``; local times are in the zone ``tz``.

    InputError, naming the entry and the field, for anything that does not fit.
    """
    if not isinstance(document, list) or not document:
        raise InputError("A log is a list of entries.", where=where, fix="Write '- {at: ..., kind: ...}' lines.")
    return tuple(_entry(one, tz, f"{where}, entry {number}") for number, one in enumerate(document, 1))


def _entry(document: Any, tz: str, where: str) -> LogEntry:
    if not isinstance(document, Mapping):
        raise InputError("An entry is a mapping of fields.", where=where, fix="Write {at: ..., kind: ...}.")
    unknown = next((name for name in document if name not in _FIELDS), None)
    if unknown is not None:
        raise InputError(f"Unknown field '{unknown}'.", where=where, fix=did_you_mean(str(unknown), _FIELDS))
    kind = str(document.get("kind", "")).strip().lower().replace(" ", "_").replace("-", "_")
    if kind not in KINDS:
        raise InputError(f"'{kind}' is not a kind of entry.", where=f"{where}, kind", fix=did_you_mean(kind, KINDS))
    return LogEntry(
        at=_instant(document.get("at"), tz, where),
        kind=kind,
        cell=_text(document, "cell", 60, where),
        officers=_number(document, "officers", where, whole=True),
        minutes=_number(document, "minutes", where),
        note=_text(document, "note", 280, where),
    )


def _instant(value: Any, tz: str, where: str) -> datetime:
    if not isinstance(value, str):
        raise InputError("An entry says when it happened.", where=f"{where}, at", fix="Write 2018-11-30T20:05.")
    try:
        return parse_instant(value, tz)
    except (InputError, UsageError) as error:
        raise InputError(error.what, where=f"{where}, at: {error.where}", fix=error.fix) from error


def _text(document: Mapping[str, Any], name: str, most: int, where: str) -> str:
    value = document.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise InputError(f"'{name}' is text of at most {most} characters.", where=f"{where}, {name}", fix="Shorten it.")
    return value


def _number(document: Mapping[str, Any], name: str, where: str, *, whole: bool = False) -> Any:
    value = document.get(name)
    if value is None:
        return None
    fits = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
    if not fits or not 0 <= value <= 10_000:
        whole_number = "whole number" if whole else "number"
        raise InputError(
            f"'{name}' is a {whole_number} from 0 to 10,000.", where=f"{where}, {name}", fix=f"It says {value!r}."
        )
    return value
