"""Withdraw: the applicant takes the proposal back before any decision."""

from __future__ import annotations

from typing import Any

from answerable.case.deployment import State
from answerable.case.step import Request, Step
from answerable.policy.evaluate import Findings


def _withdraw(request: Request, findings: Findings) -> dict[str, Any]:  # noqa: ARG001
    return {"reasons": request.command.reasons.strip()}


_UNDECIDED = frozenset({State.DRAFT, State.SUBMITTED, State.ASSESSED, State.CONSULTED})
STEPS = (Step("withdraw", _UNDECIDED, _withdraw, separated=False),)
