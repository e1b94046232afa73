"""Which notices an office was given, the newest first: what was written, when it happened, and whether it was sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from answerable.place import read_stamp
from answerable.present.notices import Notice
from answerable.service.history import event_of, read_histories
from answerable.service.mailing import OUTBOX
from answerable.service.notices import FOLDER
from answerable.service.notices_due import RULES_FOR, case_notices, rules_notices
from answerable.service.workspace import Workspace

PCC = "pcc"
"""The group of the commissioner or the mayor's office, as notices name it."""


@dataclass(frozen=True)
class Given:
    """A notice that was written for a group; ``sent_at`` is when a mail server took it, ``waits`` while none has.

    Neither where the workspace sends no mail to the group: the notice is then handed over in its own way.
    """

    notice: Notice
    sent_at: datetime | None
    waits: bool


def notices_about(workspace: Workspace, ids: Collection[str]) -> list[Notice]:
    """Return the notices that these cases, and the rules, have given rise to by now, the newest first."""
    found = [*_of_rules(workspace), *_of_cases(workspace, ids)]
    return sorted(found, key=lambda one: one.order, reverse=True)


def given_to(workspace: Workspace, group: str, notices: Iterable[Notice]) -> Iterator[Given]:
    """Yield those of the notices that were written for a group; of the others nobody was told yet."""
    for one in notices:
        if (workspace.folder / FOLDER / f"{one.id}.txt").is_file():
            yield _given(workspace, group, one)


def _of_cases(workspace: Workspace, ids: Collection[str]) -> Iterator[Notice]:
    # Which stops were of rarity, the notices that were written tell: here any rule may have been the one.
    rules = frozenset(rule.id for rule in workspace.pack.rules)
    now, tz = workspace.clock.now(), workspace.settings.time_zone or "UTC"
    for one in read_histories(workspace, ids):
        events = list(zip(one.case.events, one.indexes, strict=True))
        yield from case_notices(one.case.id, events, now, tz=tz, rarity_rules=rules)


def _of_rules(workspace: Workspace) -> Iterator[Notice]:
    stored = workspace.store.events(kinds=RULES_FOR)
    events = [(replace(event_of(one), version=one.seq), one.leaf_index) for one in stored]
    return rules_notices(events, workspace.clock.now())


def _given(workspace: Workspace, group: str, notice: Notice) -> Given:
    message = workspace.folder / FOLDER / OUTBOX / f"{notice.id}.{group}.eml"
    sent = message.with_suffix(".sent")
    at = read_stamp(sent.read_text(encoding="ascii").strip()) if sent.is_file() else None
    return Given(notice, at, waits=at is None and message.is_file())
