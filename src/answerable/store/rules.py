"""The rules of every store in Python: what its triggers say on SQLite, for a backend that has none.

A test holds the two together: the kinds here are the rows of the fixed tables of a new SQLite store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from answerable.errors import InputError
from answerable.store.faults import broken
from answerable.store.protocol import NewEvent, Person, StoredEvent, Workspace
from answerable.store.rows import disagreement

SEPARATED_KINDS = frozenset(
    [(a, b) for a in ("open", "submit") for b in ("authorise", "ratify", "extend", "urgent")],
)
DECISIONS = frozenset(
    (
        "adopt", "authorise", "close", "community_impact", "debrief", "equality_impact", "evaluate", "evaluation",
        "extend", "outcome", "propose", "ratify", "refuse", "reject", "renew", "repeal", "review", "start", "urgent",
    )
)  # fmt: skip
ENDINGS = frozenset(("end", "reasons", "revoke", "withdraw"))
SERVICE = "service"
"""The role of an account that belongs to a program."""


def check_statement(workspace: Workspace, event: NewEvent) -> None:
    """Raise ``InputError`` where the statement of an event says something else than the values beside it."""
    problem = disagreement(
        event.body,
        workspace=workspace.kind,
        case_id=event.case_id,
        kind=event.kind,
        at=event.at,
        office=event.office,
        private=event.private,
        salt=event.salt,
        version=event.case_version,
        fields=[(one.digest, one.text) for one in event.fields],
    )
    if problem:
        raise InputError(f"The statement of the event {problem}.", where=f"{event.case_id} {event.kind}".strip())


def check_event(
    event: NewEvent,
    before: Sequence[StoredEvent],
    people: Mapping[str, Person],
    separated: Iterable[tuple[str, str]],
) -> None:
    """Raise the error of the first rule that ``event`` breaks, ``before`` being the events of its case so far."""
    if (event.case_id == "") != (event.case_version == 0):
        raise InputError("An event of a case has a version from 1, any other event has none.", where=event.kind)
    if event.case_id and event.case_version <= len(before):
        raise broken("stale")
    if event.case_id and event.case_version > len(before) + 1:
        raise broken("gap")
    _check_actor(event, people)
    if event.case_id and event.actor:
        _check_separation(event, before, people[event.actor].person, frozenset(separated))


def _check_actor(event: NewEvent, people: Mapping[str, Person]) -> None:
    decides = event.kind in DECISIONS
    if not event.actor:
        if decides:
            raise broken("nobody decided")
        return
    who = people.get(event.actor)
    if who is None:
        raise broken("unknown account")
    if who.disabled_at is not None:
        raise broken("closed account")
    if decides and SERVICE in who.roles:
        raise broken("program decided")


def _check_separation(
    event: NewEvent, before: Sequence[StoredEvent], person: str, separated: frozenset[tuple[str, str]]
) -> None:
    own = [earlier for earlier in before if earlier.person == person]
    if any({(e.kind, event.kind), (event.kind, e.kind)} & SEPARATED_KINDS for e in own):
        raise broken("separation")
    if event.kind not in ENDINGS and any({(e.office, event.office), (event.office, e.office)} & separated for e in own):
        raise broken("office separation")
