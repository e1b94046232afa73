"""What is written in the record: one statement per event, its public body canonical, its private part bound by salt."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from answerable.place import stamp
from answerable.record.encode import BLIND_BYTES, SALT_BYTES, canonical, private_digest
from answerable.service.workspace import Workspace
from answerable.store.protocol import NewEvent

VERSION = 1


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
) -> NewEvent:
    """Return the event to append: who acted appears in its body as an office, never as a person.

    ``data`` may hold instants; they are written in UTC with a Z. ``private`` stays in the store. ``at`` is when it
    happened (default: now), ``standing`` how its case stands after it, for lists.
    """
    at = (at or workspace.clock.now()).replace(microsecond=0)
    salt = secrets.token_bytes(SALT_BYTES)
    kept = canonical(_plain(private or {}))
    body = {
        "v": VERSION,
        "kind": kind,
        "workspace": workspace.settings.kind,
        "case": case_id,
        "at": stamp(at),
        "office": office,
        "data": _plain(data),
        "private": private_digest(kept, salt),
    }
    return NewEvent(
        case_id=case_id,
        case_version=case_version,
        kind=kind,
        at=at,
        actor=account,
        office=office,
        body=canonical(body),
        blind=secrets.token_bytes(BLIND_BYTES),
        private=kept,
        salt=salt,
        standing=standing,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(v) for v in value]
    return value
