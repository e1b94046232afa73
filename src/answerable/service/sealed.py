"""A sealed record's beat: a fixed number of entries each time, and the opening of everything whose date has come."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from answerable.case.adoption import is_adoption
from answerable.case.machine import Case
from answerable.place import stamp
from answerable.record.proof import Opening
from answerable.record.publish import disclosures_path, opening_path, place_file
from answerable.service import covers
from answerable.service.close_day import close_past_days
from answerable.service.history import event_of
from answerable.service.openings import decisions, dues, seals
from answerable.service.put_out import put_out
from answerable.service.record_settings import RecordSettings, record_settings
from answerable.service.sealed_state import Remembered
from answerable.service.workspace import Workspace
from answerable.store.protocol import LogHead, StoredEvent

DUE = "due.json"


def beat(workspace: Workspace, *, open_only: bool = False) -> LogHead:
    """Publish one beat of a sealed record and open what is due; the caller lets one process publish at a time.

    Within one beat of the last nothing is added to the log, so that its tempo stays what it is. ``open_only`` adds
    nothing either way.
    """
    settings = record_settings(workspace.folder, workspace.settings.kind)
    now = workspace.clock.now()
    kept = Remembered.read(workspace.folder)
    head = workspace.store.head()
    if head is None or (not open_only and now - head.at >= timedelta(seconds=settings.beat)):
        close_past_days(workspace, now)
        covers.pad(workspace, settings.leaves - workspace.store.pending(), now, kept)
        kept.write(workspace.folder)
        head = workspace.store.publish(workspace.signer, now, most=settings.leaves, first=decisions())
    before = kept.once, dict(kept.done)
    if put_out(workspace, head, list(_openings(workspace, settings, now, kept))):
        covers.open_past(workspace, now, kept)
        _say_what_is_due(workspace, head, now, kept)
    else:
        # What was not written has to be looked for again.
        kept.once, kept.done = before
    kept.write(workspace.folder)
    return head


def _openings(workspace: Workspace, settings: RecordSettings, now: datetime, kept: Remembered) -> Iterator[Opening]:
    """Yield what may be public now and is not yet, wholly."""
    early = settings.early
    next_due: list[datetime] = []
    sealed = seals(workspace.store.events("", kinds=("seal-extension",)))
    waiting = False
    for event in workspace.store.events("", after_seq=kept.once):
        if event.leaf_index is None:
            waiting = True
            continue
        yield from _fresh(workspace, event, released=True)
        kept.once = kept.once if waiting else event.seq
    for case_id, standing in workspace.store.standings():
        version = json.loads(standing).get("version", 0) if standing else 0
        if version and kept.done.get(case_id) == version:
            continue
        events = workspace.store.events(case_id)
        if is_adoption(case_id):
            for event in events:
                if event.leaf_index is not None:
                    yield from _fresh(workspace, event, released=True)
            continue
        case = Case.fold(case_id, [event_of(one) for one in events])
        whole = True
        # A case is opened from its beginning on, without a gap: what is missing in between would look taken out.
        follows = True
        found = dues(case, events, settings, now, sealed.get(case_id))
        for due in found:
            follows = follows and due.event.leaf_index is not None and now >= due.facts - early
            if not follows:
                next_due.append(due.facts)
                whole = False
                continue
            released = now >= due.reasons - early
            if not released and due.event.later:
                next_due.append(due.reasons)
                whole = False
            yield from _fresh(workspace, due.event, released=released)
        if found and whole and case.closed_at is not None:
            kept.done[case_id] = len(events)
    kept.due = stamp(min(next_due)) if next_due else ""


def overdue(workspace: Workspace) -> Iterator[str]:
    """Yield every entry of the record that has to be public by now and is not, as a sentence."""
    settings = record_settings(workspace.folder, workspace.settings.kind)
    now = workspace.clock.now()
    sealed = seals(workspace.store.events("", kinds=("seal-extension",)))
    for line in workspace.store.cases():
        if is_adoption(line.id):
            continue
        events = workspace.store.events(line.id)
        case = Case.fold(line.id, [event_of(one) for one in events])
        for due in dues(case, events, settings, now, sealed.get(line.id)):
            index = due.event.leaf_index
            where = f"Event {due.event.case_version} of case {line.id}"
            if now > due.facts and (index is None or not (workspace.public / opening_path(index)).is_file()):
                yield f"{where} had to be public by {stamp(due.facts)} and is not: run 'answerable record open'."
            elif _owes_reasons(workspace, due.event) and now > due.reasons:
                yield f"{where}: its reasons had to be public by {stamp(due.reasons)}: run 'answerable record open'."


def _owes_reasons(workspace: Workspace, event: StoredEvent) -> bool:
    index = event.leaf_index
    return index is not None and bool(event.later) and not (workspace.public / disclosures_path(index)).is_file()


def _fresh(workspace: Workspace, event: StoredEvent, *, released: bool) -> Iterator[Opening]:
    """Yield the opening of one entry where the public folder has not got it, or not what was released since."""
    index = event.leaf_index
    if index is None:
        return
    later = event.later if released else ()
    is_there = (workspace.public / opening_path(index)).is_file()
    if not is_there or (later and not (workspace.public / disclosures_path(index)).is_file()):
        yield Opening(index, event.body, event.blind, later)


def _say_what_is_due(workspace: Workspace, head: LogHead, now: datetime, kept: Remembered) -> None:
    """Say when the next entry that has a date is due: of those that have none yet, only their number is known."""
    said = {"as_of": stamp(now), "size": head.size, "next_due": kept.due}
    place_file(workspace.public / DUE, json.dumps(said).encode() + b"\n")
