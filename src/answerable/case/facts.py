"""From a case file to the dotted facts that rules are tested on. What the file leaves out stays unknown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from answerable.case.casefile import CaseFile
from answerable.errors import InputError
from answerable.intel.report import report_facts
from answerable.intel.yardstick import terms_for
from answerable.policy.catalogue import catalogue

Facts = dict[str, Any]


def facts_of(casefile: CaseFile, at: datetime, extra: Mapping[str, Any] | None = None) -> Facts:
    """Return every fact that ``casefile`` gives at the instant ``at``, with ``extra`` facts (rarity, forecast) on top.

    All names and types are those of the catalogue; a fact that the file does not settle is None. InputError where an
    incident or report is dated after ``at``, or where ``extra`` holds a fact the catalogue does not know.
    """
    facts = {
        **_grounds(casefile),
        **report_facts(casefile.graded_reports, at, casefile.asked_window),
        **_incident(casefile, at),
        **_likelihood(casefile),
        **_last_resort(casefile),
        **_impact(casefile),
        **_asked(casefile),
        **_decision(casefile, at),
    }
    facts["forecast.sole_basis"] = _sole_basis(casefile, facts)
    return catalogue().check({**facts, **(extra or {})}, casefile.title)


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
    }


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
        "incident.age_h": (at - occurred_at) / timedelta(hours=1),
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
        }
    if alternatives is not None:
        facts |= {
            "alternatives.options": [alternative.option for alternative in alternatives],
            "alternatives.rated": all(alternative.rating for alternative in alternatives),
            "alternatives.answered": all(alternative.why_insufficient.strip() for alternative in alternatives),
        }
    return facts


def _impact(casefile: CaseFile) -> Facts:
    community, equality, advice = casefile.community_impact, casefile.equality_impact, casefile.tactical_advice
    facts: Facts = {}
    if community:
        facts |= {
            "cia.form": community.form,
            "cia.full_within_h": community.full_within_h,
            "cia.escalation_answered": bool(community.escalation.strip()),
        }
    if equality:
        facts["eia.done"] = equality.done
    if advice:
        facts |= {"advice.tactical": advice.given, "advice.outside_command": advice.outside_command}
    return facts


def _asked(casefile: CaseFile) -> Facts:
    asked = casefile.consultation
    if asked is None:
        return {}
    return {
        "consultation.local_commander_view": bool(asked.local_commander.view.strip())
        if asked.local_commander
        else None,
        "consultation.iag_contacted": asked.iag.contacted if asked.iag else None,
        "consultation.pcc_notified": asked.pcc.notified if asked.pcc else None,
    }


def _decision(casefile: CaseFile, at: datetime) -> Facts:
    authorisation, window = casefile.authorisation, casefile.asked_window
    starts_at = window.start if window else None
    facts: Facts = {"area.km2": casefile.km2, "window.hours": window.hours if window else None}
    if authorisation:
        starts_at = casefile.instant(authorisation.starts_at, "authorisation, starts_at") or starts_at
        facts |= {
            "authoriser.function": authorisation.function,
            "authoriser.accredited": authorisation.accredited,
            "authoriser.investigator": authorisation.investigator,
            "authoriser.chief_officer": authorisation.chief_officer,
            "review.hours": authorisation.review_hours,
        }
    facts["start.within_h"] = max(timedelta(0), starts_at - at) / timedelta(hours=1) if starts_at else None
    return facts
