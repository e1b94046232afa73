"""Authorise and refuse: the decision, by a person, within limits, with reasons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from answerable.case.deployment import State
from answerable.case.step import Request, Step, published
from answerable.errors import NotAllowed, UsageError
from answerable.place import Window, stamp
from answerable.policy.evaluate import Findings


def _authority(request: Request) -> Window:
    """Return the window of the authority: what was asked for, or a part of it, and not yet over."""
    case, command = request.case, request.command
    if case.window is None:
        raise UsageError("This case has no window.", where=f"case {case.id}", fix="Open it with a proposal.")
    window = Window(command.starts_at or case.window.start, command.ends_at or case.window.end)
    if window.start < case.window.start or window.end > case.window.end:
        raise NotAllowed(
            "An authority may be shorter than what was asked for, never longer.",
            where=f"case {case.id}, asked for {stamp(case.window.start)} to {stamp(case.window.end)}",
            fix="Narrow it, or open a new case.",
        )
    if request.now >= window.end:
        raise NotAllowed(
            "The window of this case is already over.",
            where=f"case {case.id}, window to {stamp(window.end)}",
            fix="Refuse or withdraw it; a later window needs a new case.",
        )
    return window


def _facts(request: Request) -> Mapping[str, Any]:
    window = _authority(request)
    until_start = max(timedelta(0), window.start - request.now) / timedelta(hours=1)
    return {**request.facts, "window.hours": window.hours, "start.within_h": until_start}


def _authorise(request: Request, findings: Findings) -> dict[str, Any]:
    command, window = request.command, _authority(request)
    if not command.reasons.strip():
        raise UsageError("An authorisation needs reasons.", where=f"case {request.case.id}", fix="Give them.")
    return {
        "starts_at": stamp(window.start),
        "ends_at": stamp(window.end),
        "start_by": stamp(request.now + timedelta(hours=request.pack.limit("start_within_h"))),
        "conditions": list(command.conditions),
        "reasons": command.reasons.strip(),
        "findings": published(findings),
    }


def _refuse(request: Request, findings: Findings) -> dict[str, Any]:  # noqa: ARG001
    command = request.command
    if not (command.reasons.strip() and command.what_would_change.strip()):
        raise UsageError(
            "A refusal needs reasons, and what would change it.",
            where=f"case {request.case.id}",
            fix="Give both: the applicant and the public will read them.",
        )
    return {
        "reasons": command.reasons.strip(),
        "what_would_change": command.what_would_change.strip(),
        "not_limited": request.pack.not_limited,
    }


STEPS = (
    Step("authorise", frozenset({State.CONSULTED}), _authorise, tested=True, facts=_facts),
    Step("refuse", frozenset({State.SUBMITTED, State.ASSESSED, State.CONSULTED}), _refuse),
)
