"""What an inspector looks at first: rules beside what they found, files that chance picks, and what was done late."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from answerable.case.duties import Duty, duties
from answerable.case.event import Event
from answerable.case.holds import read_holding
from answerable.case.machine import Case, State, state_at
from answerable.errors import AnswerableError, InputError
from answerable.place import stamp
from answerable.policy.pack import Pack
from answerable.service.history import deployment_cases, read_histories, read_history
from answerable.service.people import all_people
from answerable.service.workspace import Workspace

NEWEST = 300
"""How many of the newest cases an inspection looks through at once."""
SAMPLE = 5


@dataclass(frozen=True)
class RuleFound:
    """One rule and what came of it: on how many cases it held last, did not hold, or could not be told."""

    rule: str
    says: str
    basis: str
    src: str
    held: int
    failed: int
    unknown: int
    newest_case: str


@dataclass(frozen=True)
class Inspection:
    """What the newest cases show.

    ``sample`` are cases that chance picked, ``two_hats`` (case, offices) where one person acted in several offices,
    ``copied`` of ``reasoned`` statements repeat an earlier case, ``late`` are duties that are overdue, by kind.
    """

    cases: int
    rules: tuple[RuleFound, ...]
    sample: tuple[str, ...]
    two_hats: tuple[tuple[str, tuple[str, ...]], ...]
    copied: int
    reasoned: int
    late: tuple[tuple[str, str, str], ...]
    ratified: int
    urgent: int
    unratified: int


def inspect(workspace: Workspace) -> Inspection:
    """Return what the newest :data:`NEWEST` cases show under the policy in force."""
    pack, now = workspace.pack, workspace.clock.now()
    ids = deployment_cases(workspace)[-NEWEST:]
    cases = [one.case for one in read_histories(workspace, ids)]
    events = [event for case in cases for event in case.events]
    likened = [event.private["likeness"] for event in events if isinstance(event.private.get("likeness"), dict)]
    most = pack.limit("copied_from") if "copied_from" in pack.limits else float("inf")
    urgent = [case for case in cases if case.urgent and case.authorised_at is not None]
    return Inspection(
        cases=len(cases),
        rules=tuple(_rules(pack, cases)),
        sample=_sampled(workspace, [case.id for case in cases]),
        two_hats=tuple(_two_hats(cases)),
        copied=sum(one.get("value", 0) >= most for one in likened),
        reasoned=len(likened),
        late=tuple((case.id, one.words, stamp(one.due)) for case, one in _late(cases, now)),
        ratified=sum(case.ratified_at is not None for case in urgent),
        urgent=len(urgent),
        unratified=sum(state_at(case, now) is State.URGENT_UNRATIFIED for case in urgent),
    )


def _rules(pack: Pack, cases: Sequence[Case]) -> Iterable[RuleFound]:
    """Yield every tested rule of ``pack`` with what the newest finding on each case said."""
    answers: dict[str, Counter[bool | None]] = defaultdict(Counter)
    newest: dict[str, str] = {}
    for case in cases:
        last: dict[str, bool | None] = {}
        for event in case.events:
            last |= {str(one["rule"]): one["holds"] for one in event.data.get("findings", ())}
        for rule, holds in last.items():
            answers[rule][holds] += 1
            newest[rule] = case.id
    for one in pack.rules:
        if one.kind != "set":
            said = answers[one.id]
            counts = (said[True], said[False], said[None])
            yield RuleFound(one.id, one.says, one.basis, one.src, *counts, newest.get(one.id, ""))


def _sampled(workspace: Workspace, ids: Sequence[str]) -> tuple[str, ...]:
    """Return cases that nobody chose: those whose hash with the signed root of the log comes first."""
    head = workspace.store.head()
    root = head.root if head else b""
    return tuple(sorted(ids, key=lambda one: hashlib.sha256(root + one.encode()).digest())[:SAMPLE])


def _two_hats(cases: Sequence[Case]) -> Iterable[tuple[str, tuple[str, ...]]]:
    for case in cases:
        offices: dict[str, set[str]] = defaultdict(set)
        for office, person in case.hands:
            if person:
                offices[person].add(office)
        for held in offices.values():
            if len(held) > 1:
                yield case.id, tuple(sorted(held))


def _late(cases: Sequence[Case], now: datetime) -> Iterable[tuple[Case, Duty]]:
    for case in cases:
        for one in duties(case, now):
            if one.overdue:
                yield case, one


def accredited(workspace: Workspace) -> list[dict[str, Any]]:
    """Return every open account with what it holds until when, and whether that has run out."""
    now, found = workspace.clock.now(), []
    for one, holds in all_people(workspace):
        for text in holds:
            try:
                held = read_holding(text)
            except AnswerableError:
                continue
            if held.until is not None and one.disabled_at is None:
                said = {"account": one.account, "holds": held.name, "until": held.until.isoformat()}
                found.append({**said, "over": not held.current(now)})
    return found


def as_known(workspace: Workspace, case_id: str, number: int) -> tuple[Case, tuple[Event, ...]]:
    """Return a case as it was known after its event ``number`` (from 1), and all of its events.

    InputError where the case has no such event; UsageError where there is no such case.
    """
    history = read_history(workspace, case_id)
    events = history.case.events
    if not 1 <= number <= len(events):
        raise InputError(
            "This case has no such entry.", where=f"entry {number}", fix=f"Ask for one from 1 to {len(events)}."
        )
    return Case.fold(case_id, events[:number]), tuple(events)
