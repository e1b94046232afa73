"""Debrief: where officers were and for how long, what was used, and what it did to the community."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from answerable.case.dosage import dosage
from answerable.case.log import SERIOUS
from answerable.case.standing import Standing, was_used
from answerable.case.state import ENDS
from answerable.case.step import Request, Step, published
from answerable.case.transitions.prepare import full_impact
from answerable.policy.evaluate import Findings


def _counts(request: Request) -> dict[str, int]:
    return dict(sorted(Counter(str(entry["kind"]) for entry in request.case.log).items()))


def _fits(case: Standing, now: datetime) -> bool:  # noqa: ARG001
    return was_used(case)


def _guard(request: Request) -> None:
    if not was_used(request.case):
        raise request.not_allowed("This deployment was never started: there is nothing to debrief.", "Close it.")


def _facts(request: Request) -> Mapping[str, Any]:
    """Return what the log settles: whether the dosage is complete, and a flag that the log contradicts."""
    counts, answered = _counts(request), request.section("debrief").get("flags") or {}
    found: dict[str, Any] = {"debrief.dosage_complete": dosage(request.case.log).complete}
    if any(counts.get(kind) and answered.get(flag) is False for kind, flag in SERIOUS.items()):
        found["debrief.flags_answered"] = False
    return found


def _debrief(request: Request, findings: Findings) -> dict[str, Any]:
    section, counts = request.section("debrief"), _counts(request)
    return {
        "dosage": dosage(request.case.log).as_json(),
        "counts": counts,
        "flags": dict(section.get("flags") or {}),
        "ho": dict(section.get("ho") or {}),
        "under_18_contacts": max(int(section.get("under_18_contacts") or 0), counts.get("contact_under_18", 0)),
        "community_impact_review": section.get("community_impact_review", ""),
        **full_impact(request),
        "findings": published(findings),
    }


STEPS = (Step("debrief", ENDS, _debrief, tested=True, guard=_guard, facts=_facts, fits=_fits),)
