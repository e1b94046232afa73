"""Cover entries of a sealed record: made to fill a beat, opened together the day after by the seed of their day."""

from __future__ import annotations

import secrets
from datetime import datetime

from answerable.place import stamp
from answerable.record.cover import Covers, cover_blind, cover_body, covers_path
from answerable.record.encode import BLIND_BYTES
from answerable.record.publish import place_file
from answerable.service.sealed_state import Remembered
from answerable.service.workspace import Workspace
from answerable.store.protocol import COVER, NewEvent


def pad(workspace: Workspace, count: int, now: datetime, kept: Remembered) -> None:
    """Append ``count`` covers, of the day that it is in UTC."""
    if count < 1:
        return
    at = now.replace(microsecond=0)
    day = stamp(at)[:10]
    seed = workspace.store.cover_seed(day, secrets.token_bytes(BLIND_BYTES))
    made = sum(
        1 for one in workspace.store.events(after_seq=kept.days.get(day, 0), kinds=(COVER,)) if _day(one.at) == day
    )
    body = cover_body(workspace.settings.kind, stamp(at))
    fresh = workspace.store.append(
        [NewEvent("", 0, COVER, at, "", "", body, cover_blind(seed, counter)) for counter in range(made, made + count)]
    )
    kept.days.setdefault(day, fresh[0].seq - 1)


def open_past(workspace: Workspace, now: datetime, kept: Remembered) -> None:
    """Open the covers of every day that is over, once all of them have their place in the log."""
    for day, before in sorted(kept.days.items()):
        if day >= stamp(now)[:10]:
            continue
        covers = [one for one in workspace.store.events(after_seq=before, kinds=(COVER,)) if _day(one.at) == day]
        if any(one.leaf_index is None for one in covers):
            continue
        made = tuple((one.leaf_index or 0, stamp(one.at)) for one in covers)
        place_file(workspace.public / covers_path(day), Covers(day, workspace.store.cover_seed(day), made).json())
        del kept.days[day]


def _day(at: datetime) -> str:
    return stamp(at)[:10]
