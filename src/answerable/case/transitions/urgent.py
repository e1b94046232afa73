"""Urgent and ratify: forms and consultation are shortened, thresholds never, and the authority ends unless ratified.

Three persons: whoever applies, whoever authorises at once, and whoever ratifies.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from answerable.case.deployment import State
from answerable.case.standing import Standing
from answerable.case.state import RUNNING
from answerable.case.step import Request, Step, published
from answerable.case.transitions.authorise import decided, decision_facts, decision_guard
from answerable.case.transitions.prepare import assessment, full_impact
from answerable.place import read_stamp, stamp
from answerable.policy.evaluate import Findings


def _oral_at(request: Request) -> datetime | None:
    """Return when the authority was given by word of mouth, if it was; the time to ratify it runs from then."""
    said = request.section("authorisation").get("oral_at")
    return read_stamp(said) if said else None


def _ratify_by(request: Request) -> datetime:
    since = min(_oral_at(request) or request.now, request.now)
    return since + timedelta(hours=request.pack.limit("ratify_h"))


def _urgent_guard(request: Request) -> None:
    decision_guard(request)
    if request.now > _ratify_by(request):
        raise request.not_allowed(
            "This authority was given orally, and the time to ratify it is over.",
            "It has ended; what is still needed takes a new decision.",
            f"to be ratified by {request.time(_ratify_by(request))}",
        )


def _urgent(request: Request, findings: Findings) -> dict[str, Any]:
    oral = _oral_at(request)
    return {
        **decided(request, findings),
        **assessment(request),
        "ratify_by": stamp(_ratify_by(request)),
        **({"oral_at": stamp(oral)} if oral else {}),
    }


def _to_ratify(case: Standing, now: datetime) -> bool:  # noqa: ARG001
    return case.urgent and case.ratified_at is None


def _ratify_guard(request: Request) -> None:
    case = request.case
    if not _to_ratify(case, request.now):
        raise request.not_allowed(
            "There is nothing to ratify." if not case.urgent else "This authority has been ratified.",
            "Only an urgent authority is ratified, and only once.",
        )
    if request.actor.person in case.acted("urgent", "open", "submit"):
        raise request.not_allowed(
            "Whoever applied for or gave an urgent authority cannot ratify it.",
            "Another authoriser ratifies it, or revokes it.",
        )
    if not request.command.reasons.strip():
        raise request.lacks("A ratification needs reasons.", "Give them.")


def _ratify_facts(request: Request) -> Mapping[str, Any]:
    case = request.case
    hours = (case.ends_at - case.starts_at) / timedelta(hours=1) if case.ends_at and case.starts_at else None
    return {"window.hours": hours, "start.within_h": 0.0, "advice.unanswered": len(case.unanswered)}


def _ratify(request: Request, findings: Findings) -> dict[str, Any]:
    return {
        "reasons": request.command.reasons.strip(),
        "evaluation_plan": dict(request.section("evaluation_plan")),
        "public_text": request.section("authorisation").get("public_text", ""),
        **full_impact(request),
        "findings": published(findings),
    }


STEPS = (
    Step(
        "urgent",
        frozenset({State.DRAFT}),
        _urgent,
        tested=True,
        guard=_urgent_guard,
        facts=decision_facts,
        adopted=True,
    ),
    Step(
        "ratify",
        frozenset({State.AUTHORISED}) | RUNNING,
        _ratify,
        tested=True,
        guard=_ratify_guard,
        facts=_ratify_facts,
        adopted=True,
        fits=_to_ratify,
    ),
)
