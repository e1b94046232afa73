"""Review: whether the grounds still stand, asked again while the authority lasts, by somebody who did not give it.

A review that is missed suspends the authority by the clock alone; held late, it may still restore it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from answerable.case.state import RUNNING
from answerable.case.step import Request, Step
from answerable.case.transitions.prepare import full_impact
from answerable.place import stamp
from answerable.policy.evaluate import Findings

OUTCOMES = ("continue", "vary", "end")
CHECKS = ("intel_still_valid", "threat_reassessed", "community_feedback")


def next_review(request: Request, ends_at: datetime | None) -> datetime | None:
    """Return when the next review is due, counted from now; None where none was fixed at the decision."""
    hours = request.case.review_hours
    if hours is None or ends_at is None:
        return None
    return min(request.now + timedelta(hours=hours), ends_at)


def _outcome(request: Request) -> str:
    return request.command.outcome or str(request.section("review").get("outcome", ""))


def _checks(request: Request) -> dict[str, Any]:
    given = {**request.section("review").get("checks", {}), **request.command.checks}
    return {name: given[name] for name in CHECKS if given.get(name) is not None}


def _ends_at(request: Request) -> datetime | None:
    return request.command.ends_at if _outcome(request) == "vary" else request.case.ends_at


def _guard(request: Request) -> None:
    case, outcome = request.case, _outcome(request)
    if outcome not in OUTCOMES:
        raise request.lacks(f"A review takes an outcome, not '{outcome}'.", f"Use one of: {', '.join(OUTCOMES)}.")
    if request.actor.person in case.acted("authorise", "urgent", "ratify", "extend"):
        raise request.not_allowed(
            "Whoever gave an authority cannot review it.", "Another person reviews it; anyone may end it."
        )
    if outcome == "end":
        return
    checks = _checks(request)
    if len(checks) < len(CHECKS) or not str(checks["community_feedback"]).strip():
        lacking = [name.replace("_", " ") for name in CHECKS if not str(checks.get(name, "")).strip()]
        raise request.lacks(f"A review must answer: {', '.join(lacking)}.", "Answer all three, or end the deployment.")
    if not (checks["intel_still_valid"] is True and checks["threat_reassessed"] is True):
        raise request.not_allowed(
            "The grounds no longer stand, so the deployment cannot continue.", "Review it with the outcome 'end'."
        )
    _check_variation(request, outcome)


def _check_variation(request: Request, outcome: str) -> None:
    ends_at, wanted = request.case.ends_at, request.command.ends_at
    if outcome == "continue" and wanted is not None:
        raise request.lacks("To continue changes no times.", "Use the outcome 'vary' to shorten the authority.")
    if outcome == "vary" and wanted is None:
        raise request.lacks("To vary an authority takes its new end.", "Give an end earlier than the present one.")
    if wanted is not None and ends_at is not None and not request.now < wanted < ends_at:
        raise request.not_allowed(
            "A review may only shorten an authority, and to a time still to come.",
            "Extend it, with fresh tests, or end it.",
            f"ends at {request.time(ends_at)}",
        )


def _review(request: Request, findings: Findings) -> dict[str, Any]:  # noqa: ARG001
    outcome, ends_at = _outcome(request), _ends_at(request)
    reasons = request.command.reasons.strip() or str(request.section("review").get("reasons", ""))
    body = {"outcome": outcome, "reasons": reasons, "checks": _checks(request), **full_impact(request)}
    if outcome == "end" or ends_at is None:
        return body
    due = next_review(request, ends_at)
    return {**body, "ends_at": stamp(ends_at), "review_due": stamp(due) if due else None}


STEPS = (Step("review", RUNNING, _review, guard=_guard),)
