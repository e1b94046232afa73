"""Write the notices that are due: a file each, the public ones as an Atom feed, a message for each group that has mail.

All of it is derived from the record, so that it can be repeated at any moment: what was written is not written again.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from answerable.case.adoption import is_adoption
from answerable.case.deployment import Case
from answerable.case.event import Event
from answerable.errors import UsageError
from answerable.place import read_stamp, stamp
from answerable.policy.condition import comparisons
from answerable.present.atom import atom_feed
from answerable.present.notices import Notice, notice_text
from answerable.record.encode import parse_body
from answerable.record.publish import opening_path
from answerable.service.mailing import queue
from answerable.service.notices_due import RULES_FOR, case_notices, next_instant, rules_notices
from answerable.service.openings import is_open, shown
from answerable.service.record_settings import record_settings
from answerable.service.workspace import Workspace

if TYPE_CHECKING:
    from answerable.store.protocol import StoredEvent

FOLDER = "notices"
FEED = "notices.atom"
# The feed holds this many of the newest; the files below notices/ hold them all.
FEED_LENGTH = 200
_STATE = "state.json"
_NO_CASE = ""


@dataclass(frozen=True)
class Told:
    """What was done: ids of the notices written now, how many stand in the public feed, how many messages were queued.

    ``problems`` are sentences on what could not be done (mail settings that cannot be read); they never stop a notice
    from being written.
    """

    written: tuple[str, ...]
    public: int
    queued: int
    problems: tuple[str, ...] = ()


@dataclass
class _State:
    """How far the record was read: last event, when to look at a case again, and the newest notices.

    ``unqueued`` are notices whose message could not be made because the mail settings could not be read.
    """

    seq: int = 0
    watch: dict[str, datetime] = field(default_factory=dict)
    told: list[Notice] = field(default_factory=list)
    unqueued: list[Notice] = field(default_factory=list)


def bring_up_to_date(workspace: Workspace) -> Told:
    """Write every notice that is due now and was not written yet; safe to repeat, and after a crash at any point.

    Reads only what is new since the last time and the cases whose clock has run out. It sends nothing and needs no
    network: messages wait in the outbox for :func:`answerable.service.mailing.send_waiting`.
    """
    now = workspace.clock.now()
    state = _read_state(workspace)
    fresh = workspace.store.events(after_seq=state.seq)
    touched = {_owner(event.case_id) for event in fresh} | {case for case, at in state.watch.items() if at <= now}
    due: list[Notice] = []
    for case_id in sorted(touched):
        due += _notices_of(workspace, case_id, state, now)
    due = sorted({notice.id: notice for notice in due}.values(), key=lambda notice: notice.order)
    written = [notice for notice in due if not _file(workspace, notice).is_file()]
    queued, problems = _queue(workspace, state, written)
    for notice in written:
        # After the queue, because a file is the sign that its message was seen to.
        _write(_file(workspace, notice), _text(workspace, notice).encode())
    state.seq = max([state.seq, *(event.seq for event in fresh)])
    merged = {notice.id: notice for notice in [*state.told, *due]}
    state.told = sorted(merged.values(), key=lambda notice: notice.order)[-FEED_LENGTH:]
    public = _write_feed(workspace, state.told)
    _write(_path(workspace), _as_bytes(state))
    return Told(tuple(notice.id for notice in written), public, queued, tuple(problems))


def notices_of(workspace: Workspace, case_id: str) -> tuple[str, ...]:
    """Return the ids of the notices that were written about a case, sorted; none where nobody was told of it yet."""
    return tuple(sorted(path.stem for path in (workspace.folder / FOLDER).glob(f"{case_id}-*.txt")))


def notices_given(workspace: Workspace, case_id: str) -> bool:
    """Give what is still due and return whether every notice of a case was given: written, and its message made.

    That a message waits to be sent counts as given: whether a mail server answers must not keep a case open.
    """
    try:
        bring_up_to_date(workspace)
    except OSError:
        return False
    state = _read_state(workspace)
    due = _notices_of(workspace, case_id, state, workspace.clock.now())
    unmade = {notice.id for notice in state.unqueued}
    return all(_file(workspace, notice).is_file() and notice.id not in unmade for notice in due)


def _notices_of(workspace: Workspace, case_id: str, state: _State, now: datetime) -> list[Notice]:
    if case_id == _NO_CASE:
        return _rules(workspace, state, now)
    stored = workspace.store.events(case_id)
    sealed = record_settings(workspace.folder, workspace.settings.kind).sealed
    # The feed is public: in a sealed record it tells no more, and no earlier, than the openings do.
    told = [one for one in stored if is_open(workspace, one)] if sealed else list(stored)
    if not told:
        state.watch[case_id] = now
        return []
    events = [(_event(one, sealed=sealed), one.leaf_index) for one in told]
    case = Case.fold(case_id, (event for event, _ in events))
    following = next_instant(case, now)
    if len(told) < len(stored):
        state.watch[case_id] = now
    elif following is None:
        state.watch.pop(case_id, None)
    else:
        state.watch[case_id] = following
    found = case_notices(
        case_id,
        events,
        now,
        tz=workspace.settings.time_zone or "UTC",
        not_limited=workspace.pack.not_limited,
        rarity_rules=_rarity_rules(workspace),
    )
    return _looked_at_again(list(found), state, now)


def _looked_at_again(found: list[Notice], state: _State, now: datetime) -> list[Notice]:
    """Return ``found``; a case with an entry that waits to be published is looked at again, to learn its place."""
    waiting = next((notice.case for notice in found if notice.entry is None), None)
    if waiting is not None:
        state.watch[waiting] = now
    return found


def _owner(case_id: str) -> str:
    """Return the case that an entry is told with: what is said of rules stands together, whoever said it."""
    return _NO_CASE if is_adoption(case_id) else case_id


def _rules(workspace: Workspace, state: _State, now: datetime) -> list[Notice]:
    stored = workspace.store.events(kinds=RULES_FOR)
    events = [(_event(one, version=one.seq), one.leaf_index) for one in stored]
    ends = [read_stamp(e.data[key]) for e, _ in events for key in ("sunset_at", "reverts_at") if e.data.get(key)]
    following = min((at for at in ends if at >= now), default=None)
    if following is None:
        state.watch.pop(_NO_CASE, None)
    else:
        state.watch[_NO_CASE] = following
    return _looked_at_again(list(rules_notices(events, now)), state, now)


def _queue(workspace: Workspace, state: _State, written: list[Notice]) -> tuple[int, list[str]]:
    notices, queued = [*state.unqueued, *written], 0
    try:
        for notice in notices:
            queued += queue(workspace, notice, _text(workspace, notice))
    except UsageError as error:
        # A setting that is wrong must never stand in the way of a decision: the messages are made once it is mended.
        state.unqueued = notices
        return queued, [str(error)]
    state.unqueued = []
    return queued, []


def _text(workspace: Workspace, notice: Notice) -> str:
    settings = workspace.settings
    return notice_text(notice, workspace=settings.kind, name=settings.name, origin=settings.origin)


def _file(workspace: Workspace, notice: Notice) -> Path:
    return workspace.folder / FOLDER / f"{notice.id}.txt"


def _write_feed(workspace: Workspace, told: list[Notice]) -> int:
    public = [n for n in told if n.entry is not None and (workspace.public / opening_path(n.entry)).is_file()]
    settings = workspace.settings
    began = workspace.store.events("")[:1]
    feed = atom_feed(
        public,
        workspace=settings.kind,
        name=settings.name,
        origin=settings.origin,
        began=began[0].at if began else workspace.clock.now(),
    )
    _write(workspace.public / FEED, feed)
    return len(public)


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, also while another process writes the same one."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _rarity_rules(workspace: Workspace) -> frozenset[str]:
    """Return the ids of the rules that look at how rare another authority would be."""
    return frozenset(
        rule.id
        for rule in workspace.pack.rules
        if rule.condition is not None
        and any(test.fact.name.startswith("rarity.") for test in comparisons(rule.condition))
    )


def _event(stored: StoredEvent, version: int = 0, *, sealed: bool = False) -> Event:
    number = version or stored.case_version
    data = shown(parse_body(stored.body)["data"]) if sealed else stored.data
    return Event(stored.case_id, number, stored.kind, stored.at, stored.office, data, private={})


def _path(workspace: Workspace) -> Path:
    return workspace.folder / FOLDER / _STATE


def _read_state(workspace: Workspace) -> _State:
    try:
        read = json.loads(_path(workspace).read_text(encoding="utf8"))
        return _State(
            seq=int(read["seq"]),
            watch={case: read_stamp(at) for case, at in read["watch"].items()},
            told=[Notice.from_json(one) for one in read["told"]],
            unqueued=[Notice.from_json(one) for one in read["unqueued"]],
        )
    except (OSError, ValueError, KeyError, TypeError):
        # Absent or damaged: everything is derived again, and nothing that was written is written twice.
        return _State()


def _as_bytes(state: _State) -> bytes:
    document = {
        "seq": state.seq,
        "watch": {case: stamp(at) for case, at in sorted(state.watch.items())},
        "told": [notice.as_json() for notice in state.told],
        "unqueued": [notice.as_json() for notice in state.unqueued],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"
