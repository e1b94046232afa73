"""Evaluate: what the deployment did, by the plan fixed at the decision. That one cannot tell is an answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from answerable.case.deployment import State
from answerable.case.step import Request, Step, published
from answerable.case.transitions.prepare import full_impact
from answerable.policy.evaluate import Findings


def _facts(request: Request) -> Mapping[str, Any]:
    ended, days = request.case.ended_at, request.case.plan.get("horizon_days")
    if ended is None or days is None:
        return {"evaluate.at_horizon": None}
    return {"evaluate.at_horizon": request.now >= ended + timedelta(days=days)}


def _evaluate(request: Request, findings: Findings) -> dict[str, Any]:
    section = request.section("evaluation")
    return {
        "verdict": section.get("verdict", ""),
        "measures": dict(section.get("measures") or {}),
        "limits": section.get("limits", ""),
        **full_impact(request),
        "findings": published(findings),
    }


STEPS = (Step("evaluate", frozenset({State.DEBRIEFED}), _evaluate, tested=True, facts=_facts),)
