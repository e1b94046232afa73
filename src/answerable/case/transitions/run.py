"""Start, end, revoke: authority in use, and how a person ends it. No rule ever stands in the way of an end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from answerable.case.deployment import State
from answerable.case.duties import duties
from answerable.case.standing import Standing
from answerable.case.state import RUNNING
from answerable.case.step import Request, Step, published
from answerable.case.transitions.review import next_review
from answerable.place import stamp
from answerable.policy.evaluate import Findings


def _has_begun(case: Standing, now: datetime) -> bool:
    return case.starts_at is not None and now >= case.starts_at


def _start_guard(request: Request) -> None:
    starts_at = request.case.starts_at
    if not _has_begun(request.case, request.now):
        raise request.not_allowed(
            "The authority has not begun yet.",
            "Start it inside its window.",
            f"from {request.time(starts_at)}" if starts_at else "",
        )


def _start(request: Request, findings: Findings) -> dict[str, Any]:
    due = next_review(request, request.case.ends_at)
    return {"findings": published(findings), **({"review_due": stamp(due)} if due else {})}


def _reasons(request: Request, findings: Findings) -> dict[str, Any]:  # noqa: ARG001
    return {"reasons": request.command.reasons.strip()}


def _reasons_owed(case: Standing, now: datetime) -> bool:  # noqa: ARG001
    return bool(case.reasons_owed)


def _late_guard(request: Request) -> None:
    if not request.case.reasons_owed:
        raise request.not_allowed(
            "No reasons are owed on this case.", "Reasons are owed where somebody ended it without any."
        )
    if not request.command.reasons.strip():
        raise request.lacks("These are no reasons.", "Say why it was ended.")


def _late_reasons(request: Request, findings: Findings) -> dict[str, Any]:  # noqa: ARG001
    case = request.case
    late = any(duty.kind == "reasons" and duty.overdue for duty in duties(case, request.now))
    said = {"of": case.reasons_owed, "reasons": request.command.reasons.strip()}
    return {**said, "late": True} if late else said


_ENDED = frozenset({State.ENDED, State.REVOKED, State.DEBRIEFED, State.EVALUATED})
STEPS = (
    Step(
        "start", frozenset({State.AUTHORISED}), _start, tested=True, guard=_start_guard, adopted=True, fits=_has_begun
    ),
    Step("end", RUNNING, _reasons, separated=False),
    Step("revoke", frozenset({State.AUTHORISED}) | RUNNING, _reasons, separated=False),
    Step("reasons", _ENDED, _late_reasons, guard=_late_guard, separated=False, fits=_reasons_owed),
)
