"""The running number of a case, its place in the case and the hash of what came before: checked as it is stored."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from answerable.record.encode import parse_body
from answerable.store.database import Database
from answerable.store.faults import broken
from answerable.store.protocol import Link, NewEvent
from answerable.store.rows import NUMBERED


def link(db: Database, case_id: str, kind: str) -> Link:
    """Return what the next statement of a case has to say; of a new case, one that ``kind`` opens."""
    if not case_id:
        return Link(0, 0, "")
    last = db.execute(
        "SELECT case_version, body FROM events WHERE case_id = ? AND case_id <> '' ORDER BY case_version DESC LIMIT 1",
        (case_id,),
    ).fetchone()
    if last is not None:
        return Link(_number(db, case_id), int(last[0]) + 1, _hash(last[1]))
    newest = db.execute(
        "SELECT number, body FROM case_numbers JOIN events ON seq = event_seq"
        " WHERE series = ? ORDER BY number DESC LIMIT 1",
        (kind,),
    ).fetchone()
    return Link(1, 1, "") if newest is None else Link(int(newest[0]) + 1, 1, _hash(newest[1]))


def check_links(db: Database, events: Sequence[NewEvent]) -> list[tuple[str, int, int]]:
    """Return (series, number, place among ``events``) of every case that is opened, after checking every statement.

    Raises ``NotAllowed`` where another case took the number, or someone else acted on the case, meanwhile.
    """
    opened = []
    seen: dict[str, Link] = {}
    series: dict[str, Link] = {}
    for place, event in enumerate(events):
        body = parse_body(event.body)
        if body.get("v") != NUMBERED or not event.case_id:
            continue
        due = seen.get(event.case_id) or (series.get(event.kind) if event.case_version == 1 else None)
        due = due or link(db, event.case_id, event.kind)
        said = Link(body["number"], body["version"], body["previous"])
        if said.version != due.version:
            raise broken("stale" if said.version < due.version else "gap")
        if said != due:
            raise broken("numbered" if said.version == 1 else "stale")
        digest = _hash(event.body)
        seen[event.case_id] = Link(said.number, said.version + 1, digest)
        if said.version == 1:
            series[event.kind] = Link(said.number + 1, 1, digest)
            opened.append((event.kind, said.number, place))
    return opened


def _number(db: Database, case_id: str) -> int:
    row = db.execute(
        "SELECT number FROM events JOIN case_numbers ON event_seq = seq"
        " WHERE case_id = ? AND case_id <> '' AND case_version = 1",
        (case_id,),
    ).fetchone()
    return int(row[0]) if row else 0


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
