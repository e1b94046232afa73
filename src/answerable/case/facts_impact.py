"""Facts of the impact assessments, of who was asked, and of the plan by which a deployment will be judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from answerable.case.casefile import CaseFile
from answerable.errors import InputError


def facts(casefile: CaseFile, at: datetime) -> dict[str, Any]:
    """Return the facts about impact, advice, consultation and the evaluation plan at the instant ``at``."""
    return {**_community(casefile, at), **_equality(casefile), **_asked(casefile), **_plan(casefile)}


def _community(casefile: CaseFile, at: datetime) -> dict[str, Any]:
    impact = casefile.community_impact
    if impact is None:
        return {}
    return {
        "cia.form": impact.form,
        "cia.full_within_h": impact.full_within_h,
        "cia.groups": _filled(impact.groups),
        "cia.escalation_answered": bool(impact.escalation.strip()),
        "cia.provocation_answered": bool(impact.provocation.strip()),
        "cia.children_answered": bool(impact.children.strip()),
        "cia.reviewed": _reviewed(casefile, at),
    }


def _reviewed(casefile: CaseFile, at: datetime) -> bool:
    reviewed = casefile.community_impact.reviewed if casefile.community_impact else None
    if reviewed is None:
        return False
    when = casefile.instant(reviewed.at, "community_impact, reviewed, at")
    if when is not None and when > at:
        raise InputError(
            "This review is dated in the future.",
            where=f"{casefile.title}, field community_impact, reviewed, at: {reviewed.at}",
            fix="Check its date and time zone.",
        )
    return bool(reviewed.text.strip())


def _equality(casefile: CaseFile) -> dict[str, Any]:
    equality, advice = casefile.equality_impact, casefile.tactical_advice
    found: dict[str, Any] = {}
    if equality:
        found |= {
            "eia.done": equality.done,
            "eia.characteristics": _answered(equality.characteristics),
            "eia.limbs": _answered(equality.limbs),
        }
    if advice:
        found |= {"advice.tactical": advice.given, "advice.outside_command": advice.outside_command}
    return found


def _asked(casefile: CaseFile) -> dict[str, Any]:
    asked = casefile.consultation
    if asked is None:
        return {}
    return {
        "consultation.local_commander_view": bool(asked.local_commander.view.strip())
        if asked.local_commander
        else None,
        "consultation.iag_contacted": asked.iag.contacted if asked.iag else None,
        "consultation.pcc_notified": asked.pcc.notified if asked.pcc else None,
        "consultation.minutes": asked.minutes,
        "advice.unanswered": asked.unanswered,
    }


def _plan(casefile: CaseFile) -> dict[str, Any]:
    plan = casefile.evaluation_plan
    if plan is None:
        return {}
    settled = plan.outcome.strip() and _filled(plan.comparators) and plan.horizon_days and plan.margin.strip()
    return {"evaluation.plan": bool(settled)}


def _filled(texts: Iterable[str] | None) -> int | None:
    return None if texts is None else len({text.strip().lower() for text in texts if text.strip()})


def _answered(answers: Mapping[Any, str] | None) -> int | None:
    return None if answers is None else sum(bool(text.strip()) for text in answers.values())
