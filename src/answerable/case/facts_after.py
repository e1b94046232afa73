"""Facts of a deployment under way and of the accounting for it; those the machine counts itself are not here."""

from __future__ import annotations

from typing import Any

from answerable.case.casefile import CaseFile
from answerable.case.copied import fresh_tests


def facts(casefile: CaseFile) -> dict[str, Any]:
    """Return the facts about the start, an extension, the debrief, the evaluation and the closing."""
    return {
        **_running(casefile),
        **_debrief(casefile),
        **_evaluation(casefile),
        **_closing(casefile),
    }


def _running(casefile: CaseFile) -> dict[str, Any]:
    found: dict[str, Any] = {"extend.fresh_tests": fresh_tests(casefile)}
    if casefile.start:
        found |= {"start.unarmed_present": casefile.start.unarmed_present, "start.briefed": casefile.start.briefed}
    return found


def _debrief(casefile: CaseFile) -> dict[str, Any]:
    debrief = casefile.debrief
    if debrief is None:
        return {}
    return {
        "debrief.flags_answered": all(answer is not None for answer in vars(debrief.flags).values()),
        "debrief.cia_review": bool(debrief.community_impact_review.strip()),
        "debrief.operations": debrief.ho.operations if debrief.ho else None,
    }


def _evaluation(casefile: CaseFile) -> dict[str, Any]:
    evaluation = casefile.evaluation
    if evaluation is None:
        return {}
    return {
        "evaluate.measures": [name for name, measure in evaluation.measures.items() if measure.reported],
        "evaluate.verdict": evaluation.verdict,
    }


def _closing(casefile: CaseFile) -> dict[str, Any]:
    closing = casefile.closing
    if closing is None:
        return {}
    return {
        "close.redactions_coded": all(one.reason_code and one.review_at for one in closing.redactions),
    }
