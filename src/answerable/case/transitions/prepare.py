"""Open, submit, assess: a proposal becomes a case that rules can be tested on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from answerable.case.deployment import State
from answerable.case.step import Request, Step, findings_only, published
from answerable.place import stamp
from answerable.policy.evaluate import Findings

# The pack's times that run on after the decision: a case keeps those it was opened under.
CLOCKS = ("review_grace_min", "debrief_h", "evaluate_days", "close_days", "reasons_within_h", "late_entry_min")
ASSESSED = ("judgement", "purposes", "support", "resources", "alternatives", "community_impact", "equality_impact")


def _open(request: Request, findings: Findings) -> dict[str, Any]:  # noqa: ARG001
    proposal, pack = request.command.proposal, request.pack
    if proposal is None:
        raise request.lacks("A case cannot be opened without a proposal.", "Give its title, trigger, area and window.")
    return {
        "title": proposal.title,
        "pack": f"{pack.name}@{pack.version}",
        "trigger": proposal.trigger,
        "area": {"name": proposal.area_name, "km2": round(proposal.area_km2, 3)},
        "window": {"from": stamp(proposal.window.start), "to": stamp(proposal.window.end)},
        "time_zone": proposal.time_zone,
        "lapses_at": stamp(request.now + timedelta(hours=pack.limit("draft_lapses_h"))),
        "clocks": {name: pack.limits[name].value for name in CLOCKS if name in pack.limits},
    }


def assessment(request: Request) -> dict[str, Any]:
    """Return what an assessment publishes of the case file: grades, judgement, picture, alternatives and impacts."""
    sections = request.command.sections
    found: dict[str, Any] = {"grades": list(sections.get("grades", ()))}
    found |= {name: sections[name] for name in ASSESSED if sections.get(name) is not None}
    if request.command.picture is not None:
        found["picture"] = dict(request.command.picture)
    return found


def full_impact(request: Request) -> dict[str, Any]:
    """Return the full community impact assessment to publish where it has taken the place of a rapid one."""
    section = request.section("community_impact")
    made = request.case.full_impact_due is not None and section.get("form") == "full"
    return {"community_impact": dict(section)} if made else {}


def _assess(request: Request, findings: Findings) -> dict[str, Any]:
    return {**assessment(request), "findings": published(findings)}


STEPS = (
    Step("open", frozenset({State.NEW}), _open, adopted=True),
    Step("submit", frozenset({State.DRAFT}), findings_only, tested=True, adopted=True),
    Step("assess", frozenset({State.SUBMITTED}), _assess, tested=True, adopted=True),
)
