"""From a case file to the dotted facts that rules are tested on. What the file leaves out stays unknown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from answerable.case import facts_after, facts_impact
from answerable.case.alternatives import referred
from answerable.case.casefile import CaseFile
from answerable.errors import InputError
from answerable.intel.report import report_facts
from answerable.intel.yardstick import terms, terms_for
from answerable.policy.catalogue import Catalogue, catalogue

Facts = dict[str, Any]
_HOUR = timedelta(hours=1)
# What a check of a file alone takes for granted of the workspace it does not have: that this is the first case in it,
# that its judgement is the first, that whoever wrote an assessment signed it, and that all is told that should be.
FIRST_CASE: Mapping[str, Any] = {
    "rarity.level": "none",
    "rarity.urgent_overlap": 0,
    "routine.pattern": False,
    "overdue.in_area": 0,
    "reasons.similarity": 0.0,
    "judgement.changed": False,
    "cia.signed": True,
    "eia.signed": True,
    "close.public_record": True,
    "close.notices_given": True,
}


def facts_of(
    casefile: CaseFile, at: datetime, extra: Mapping[str, Any] | None = None, known: Catalogue | None = None
) -> Facts:
    """Return every fact that ``casefile`` gives at the instant ``at``, with ``extra`` facts (rarity, forecast) on top.

    All names and types are those of ``known``, the catalogue of the pack (default: the catalogue without any pack's own
    facts); a fact that the file does not settle is None. InputError where something in the file is dated after ``at``,
    or where the file or ``extra`` holds a fact that the catalogue does not know, or the file one that it works out.
    """
    facts = {
        **_grounds(casefile),
        **_intelligence(casefile, at),
        **_incident(casefile, at),
        **_likelihood(casefile),
        **_last_resort(casefile),
        **facts_impact.facts(casefile, at),
        **_decision(casefile, at),
        **facts_after.facts(casefile),
    }
    facts["forecast.sole_basis"] = _sole_basis(casefile, facts)
    return (known or catalogue()).check({**facts, **_own(casefile), **(extra or {})}, casefile.title)


def gap_bands(own: float, computed: float) -> int:
    """Return how many terms of the yardstick lie between two probabilities (0 to 1): 0 where they share one.

    A number between two terms counts as the nearer to the other.

    >>> gap_bands(0.6, 0.7), gap_bands(0.52, 0.6), gap_bands(0.85, 0.3)
    (0, 0, 3)
    """
    order = terms()
    return min(abs(order.index(a) - order.index(b)) for a in terms_for(own) for b in terms_for(computed))


def _own(casefile: CaseFile) -> Facts:
    """Return the facts that a pack declares for itself; what the catalogue knows is worked out, never typed in."""
    worked_out = next((name for name in casefile.facts if name in catalogue().facts), None)
    if worked_out is not None:
        raise InputError(
            f"'{worked_out}' is worked out from the case file, so it cannot be stated.",
            where=f"{casefile.title}, field facts",
            fix="Fill in the section it is worked out from.",
        )
    return dict(casefile.facts)


def _grounds(casefile: CaseFile) -> Facts:
    trigger, app = casefile.trigger, casefile.app
    legal = casefile.tests.legal if casefile.tests else None
    extreme = casefile.tests.extreme if casefile.tests else None
    return {
        "trigger.type": trigger.type if trigger else None,
        "trigger.references": len(set(trigger.refs)) if trigger else None,
        "app.limb": app.limb if app else None,
        "app.operation_named": bool((app.operation or "").strip()) if app else None,
        "tests.legal.standard": legal.standard if legal else None,
        "tests.legal.answer": legal.answer if legal else None,
        "tests.extreme.answer": extreme.answer if extreme else None,
        "tests.extreme.harm": extreme.harm if extreme else None,
        "tests.extreme.reasons_words": len(extreme.reasons.split()) if extreme else None,
        "routine.recurring": casefile.recurring,
        "purposes.named": len(set(casefile.purposes)) or None,
        "reasons.copy_explained": bool(casefile.copied_reasons.strip()),
    }


def _intelligence(casefile: CaseFile, at: datetime) -> Facts:
    reports = casefile.graded_reports
    placed = any(report.strong and report.place for report in reports)
    return report_facts(reports, at, casefile.asked_window, casefile.outline() if placed else None)


def _incident(casefile: CaseFile, at: datetime) -> Facts:
    incident = casefile.incident
    if incident is None:
        return {}
    occurred_at = casefile.instant(incident.occurred_at, "incident, occurred_at") or at
    if occurred_at > at:
        raise InputError(
            "This incident is dated in the future.",
            where=f"{casefile.title}, field incident, occurred_at: {incident.occurred_at}",
            fix="Check its date and time zone.",
        )
    return {
        "incident.verified": incident.verified,
        "incident.class": incident.class_,
        "incident.age_h": (at - occurred_at) / _HOUR,
    }


def _likelihood(casefile: CaseFile) -> Facts:
    judgement, forecast = casefile.judgement, casefile.forecast
    facts: Facts = {"forecast.given": forecast is not None}
    if judgement:
        facts |= {
            "judgement.probability": judgement.probability,
            # A number between two terms counts as the lower one, whatever the file calls it.
            "judgement.term": terms_for(judgement.probability)[0],
            "judgement.ancr": judgement.ancr,
            "judgement.gap_explained": bool(judgement.gap_reasons.strip()),
        }
    if forecast:
        facts |= {"forecast.probability": forecast.probability, "forecast.base_rate": forecast.base_rate}
    return facts


def _sole_basis(casefile: CaseFile, facts: Facts) -> bool:
    leans = casefile.forecast is not None or (casefile.trigger is not None and casefile.trigger.type == "forecast")
    return leans and not facts["intel.usable_origins"] and not facts.get("incident.verified")


def _last_resort(casefile: CaseFile) -> Facts:
    support, alternatives = casefile.support, casefile.alternatives
    facts: Facts = {}
    if support:
        officers = support.armed_officers + support.unarmed_officers
        facts |= {
            "support.unarmed_unit": support.unarmed_unit and support.unarmed_officers > 0,
            "support.armed_officers": support.armed_officers,
            "support.armed_share": support.armed_officers / officers if officers else None,
            "support.modality": support.modality,
            "support.modality_reasons_words": len(support.modality_reasons.split()),
        }
    if alternatives is not None:
        facts |= {
            "alternatives.options": [alternative.option for alternative in alternatives],
            "alternatives.rated": all(alternative.rating for alternative in alternatives),
            "alternatives.answered": all(alternative.why_insufficient.strip() for alternative in alternatives),
            "alternatives.referred": referred(alternatives),
        }
    return facts


def _decision(casefile: CaseFile, at: datetime) -> Facts:
    authorisation, window = casefile.authorisation, casefile.asked_window
    starts_at = window.start if window else None
    facts: Facts = {
        "area.km2": casefile.km2,
        "window.hours": window.hours if window else None,
        "decision.urgent": bool(casefile.urgent),
    }
    if authorisation:
        starts_at = casefile.instant(authorisation.starts_at, "authorisation, starts_at") or starts_at
        facts |= {
            "authoriser.function": authorisation.function,
            "authoriser.accredited": authorisation.accredited,
            "authoriser.investigator": authorisation.investigator,
            "authoriser.chief_officer": authorisation.chief_officer,
            "review.hours": authorisation.review_hours,
            "eia.confirmed": authorisation.equality_confirmed,
            "public.text_words": len(authorisation.public_text.split()),
            "urgent.written_h": _written_h(casefile, authorisation.oral_at, at),
        }
    facts["start.within_h"] = max(timedelta(0), starts_at - at) / _HOUR if starts_at else None
    return facts


def _written_h(casefile: CaseFile, oral_at: str | None, at: datetime) -> float:
    """Return the hours since an authority was given by word of mouth; 0 where it was in writing from the start."""
    given = casefile.instant(oral_at, "authorisation, oral_at")
    if given is None:
        return 0.0
    if given > at:
        raise InputError(
            "This authority was given orally in the future.",
            where=f"{casefile.title}, field authorisation, oral_at: {oral_at}",
            fix="Check its date and time zone.",
        )
    return (at - given) / _HOUR
