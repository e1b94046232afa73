"""The public part of a case file, section by section, as events publish it. Times are UTC with a Z; no None inside."""

from __future__ import annotations

from typing import Any

from answerable.case.alternatives import rating_of
from answerable.case.casefile import CaseFile
from answerable.case.parts import AlternativePart
from answerable.case.resources import resources, taken_by
from answerable.intel.yardstick import terms_for
from answerable.place import stamp

# What a file says of the account that decides is no evidence; when the authority begins is said by the decision.
_NOT_SAID = {"starts_at", "function", "accredited", "chief_officer"}
# Sections that are published as the file says them.
_AS_SAID = ("support", "evaluation_plan", "start", "review", "debrief", "evaluation")


def public_sections(casefile: CaseFile) -> dict[str, Any]:
    """Return what may be published of ``casefile``: sections that the file lacks are absent.

    Reports appear as grades only; reasons of tests, advice and consultation are not here.
    """
    found: dict[str, Any] = {"grades": [report.grade for report in casefile.graded_reports]}
    for name in _AS_SAID:
        part = getattr(casefile, name)
        if part is not None:
            found[name] = part.model_dump(mode="json", exclude_none=True)
    if casefile.purposes:
        found["purposes"] = list(casefile.purposes)
    if casefile.judgement is not None:
        judgement = casefile.judgement.model_dump(mode="json", exclude_none=True)
        found["judgement"] = {**judgement, "term": judgement.get("term") or terms_for(judgement["probability"])[0]}
    if casefile.alternatives is not None:
        found["alternatives"] = [_alternative(casefile, one) for one in casefile.alternatives]
    if taken := resources(casefile):
        found["resources"] = taken
    return {**found, **_impact(casefile), **_decision(casefile), **_closing(casefile)}


def _alternative(casefile: CaseFile, one: AlternativePart) -> dict[str, Any]:
    found: dict[str, Any] = {"option": one.option, "why_insufficient": one.why_insufficient}
    rating = rating_of(one)
    if rating is not None:
        found["rating"] = rating
    if taken := taken_by(casefile, one):
        found["takes"] = taken
    if one.referral is not None:
        due = casefile.instant(one.referral.due, f"alternative {one.option}, referral, due")
        found["referred_to"] = {"owner": one.referral.owner or "", "due": stamp(due) if due else ""}
    return found


def _impact(casefile: CaseFile) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if casefile.community_impact is not None:
        impact = casefile.community_impact.model_dump(mode="json", exclude_none=True)
        if casefile.community_impact.reviewed is not None:
            impact["reviewed"]["at"] = _stamp(casefile, casefile.community_impact.reviewed.at, "community_impact")
        found["community_impact"] = impact
    if casefile.equality_impact is not None:
        found["equality_impact"] = casefile.equality_impact.model_dump(mode="json", exclude_none=True)
    return found


def _decision(casefile: CaseFile) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if casefile.authorisation is not None:
        decision = casefile.authorisation.model_dump(mode="json", exclude_none=True, exclude=_NOT_SAID)
        if "oral_at" in decision:
            decision["oral_at"] = _stamp(casefile, decision["oral_at"], "authorisation, oral_at")
        found["authorisation"] = decision
    if casefile.extension is not None:
        ends_at = casefile.extension.ends_at
        found["extension"] = {"ends_at": _stamp(casefile, ends_at, "extension, ends_at")} if ends_at else {}
    return found


def _closing(casefile: CaseFile) -> dict[str, Any]:
    if casefile.closing is None:
        return {}
    closing = casefile.closing.model_dump(mode="json", exclude_none=True)
    for one in closing.get("redactions", ()):
        if "review_at" in one:
            one["review_at"] = _stamp(casefile, one["review_at"], f"closing, redaction {one['field']}")
    return {"closing": closing}


def _stamp(casefile: CaseFile, text: str, field: str) -> str:
    at = casefile.instant(text, field)
    return stamp(at) if at else ""
