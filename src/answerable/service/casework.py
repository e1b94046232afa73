"""One turn of a case: facts are gathered, the machine decides, and what it says becomes one entry of the log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import combinations
from typing import Any

from answerable.case.casefile import CaseFile
from answerable.case.event import Command, Event
from answerable.case.machine import ENDINGS, TESTED, UNDER_ADOPTED, Case, decide
from answerable.case.sections import public_sections
from answerable.errors import AnswerableError
from answerable.intel.held import hold
from answerable.policy.pack import Pack
from answerable.service.adopt import adopted_pack, pack_of_case
from answerable.service.casefiles import JUDGED_AT
from answerable.service.facts import facts_for
from answerable.service.gate_pass import precise_area
from answerable.service.intel_earlier import earlier_estimate
from answerable.service.notices import notices_given
from answerable.service.people import actor
from answerable.service.public_text import check_public_text
from answerable.service.publish import publish
from answerable.service.rarity import said_of_rarity, surroundings
from answerable.service.reasons import RESTS_ON_REASONS, likeness, reasons_of
from answerable.service.statement import record, statement
from answerable.service.workspace import Workspace
from answerable.store.protocol import Unless

_COUNTED = frozenset({"authorise", "urgent"})


def take_turn(
    workspace: Workspace, case: Case, casefile: CaseFile, command: Command, account: str
) -> tuple[Case, Event]:
    """Do ``command`` on ``case``, store and publish its entry; return the case after it, and the event.

    NotAllowed for a wrong state, role or person, or where someone else acted first; nothing is stored then.
    """
    unless = _unless_others_decide(workspace) if command.kind in _COUNTED else None
    event, pack = decided(workspace, case, casefile, command, account)
    after = case.after(event)
    workspace.store.separate(pair for group in pack.separate for pair in combinations(sorted(group), 2))
    record(
        workspace,
        lambda: [
            statement(
                workspace,
                event.kind,
                event.data,
                office=event.office,
                case_id=case.id,
                case_version=event.version,
                account=account,
                private=event.private,
                at=event.at,
                standing=as_text(after),
            )
        ],
        unless=unless,
    )
    publish(workspace)
    return after, event


def decided(workspace: Workspace, case: Case, casefile: CaseFile, command: Command, account: str) -> tuple[Event, Pack]:
    """Return what ``command`` would come to now and the rules it was tested by; nothing is stored.

    Errors as for :func:`take_turn`.
    """
    now = max(workspace.clock.now(), case.last_at or workspace.clock.now())
    _check_said(command, casefile, now)
    who = actor(workspace, account)
    pack = _pack(workspace, case, command.kind)
    reasons = reasons_of(command.kind, casefile, command.reasons)
    like = likeness(workspace, case.id, reasons) if command.kind in RESTS_ON_REASONS else None
    command = replace(
        command,
        sections=public_sections(casefile),
        picture=_picture(workspace, casefile, command.kind, now),
        private={
            **command.private,
            **({"reasons": reasons, "likeness": vars(like)} if like else {}),
            **precise_area(casefile, command.kind),
        },
    )
    facts: Mapping[str, Any] = {}
    held = earlier_estimate(workspace, case, casefile, who, now) if command.kind in JUDGED_AT else None
    around = surroundings(workspace, case, casefile, pack, now) if command.kind in TESTED else None
    if command.kind in TESTED:
        alike = like.value if like else None
        facts = facts_for(
            workspace, case, casefile, pack, now, likeness=alike, picture=command.picture, held=held, around=around
        )
    if command.kind == "close":
        facts = {**facts, "close.notices_given": notices_given(workspace, case.id)}
    event = decide(case, command, facts, pack, who, now)
    event = replace(event, data={**event.data, **said_of_rarity(around, event)})
    if held:
        event = replace(event, data={**event.data, "earlier_estimate": held.as_json()})
    return event, pack


def _check_said(command: Command, casefile: CaseFile, now: datetime) -> None:
    """Raise InputError where what would be published or noted looks like a person; ending is never held up."""
    if command.kind in ENDINGS:
        return
    said = {"reasons": command.reasons, "what would change": command.what_would_change, "changed": command.changed}
    said |= {f"condition {number}": text for number, text in enumerate(command.conditions, 1)}
    if command.kind == "open":
        said |= {"title": casefile.title}
    if command.publish or command.kind != "advise":
        said |= {"text": command.text}
    if casefile.authorisation and casefile.authorisation.public_text:
        said |= {"public text": casefile.authorisation.public_text}
    place = casefile.area.name if casefile.area else ""
    check_public_text(said, place)
    # A note is never published, and kept all the same: it is no place for a person either.
    notes = [(f"note {number}", entry.note) for number, entry in enumerate(command.entries, 1) if entry.note]
    hold(notes, place=None, at=now, where="log", place_name=place)


def _unless_others_decide(workspace: Workspace) -> Unless:
    """Return what must not happen while rarity is counted: two decisions at once would each be the last permitted."""
    decided = workspace.store.events(kinds=_COUNTED)
    return Unless(max((event.seq for event in decided), default=0), _COUNTED)


def as_text(case: Case) -> str:
    """Return how a case stands as the text that is stored with its last event."""
    return json.dumps(case.standing.as_json(), separators=(",", ":"))


def _pack(workspace: Workspace, case: Case, kind: str) -> Pack:
    """Return the pack in force; to account for a case, or to end one, the pack that it was opened under."""
    if kind in UNDER_ADOPTED or not case.pack:
        return adopted_pack(workspace)
    try:
        return pack_of_case(workspace, case.pack)
    except AnswerableError:
        # Ending is never blocked, not even by a damaged copy of the rules.
        if kind in ENDINGS:
            return workspace.pack
        raise


def _picture(workspace: Workspace, casefile: CaseFile, kind: str, now: datetime) -> dict[str, Any] | None:
    if kind not in JUDGED_AT or casefile.judgement is None:
        return None
    # Forecasts take long to load, and most commands need none.
    from answerable.service.intelligence import picture_for

    found = picture_for(workspace, casefile, now)
    return dict(found.public_json()) if found else None
