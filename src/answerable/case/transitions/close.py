"""Close: the public record is complete, and whatever it leaves out is named with a reason and a date."""

from __future__ import annotations

from typing import Any

from answerable.case.deployment import State
from answerable.case.standing import was_used
from answerable.case.state import ENDS, NEVER_DECIDED
from answerable.case.step import Request, Step, published
from answerable.policy.evaluate import Findings


def _guard(request: Request) -> None:
    if was_used(request.case) and request.case.state is not State.EVALUATED:
        raise request.not_allowed(
            "A deployment that took place is debriefed and evaluated before it is closed.",
            "Debrief it, then evaluate it; 'cannot tell' is a valid answer.",
        )


def _close(request: Request, findings: Findings) -> dict[str, Any]:
    redactions = [dict(one) for one in request.section("closing").get("redactions", ())]
    return {"redactions": redactions, "findings": published(findings)}


STEPS = (Step("close", frozenset({State.EVALUATED}) | ENDS | NEVER_DECIDED, _close, tested=True, guard=_guard),)
