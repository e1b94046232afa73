"""The adoption's state machine: an adoption, a command, an actor, the world around and an instant make one event.

What does not meet its tests yields the event ``blocked`` and leaves the state as it is. A wrong state, role or person
raises NotAllowed and is no event at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from answerable.case.adoption import checks, gunning
from answerable.case.adoption.adoption import Adoption, State, state_at
from answerable.case.adoption.bodies import BODIES, Request
from answerable.case.adoption.commands import Around, Command
from answerable.case.adoption.rulebook import Test, rulebook
from answerable.case.event import Actor, Event
from answerable.errors import NotAllowed
from answerable.place import stamp
from answerable.policy.pack import Pack

_UNDECIDED = frozenset((State.DRAFT, State.CONSULTING, State.RESPONDING))
_IN_FORCE = frozenset((State.ADOPTED, State.EVALUATING, State.RENEWED))
_ASKED = frozenset((State.CONSULTING, State.RESPONDING))
# The states in which each command may be asked for. A decision asked for too early is blocked, with its reasons.
STARTS: Mapping[str, frozenset[State]] = {
    "propose": frozenset((State.NEW,)),
    "consult": frozenset((State.DRAFT,)),
    "notice": frozenset(State) - {State.NEW},
    "respond": _ASKED,
    "reach": _ASKED,
    "consider": frozenset((State.RESPONDING,)),
    "outcome": _ASKED,
    "adopt": _UNDECIDED,
    "reject": _UNDECIDED,
    "evaluation": _IN_FORCE,
    "renew": _IN_FORCE,
    "repeal": _IN_FORCE,
}

# What each step is called after "to", and after "cannot be asked to" where its own name is no verb.
_TO: Mapping[str, str] = {
    "propose": "propose a policy",
    "consult": "open the consultation",
    "notice": "enter a notice to the commissioner, or a reply",
    "respond": "enter a response",
    "reach": "enter who was reached",
    "consider": "enter how a theme was considered",
    "outcome": "publish the outcome",
    "adopt": "adopt it",
    "reject": "reject it",
    "evaluation": "publish its evaluation",
    "renew": "renew it",
    "repeal": "repeal it",
}
_ASKED_TO: Mapping[str, str] = {
    "notice": "take a notice",
    "reach": "take who was reached",
    "outcome": "publish its outcome",
    "evaluation": "publish its evaluation",
}


def decide(adoption: Adoption, command: Command, actor: Actor, around: Around, now: datetime) -> Event:
    """Return the one event that ``command`` leads to: its own kind, or ``blocked`` with the rules that did not hold.

    ``now`` never counts as earlier than the adoption's last event. NotAllowed for a wrong state, role or person;
    InputError for values that do not fit the adoption; UsageError where words are missing.
    """
    now = max(now, adoption.last_at or now)
    _check_state(adoption, command.kind, now)
    office = _office(adoption, command.kind, actor)
    request = Request(adoption, command, around, now)
    tests = _tests(request)
    failed = tuple(test for test in tests if not test.holds)
    private: Mapping[str, Any] = {}
    if failed:
        kind, data = "blocked", _blocked(command.kind, tests, around.pack)
    else:
        kind, (data, private) = command.kind, BODIES[command.kind](request)
        tests = tests_of(adoption, around, now) if command.kind == "reject" else tests
        if tests:
            data["findings"] = [test.published() for test in tests]
    kept = {**private, "person": actor.person, "account": actor.account}
    return Event(adoption.id, adoption.version + 1, kind, now, office, plain(data), kept)


def tests_of(adoption: Adoption, around: Around, now: datetime) -> tuple[Test, ...]:
    """Return every test that a decision to adopt would meet at ``now``, in order."""
    if adoption.time_critical:
        return (*checks.hasty(adoption, around, now), checks.as_consulted(adoption, around))
    return (
        *gunning.gunning(adoption, around, now),
        checks.notice_given(adoption),
        checks.as_consulted(adoption, around),
        checks.measures_fixed(adoption),
        checks.sunset(adoption, around, now),
    )


def _tests(request: Request) -> tuple[Test, ...]:
    adoption, around, now = request.adoption, request.around, request.now
    if request.command.kind == "consult":
        return (
            gunning.formative(adoption, around, planned=True),
            gunning.enough_reasons(adoption),
            gunning.time_planned(adoption, around, now),
            gunning.reached(adoption, planned=True),
            checks.measures_fixed(adoption),
        )
    if request.command.kind == "outcome":
        return (
            gunning.adequate_time(adoption, around, now),
            gunning.taken_into_account(adoption, now, published=False),
            gunning.reached(adoption),
            checks.loosens_nothing(around),
        )
    if request.command.kind == "adopt":
        return tests_of(adoption, around, now)
    if request.command.kind == "renew":
        return (checks.evaluated(adoption, around), checks.sunset_again(request.command, around, now))
    return ()


def _blocked(transition: str, tests: tuple[Test, ...], pack: Pack | None) -> dict[str, Any]:
    failed = [test for test in tests if not test.holds]
    return {
        "transition": transition,
        "rules": [test.rule for test in failed],
        "findings": [test.published() for test in tests],
        "what_would_change": [f"{test.rule}: {test.change}" for test in failed],
        "not_limited": pack.not_limited if pack else "",
    }


def _fits(adoption: Adoption, kind: str) -> bool:
    """Return whether ``kind`` can come to anything: a change that reverts by itself is not consulted on."""
    return not (kind == "consult" and adoption.time_critical)


def _check_state(adoption: Adoption, kind: str, now: datetime) -> None:
    state = state_at(adoption, now)
    if not _fits(adoption, kind) and state is State.DRAFT:
        raise NotAllowed(
            "A time-critical change is not consulted on: it lasts a few days and reverts by itself.",
            where=f"adoption {adoption.id}",
            fix="Open an ordinary proposal to consult on it.",
        )
    if state in STARTS[kind]:
        return
    allowed = [_TO[other] for other, starts in STARTS.items() if state in starts and _fits(adoption, other)]
    raise NotAllowed(
        f"An adoption that is {state} cannot be asked to {_ASKED_TO.get(kind, kind)}.",
        where=f"adoption {adoption.id}",
        fix=f"What one can do now: {', '.join(allowed)}." if allowed else "It is over; open a new one.",
    )


def _office(adoption: Adoption, kind: str, actor: Actor) -> str:
    where = f"adoption {adoption.id}, account {actor.account}"
    if not actor.human:
        raise NotAllowed(
            "A service account decides nothing: only a person can act on an adoption.",
            where=where,
            fix="Let a person who holds the role do it.",
        )
    wanted = rulebook().roles[kind]
    held = [role for role in wanted if role in actor.roles]
    if not held:
        raise NotAllowed(
            f"To {_TO[kind]} takes the role {' or '.join(wanted)}.", where=where, fix="Ask someone who holds it."
        )
    acted = {office for office, person in adoption.hands if person == actor.person}
    conflicts = {
        other for group in rulebook().separate if held[0] in group for other in group & acted if other != held[0]
    }
    if conflicts:
        raise NotAllowed(
            f"Whoever acted as {min(conflicts)} on an adoption cannot also act as {held[0]}.",
            where=where,
            fix="Another person has to do this.",
        )
    return held[0]


def plain(value: Any) -> Any:
    """Return ``value`` as it stands in the record: instants as stamps, tuples as lists."""
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, (list, tuple)) else value
