"""What is written in the record: one statement per event, tied to those before it, with fields that it keeps back."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from answerable.errors import NotAllowed
from answerable.place import stamp
from answerable.record.certificate import FIELD
from answerable.record.disclose import Disclosure, make_disclosure, sd_of
from answerable.record.encode import BLIND_BYTES, SALT_BYTES, canonical, parse_body
from answerable.service.openings import split
from answerable.service.own_key import signed
from answerable.service.record_settings import record_settings
from answerable.service.workspace import Workspace
from answerable.store.protocol import LATER, OWN, PRIVATE, Field, Link, NewEvent, StoredEvent, Unless

VERSION = 2
_TRIES = 20


def statement(
    workspace: Workspace,
    kind: str,
    data: Mapping[str, Any],
    *,
    office: str,
    case_id: str = "",
    case_version: int = 0,
    account: str = "",
    private: Mapping[str, Any] | None = None,
    at: datetime | None = None,
    standing: str = "",
    after: Sequence[NewEvent] = (),
) -> NewEvent:
    """Return the event to append: who acted appears in its body as an office, never as a person.

    ``data`` may hold instants; they are written in UTC with a Z. In a sealed workspace part of it is released later
    (``answerable.service.openings``); ``private`` never is. ``at`` is when it happened (default: now), ``standing`` how
    its case stands after it, for lists; ``after`` are statements that are appended together with it, before it.
    """
    at = (at or workspace.clock.now()).replace(microsecond=0)
    facts: dict[str, Any] = _plain(data)
    later: dict[str, Any] = {}
    never: dict[str, Any] = {}
    if record_settings(workspace.folder, workspace.settings.kind).sealed:
        facts, later, never = split(kind, case_id, facts)
    link = _link(workspace, kind, case_id, after)
    if case_id and case_version:
        # Whoever wrote this saw the case at that version: if it has moved on, the store says so.
        link = Link(link.number, case_version, link.previous)
    fields = [_field(name, value, LATER) for name, value in later.items()]
    own = {**never, **_plain(private or {})}
    fields += [_field(f"{OWN}{name}", value, PRIVATE) for name, value in own.items()]
    body = {
        "v": VERSION,
        "kind": kind,
        "workspace": workspace.settings.kind,
        "case": case_id,
        "number": link.number,
        "version": link.version,
        "previous": link.previous,
        "at": stamp(at),
        "office": office,
        "data": facts,
        "sd": sd_of(made for made, _ in fields),
    }
    evidence = signed(workspace, kind, account, canonical(body))
    if evidence is not None:
        fields.append(_field(FIELD, dict(evidence), PRIVATE))
        body["sd"] = sd_of(made for made, _ in fields)
    return NewEvent(
        case_id=case_id,
        case_version=link.version,
        kind=kind,
        at=at,
        actor=account,
        office=office,
        body=canonical(body),
        blind=secrets.token_bytes(BLIND_BYTES),
        standing=standing,
        fields=tuple(Field(made.name, made.digest, release, made.text) for made, release in fields),
    )


def record(
    workspace: Workspace, make: Callable[[], Sequence[NewEvent]], *, unless: Unless | None = None
) -> tuple[StoredEvent, ...]:
    """Append what ``make`` returns; where another case took its number meanwhile, make it anew with the next one."""
    for last in range(_TRIES - 1, -1, -1):
        try:
            return workspace.store.append(make(), unless=unless)
        except NotAllowed as error:
            if not last or "took this number first" not in error.what:
                raise
    raise AssertionError("unreachable")


def _link(workspace: Workspace, kind: str, case_id: str, after: Sequence[NewEvent]) -> Link:
    before = next((one for one in reversed(after) if one.case_id == case_id and case_id), None)
    if before is not None:
        return Link(int(parse_body(before.body)["number"]), before.case_version + 1, sha256(before.body).hexdigest())
    link = workspace.store.link(case_id, kind)
    opened = next((one for one in reversed(after) if one.case_version == 1 and one.kind == kind), None)
    if link.version != 1 or opened is None:
        return link
    return Link(int(parse_body(opened.body)["number"]) + 1, 1, sha256(opened.body).hexdigest())


def _field(name: str, value: Any, release: str) -> tuple[Disclosure, str]:
    return make_disclosure(name, value, secrets.token_bytes(SALT_BYTES)), release


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(v) for v in value]
    return value
