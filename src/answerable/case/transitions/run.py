"""Start, end, revoke: authority in use, and how a person ends it. No rule ever stands in the way of an end."""

from __future__ import annotations

from typing import Any

from answerable.case.deployment import State
from answerable.case.step import Request, Step
from answerable.errors import NotAllowed
from answerable.place import stamp
from answerable.policy.evaluate import Findings


def _start(request: Request, findings: Findings) -> dict[str, Any]:  # noqa: ARG001
    starts_at = request.case.starts_at
    if starts_at is None or request.now < starts_at:
        raise NotAllowed(
            "The authority has not begun yet.",
            where=f"case {request.case.id}" + (f", from {stamp(starts_at)}" if starts_at else ""),
            fix="Start it inside its window.",
        )
    return {}


def _reasons(request: Request, findings: Findings) -> dict[str, Any]:  # noqa: ARG001
    return {"reasons": request.command.reasons.strip()}


STEPS = (
    Step("start", frozenset({State.AUTHORISED}), _start),
    Step("end", frozenset({State.ACTIVE}), _reasons, separated=False),
    Step("revoke", frozenset({State.AUTHORISED, State.ACTIVE}), _reasons, separated=False),
)
