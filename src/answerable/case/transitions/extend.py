"""Extend: more time, before the authority ends, on tests taken afresh. After it ends there is only a new case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from answerable.case.deployment import State
from answerable.case.step import Request, Step, published
from answerable.case.transitions.prepare import full_impact
from answerable.place import read_stamp, stamp
from answerable.policy.evaluate import Findings

_HOUR = timedelta(hours=1)


def _ends_at(request: Request) -> datetime | None:
    """Return the end that is asked for, by the command or by the file's section."""
    said = request.section("extension").get("ends_at")
    return request.command.ends_at or (read_stamp(said) if said else None)


def _guard(request: Request) -> None:
    ends_at, wanted = request.case.ends_at, _ends_at(request)
    if wanted is None:
        raise request.lacks("An extension takes a new end.", "Say until when.")
    if request.actor.person in request.case.acted("open", "submit"):
        raise request.not_allowed("Whoever applied for a deployment cannot extend it.", "Another person has to decide.")
    if request.case.urgent and request.case.ratified_at is None:
        raise request.not_allowed(
            "An urgent authority that nobody has ratified cannot be extended.", "Have it ratified first."
        )
    if not request.command.reasons.strip():
        raise request.lacks("An extension needs reasons.", "Give them.")
    if ends_at is None or wanted <= ends_at:
        raise request.not_allowed(
            "An extension ends later than the authority it extends.",
            "Use a review to shorten it.",
            f"ends at {request.time(ends_at)}" if ends_at else "",
        )


def _facts(request: Request) -> Mapping[str, Any]:
    case, wanted = request.case, _ends_at(request)
    if wanted is None or case.ends_at is None or case.starts_at is None:
        return {}
    total = (wanted - case.starts_at) / _HOUR
    found: dict[str, Any] = {
        "extend.number": case.extensions + 1,
        "extend.each_h": (wanted - case.ends_at) / _HOUR,
        "extend.total_h": total,
        "window.hours": total,
        "advice.unanswered": len(case.unanswered),
    }
    reviewed = request.section("community_impact").get("reviewed") or {}
    if reviewed.get("at") and case.authorised_at and read_stamp(reviewed["at"]) < case.authorised_at:
        # A review made before the deployment cannot have seen its impact.
        found["cia.reviewed"] = False
    return found


def _extend(request: Request, findings: Findings) -> dict[str, Any]:
    wanted = _ends_at(request)
    return {
        "ends_at": stamp(wanted) if wanted else "",
        "reasons": request.command.reasons.strip(),
        "number": request.case.extensions + 1,
        **full_impact(request),
        "findings": published(findings),
    }


STEPS = (Step("extend", frozenset({State.ACTIVE}), _extend, tested=True, guard=_guard, facts=_facts, adopted=True),)
