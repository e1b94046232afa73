"""Close: the public record is complete, and whatever it leaves out is named with a reason and a date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from answerable.case.deployment import State
from answerable.case.duties import duties
from answerable.case.standing import Standing, was_used
from answerable.case.state import ENDS, NEVER_DECIDED
from answerable.case.step import Request, Step, published
from answerable.case.transitions.prepare import full_impact
from answerable.policy.evaluate import Findings

# What may still be owed when a case could otherwise be closed, and belongs into its public record.
_IN_THE_RECORD = frozenset({"reasons", "full_impact"})


def _fits(case: Standing, now: datetime) -> bool:  # noqa: ARG001
    return case.state is State.EVALUATED or not was_used(case)


def _guard(request: Request) -> None:
    if not _fits(request.case, request.now):
        raise request.not_allowed(
            "A deployment that took place is debriefed and evaluated before it is closed.",
            "Debrief it, then evaluate it; 'cannot tell' is a valid answer.",
        )


def _facts(request: Request) -> Mapping[str, Any]:
    """Return whether the public record is complete: nothing that it must hold is still owed on the case."""
    owed = {duty.kind for duty in duties(request.case, request.now)} & _IN_THE_RECORD
    return {"close.public_record": not (owed - {"full_impact"} if full_impact(request) else owed)}


def _close(request: Request, findings: Findings) -> dict[str, Any]:
    redactions = [dict(one) for one in request.section("closing").get("redactions", ())]
    return {"redactions": redactions, **full_impact(request), "findings": published(findings)}


STEPS = (
    Step(
        "close",
        frozenset({State.EVALUATED}) | ENDS | NEVER_DECIDED,
        _close,
        tested=True,
        guard=_guard,
        facts=_facts,
        fits=_fits,
    ),
)
