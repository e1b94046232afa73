"""Between values and columns: instants as text, and whether a statement says the same as its row."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from answerable.errors import InputError, IntegrityError
from answerable.record.disclose import digest_of, digests_in
from answerable.record.encode import parse_body, private_digest
from answerable.record.errors import RecordError

NUMBERED = 2
"""The version of statements from which on they have a number, a place and a hash of the one before."""


def instant_text(at: datetime) -> str:
    """Return an aware instant as UTC text, ``2018-11-30T20:00:00Z``. Raises ``InputError`` for a naive one."""
    if at.tzinfo is None:
        raise InputError("An instant in the record needs a time zone.", where=at.isoformat())
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def instant(text: str) -> datetime:
    """Return the instant that ``text`` names, in UTC. Raises ``IntegrityError`` where what was stored is none."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise IntegrityError(
            "A stored time cannot be read: the database is damaged.",
            where=ascii(text),
            fix="Restore the newest backup: answerable restore FILE.",
        ) from error


def roles_text(roles: Sequence[str]) -> str:
    """Return roles as the JSON list that is stored."""
    return json.dumps(sorted(set(roles)))


def roles(text: str) -> tuple[str, ...]:
    """Return the roles in a stored JSON list."""
    return tuple(json.loads(text))


def disagreement(  # noqa: PLR0911 -- one for each thing that may differ
    body: bytes,
    *,
    workspace: str,
    case_id: str,
    kind: str,
    at: datetime,
    office: str,
    private: bytes,
    salt: bytes,
    version: int | None = None,
    fields: Sequence[tuple[str, str]] = (),
    parsed: Mapping[str, Any] | None = None,
) -> str:
    """Return how a statement and the row that holds it differ, as a clause; empty if they agree.

    The log vouches for the statement only, so whatever the row says beside it must be in it. ``fields`` are digest and
    disclosure (empty: not to be looked at, or erased) of what it keeps back; ``version`` is its place in its case;
    ``parsed`` is the statement where the caller has read it already.
    """
    try:
        said = parse_body(body) if parsed is None else parsed
        told = instant(str(said.get("at")))
        digest = private_digest(private, salt) if salt else None
        listed = digests_in(said)
        known = all(not text or digest_of(text) == one for one, text in fields)
    except (RecordError, IntegrityError, ValueError) as error:
        return f"is unreadable: {error}"
    due = {"workspace": workspace, "case": case_id, "kind": kind, "office": office}
    for name, value in due.items():
        if said.get(name) != value:
            return f"says {name} {said.get(name)!r}, not {value!r}"
    if told != at:
        return f"says it was at {said['at']}, not {instant_text(at)}"
    if list(listed) != sorted(one for one, _ in fields) or not known:
        return "does not commit to the fields that are kept back"
    if version is not None and said.get("v") == NUMBERED and said.get("version") != version:
        return f"says version {said.get('version')!r}, not {version}"
    if digest is not None and said.get("private") != digest:
        return "does not commit to its private part"
    if digest is None and private:
        return "has a private part without a salt"
    return ""
