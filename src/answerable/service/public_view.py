"""What the public can see: read from the ``public/`` folder alone, and only from entries proved to be in its log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from answerable.case.event import Event
from answerable.case.machine import Case, state_at
from answerable.place.window import read_stamp
from answerable.record.publish import proof_path
from answerable.record.readback import read_public


@dataclass(frozen=True)
class PublicEvent:
    """One opened and proved entry of the log.

    ``data`` is what the statement says beside its frame, ``office`` who acted (never a person), ``proof`` the path of
    the entry's proof file below ``public/``.
    """

    index: int
    kind: str
    at: datetime
    office: str
    data: Mapping[str, Any]
    proof: str


@dataclass(frozen=True)
class PublicCase:
    """One deployment case as its opened entries tell it; ``state`` is derived for the instant asked about."""

    id: str
    title: str
    state: str
    area_name: str
    area_km2: float
    starts_at: datetime
    ends_at: datetime
    trigger: str
    events: tuple[PublicEvent, ...]

    def last(self, *kinds: str) -> PublicEvent | None:
        """Return the newest event of one of ``kinds``, or None."""
        return next((e for e in reversed(self.events) if e.kind in kinds), None)


@dataclass(frozen=True)
class PublicView:
    """Everything the public pages are made of.

    ``kind`` is the workspace's (simulated, rehearsal, real); ``pictures`` are published planning pictures (entries of
    kind ``picture``), newest last; ``unopened`` counts entries whose opening is not in the folder.
    """

    kind: str
    origin: str
    size: int
    root: str
    signed_by: str
    tz: str
    as_of: datetime
    policies: tuple[PublicEvent, ...]
    cases: tuple[PublicCase, ...]
    pictures: tuple[PublicEvent, ...]
    unopened: int


def read_public_view(folder: Path, now: datetime) -> PublicView:
    """Return what the folder shows at the instant ``now``, after re-hashing all of it.

    Raises ``record.errors.Altered`` where any file does not lead to the signed head.
    """
    log = read_public(folder)
    policies: list[PublicEvent] = []
    pictures: list[PublicEvent] = []
    cases: dict[str, list[PublicEvent]] = {}
    for index, body in log:
        event = PublicEvent(
            index=index,
            kind=body["kind"],
            at=read_stamp(body["at"]),
            office=body["office"],
            data=body["data"],
            proof=proof_path(index),
        )
        if body["case"]:
            cases.setdefault(body["case"], []).append(event)
        elif event.kind == "adopt":
            policies.append(event)
        elif event.kind == "picture":
            pictures.append(event)
    return PublicView(
        kind=log.kind,
        origin=log.origin,
        size=log.size,
        root=log.root.hex(),
        signed_by=log.signed_by,
        tz=next((p.data["time_zone"] for p in reversed(pictures)), "UTC"),
        as_of=now,
        policies=tuple(policies),
        cases=tuple(_case(case_id, events, now) for case_id, events in cases.items()),
        pictures=tuple(pictures),
        unopened=log.unopened,
    )


def _case(case_id: str, events: list[PublicEvent], now: datetime) -> PublicCase:
    folded = Case.fold(
        case_id,
        (
            Event(case_id, version, event.kind, event.at, event.office, event.data, private={})
            for version, event in enumerate(events, 1)
        ),
    )
    opened = events[0].data
    starts = folded.starts_at or read_stamp(opened["window"]["from"])
    ends = folded.ends_at or read_stamp(opened["window"]["to"])
    return PublicCase(
        id=case_id,
        title=folded.title,
        state=str(state_at(folded, now)),
        area_name=opened["area"]["name"],
        area_km2=opened["area"]["km2"],
        starts_at=starts,
        ends_at=ends,
        trigger=folded.trigger,
        events=tuple(events),
    )
