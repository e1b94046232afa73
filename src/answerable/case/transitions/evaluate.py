"""Evaluate: what the deployment did, by the plan fixed at the decision. That one cannot tell is an answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from answerable.case.deployment import State
from answerable.case.step import Request, Step, published
from answerable.case.transitions.prepare import full_impact
from answerable.policy.evaluate import Findings


def _plan(request: Request) -> Mapping[str, Any]:
    """Return the plan fixed at the decision; for an authority that nobody ratified, the one made for it afterwards."""
    case = request.case
    nobody_ratified = case.urgent and case.ratified_at is None
    return request.section("evaluation_plan") if nobody_ratified and not case.plan else case.plan


def _facts(request: Request) -> Mapping[str, Any]:
    ended, days = request.case.ended_at, _plan(request).get("horizon_days")
    if ended is None or days is None:
        return {"evaluate.at_horizon": None}
    return {"evaluate.at_horizon": request.now >= ended + timedelta(days=days)}


def _evaluate(request: Request, findings: Findings) -> dict[str, Any]:
    section, plan = request.section("evaluation"), _plan(request)
    return {
        "verdict": section.get("verdict", ""),
        "measures": dict(section.get("measures") or {}),
        "limits": section.get("limits", ""),
        **({} if request.case.plan else {"planned_afterwards": dict(plan)}),
        **full_impact(request),
        "findings": published(findings),
    }


STEPS = (Step("evaluate", frozenset({State.DEBRIEFED}), _evaluate, tested=True, facts=_facts),)
