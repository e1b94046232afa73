"""Referral: a long-term alternative that was set aside now has been taken up by the office it was referred to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from answerable.case.standing import Standing
from answerable.case.state import State
from answerable.case.step import Request, Step
from answerable.policy.evaluate import Findings


def _fits(case: Standing, now: datetime) -> bool:  # noqa: ARG001
    return any(not one.outcome for one in case.referrals)


def _guard(request: Request) -> None:
    command = request.command
    found = next((one for one in request.case.referrals if one.option == command.option), None)
    if found is None:
        known = ", ".join(one.option for one in request.case.referrals) or "none"
        raise request.lacks(f"'{command.option}' was not referred to anybody.", f"Referrals on this case: {known}.")
    if found.outcome:
        raise request.not_allowed("The outcome of this referral is on record.", "An outcome stands as it was given.")
    if not command.text.strip():
        raise request.lacks("A referral ends with an outcome.", "Say what came of it.")


def _referral(request: Request, findings: Findings) -> dict[str, Any]:  # noqa: ARG001
    return {"option": request.command.option, "outcome": request.command.text.strip()}


_ASSESSED = frozenset(State) - {State.NEW, State.DRAFT, State.SUBMITTED}
STEPS = (Step("referral", _ASSESSED, _referral, guard=_guard, fits=_fits),)
