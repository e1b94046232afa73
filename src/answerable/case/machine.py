"""The state machine: a case, a command, facts, a pack, an actor and an instant go in; one event comes out.

A transition whose rules do not hold yields the event ``blocked`` and leaves the state as it is. What the machine will
not even record as an attempt (wrong role, wrong person, wrong state, a service account) raises NotAllowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from answerable.case.deployment import Case, Standing, State, over_at, state_at
from answerable.case.event import Actor, Command, Event, LogEntry, Proposal
from answerable.case.holds import account_facts
from answerable.case.step import Request, Step, published
from answerable.case.transitions import (
    authorise,
    close,
    consult,
    debrief,
    evaluate,
    extend,
    impact,
    leave,
    log,
    prepare,
    referral,
    review,
    run,
    urgent,
)
from answerable.case.words import asked_to, to_do
from answerable.errors import NotAllowed, UsageError
from answerable.policy.evaluate import Findings
from answerable.policy.evaluate import evaluate as evaluated
from answerable.policy.pack import Pack
from answerable.policy.suggest import did_you_mean

__all__ = [
    "ENDINGS", "TESTED", "TRANSITIONS", "UNDER_ADOPTED", "Actor", "Case", "Command", "Event", "LogEntry", "Proposal",
    "Standing", "State", "decide", "over_at", "possible", "state_at",
]  # fmt: skip

_ROWS = (
    prepare,
    impact,
    consult,
    authorise,
    urgent,
    run,
    review,
    extend,
    leave,
    log,
    referral,
    debrief,
    evaluate,
    close,
)
_STEPS: Mapping[str, Step] = {step.kind: step for rows in _ROWS for step in rows.STEPS}
TRANSITIONS = tuple(_STEPS)
# Only these look at facts: for every other transition none need be gathered, and none can stand in its way.
TESTED = frozenset(step.kind for step in _STEPS.values() if step.tested)
# These need the policy to be in force; whatever else is done accounts for, or ends, what was done under it.
UNDER_ADOPTED = frozenset(step.kind for step in _STEPS.values() if step.adopted)
# No account says of itself that it has no part in the investigation of one case: that is declared at the decision.
_DECLARED = "authoriser.investigator"
# These end a case or an authority: no rule and no separation of duties ever stands in their way.
ENDINGS = frozenset(step.kind for step in _STEPS.values() if not step.separated and step.kind != "reasons")


def decide(  # noqa: PLR0917 - the six things a decision depends on, in the order they come into it
    case: Case, command: Command, facts: Mapping[str, Any], pack: Pack, actor: Actor, now: datetime
) -> Event:
    """Return the one event that ``command`` leads to: its transition, or ``blocked``.

    ``facts`` are dotted facts at ``now`` (only tested transitions look at them); those about whoever decides are taken
    from the account of ``actor``, whatever ``facts`` say. ``now`` never counts as earlier than
    the case's last event, so that a clock set back gives no authority again.
    NotAllowed for a wrong state, role or person; UsageError for a command that lacks what it needs.
    """
    if command.kind not in _STEPS:
        raise UsageError(
            f"There is no transition '{command.kind}'.",
            where=f"case {case.id}",
            fix=did_you_mean(command.kind, _STEPS),
        )
    step = _STEPS[command.kind]
    now = max(now, case.last_at or now)
    _check_state(step, case, now)
    request = Request(case, command, facts, pack, actor, now, _office(step, case, pack, actor))
    step.guard(request)
    if step.adopted and case.state is not State.NEW:
        _check_pack(case, pack)
    if not step.tested:
        return _event(request, step, command.kind, step.body(request, Findings()))
    held = _of_account(facts, actor, pack, now)
    request = replace(request, facts={**facts, **held, "decision.urgent": step.kind == "urgent"})
    findings = evaluated(pack, {**request.facts, **step.facts(request)}, step.tested_at)
    if findings.holds or not step.blocks:
        return _event(request, step, command.kind, step.body(request, findings))
    return _event(request, step, "blocked", _blocked(command.kind, findings, pack))


def possible(case: Standing, now: datetime) -> tuple[str, ...]:
    """Return the transitions that ``case``, as it stands at ``now``, allows somebody to ask for."""
    state = state_at(case, now)
    return tuple(kind for kind, step in _STEPS.items() if state in step.starts_from and step.fits(case, now))


def startable(state: State) -> frozenset[str]:
    """Return the transitions that some case in ``state`` allows somebody to ask for."""
    return frozenset(kind for kind, step in _STEPS.items() if state in step.starts_from)


def _of_account(facts: Mapping[str, Any], actor: Actor, pack: Pack, now: datetime) -> dict[str, Any]:
    """Return the facts about whoever decides, from the account alone; a part in the investigation may be declared."""
    held = account_facts(actor.roles, now, pack.catalogue)
    if _DECLARED in held and not held[_DECLARED]:
        held[_DECLARED] = facts.get(_DECLARED)
    return held


def _blocked(transition: str, findings: Findings, pack: Pack) -> dict[str, Any]:
    return {
        "transition": transition,
        "rules": findings.blocked_by,
        "findings": published(findings),
        "what_would_change": findings.what_would_change(),
        "not_limited": pack.not_limited,
    }


def _event(request: Request, step: Step, kind: str, data: Mapping[str, Any]) -> Event:
    own = step.private(request) if kind == step.kind else {}
    who = {"person": request.actor.person, "account": request.actor.account}
    private = {**request.command.private, **own, **who}
    return Event(request.case.id, request.case.version + 1, kind, request.now, request.office, data, private)


def _check_state(step: Step, case: Case, now: datetime) -> None:
    state = state_at(case, now)
    if state in step.starts_from:
        return
    can = [to_do(kind, "it") for kind in possible(case, now)]
    raise NotAllowed(
        f"A case that is {state} cannot be asked to {asked_to(step.kind)}.",
        where=f"case {case.id}",
        fix=f"What one can do now: {', '.join(can)}." if can else "It is over; open a new case.",
    )


def _check_pack(case: Case, pack: Pack) -> None:
    current = f"{pack.name}@{pack.version}"
    if case.pack != current:
        raise NotAllowed(
            f"This case was opened under {case.pack}, not {current}.",
            where=f"case {case.id}",
            fix="Withdraw it and open a new case under the pack now in force.",
        )


def _office(step: Step, case: Case, pack: Pack, actor: Actor) -> str:
    """Return the role that ``actor`` acts in; NotAllowed where there is none, or none without a conflict."""
    if not actor.human:
        raise NotAllowed(
            "A service account decides nothing: only a person can act on a case.",
            where=f"case {case.id}, account {actor.account}",
            fix="Let a person who holds the role do it.",
        )
    wanted = pack.roles.get(step.role_key, ())
    held = [role for role in wanted if role in actor.roles]
    if not held:
        raise NotAllowed(
            f"To {to_do(step.kind)} takes the role {' or '.join(wanted) or 'that this pack does not name'}.",
            where=f"case {case.id}, account {actor.account}",
            fix="Ask someone who holds it.",
        )
    free = [role for role in held if not (step.separated and _conflicts(role, case, pack, actor))]
    if not free:
        conflict = sorted(_conflicts(held[0], case, pack, actor))[0]
        raise NotAllowed(
            f"Whoever acts as {conflict} on a case cannot also act as {held[0]}.",
            where=f"case {case.id}, account {actor.account}",
            fix="Another person has to do this.",
        )
    return free[0]


def _conflicts(role: str, case: Case, pack: Pack, actor: Actor) -> set[str]:
    """Return the roles this person has acted in on this case that may not be joined with ``role``."""
    acted = {office for office, person in case.hands if person == actor.person}
    return {other for group in pack.separate if role in group for other in group & acted if other != role}
