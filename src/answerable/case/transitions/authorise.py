"""Authorise and refuse: the decision, by a person, within limits, with reasons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from answerable.case.deployment import State
from answerable.case.step import Request, Step, published
from answerable.case.transitions.consult import not_consulted
from answerable.case.transitions.prepare import full_impact
from answerable.place import Window, stamp
from answerable.policy.evaluate import Findings

_HOUR = timedelta(hours=1)
# A draft too: an urgent request is refused before it is anything else.
UNDECIDED = frozenset({State.DRAFT, State.SUBMITTED, State.ASSESSED, State.CONSULTED})


def authority(request: Request) -> Window:
    """Return the window of the authority: what was asked for, or a part of it, not yet over, and never in the past."""
    case, command = request.case, request.command
    if case.window is None:
        raise request.lacks("This case has no window.", "Open it with a proposal.")
    start, end = command.starts_at or case.window.start, command.ends_at or case.window.end
    if start < case.window.start or end > case.window.end:
        raise request.not_allowed(
            "An authority may be shorter than what was asked for, never longer.",
            "Narrow it, or open a new case.",
            f"asked for {request.time(case.window.start)} to {request.time(case.window.end)}",
        )
    if request.now >= end:
        raise request.not_allowed(
            "The window of this case is already over.",
            "Refuse or withdraw it; a later window needs a new case.",
            f"window to {request.time(end)}",
        )
    return Window(max(start, request.now), end)


def decision_guard(request: Request) -> None:
    """Refuse a window that cannot be authorised, one's own proposal, and a decision without reasons."""
    authority(request)
    if request.actor.person in request.case.acted("open", "submit"):
        raise request.not_allowed(
            "Whoever applies for a deployment cannot authorise it.", "Another person has to decide."
        )
    if not request.command.reasons.strip():
        raise request.lacks("An authorisation needs reasons.", "Give them.")


def decision_facts(request: Request) -> Mapping[str, Any]:
    """Return what only the machine knows at a decision: the authority's length and start, and what is unanswered."""
    case, window = request.case, authority(request)
    return {
        "window.hours": window.hours,
        "start.within_h": (window.start - request.now) / _HOUR,
        "advice.unanswered": len(case.unanswered),
    }


def decided(request: Request, findings: Findings) -> dict[str, Any]:
    """Return what a decision to authorise publishes."""
    command, window, section = request.command, authority(request), request.section("authorisation")
    return {
        "starts_at": stamp(window.start),
        "ends_at": stamp(window.end),
        "start_by": stamp(request.now + timedelta(hours=request.pack.limit("start_within_h"))),
        "review_hours": request.facts.get("review.hours") or section.get("review_hours"),
        "conditions": list(command.conditions),
        "reasons": command.reasons.strip(),
        "public_text": section.get("public_text", ""),
        "evaluation_plan": dict(request.section("evaluation_plan")),
        "not_consulted": not_consulted(request.case, request.pack),
        **full_impact(request),
        "findings": published(findings),
    }


def _facts(request: Request) -> Mapping[str, Any]:
    case = request.case
    minutes = (request.now - case.assessed_at) / timedelta(minutes=1) if case.assessed_at else None
    return {**decision_facts(request), "consultation.minutes": minutes}


def _refuse_guard(request: Request) -> None:
    if not (request.command.reasons.strip() and request.command.what_would_change.strip()):
        raise request.lacks(
            "A refusal needs reasons, and what would change it.",
            "Give both: the applicant and the public will read them.",
        )


def _refuse(request: Request, findings: Findings) -> dict[str, Any]:  # noqa: ARG001
    command = request.command
    return {
        "reasons": command.reasons.strip(),
        "what_would_change": command.what_would_change.strip(),
        "not_limited": request.pack.not_limited,
    }


STEPS = (
    Step(
        "authorise",
        frozenset({State.CONSULTED}),
        decided,
        tested=True,
        guard=decision_guard,
        facts=_facts,
        adopted=True,
    ),
    Step("refuse", UNDECIDED, _refuse, guard=_refuse_guard),
)
