"""What an entry of a case says beyond its name, kind by kind, as blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from answerable.web.catalogue import say
from answerable.web.pages import accounts, blocks
from answerable.web.pages.blocks import Block
from answerable.web.pages.case_words import INFORMATION, OUTCOMES, SOURCES, STANCES, TOLD_IN_FILE, office, plain

Data = Mapping[str, Any]


def details(kind: str, data: Data) -> list[Block]:
    """Return the blocks of one entry; an empty list for a kind that says nothing more."""
    make = _KINDS.get(kind)
    return [block for block in make(data) if block] if make else []


def _assessed(data: Data) -> Iterable[Block]:
    grades = data.get("grades")
    if isinstance(grades, list | tuple):
        yield blocks.items(say("told.details.graded_reports_by_their"), [grade_words(one) for one in grades])
    yield _judged(data.get("judgement"), data.get("picture"))
    support = {
        "modality": say("told.details.how_armed_officers_would"),
        "modality_reasons": say("told.details.why_this_way"),
        "armed_officers": say("told.details.armed_officers"),
        "unarmed_officers": say("told.details.unarmed_officers"),
        "unarmed_unit": say("told.details.an_unarmed_unit_goes"),
    }
    yield blocks.rows(say("told.details.the_support_asked_for"), data.get("support"), support)
    yield blocks.table(
        say("told.details.alternatives_and_why_they"), _alternatives(data.get("alternatives")), _ALTERNATIVES
    )
    yield from _impact(data)


def _impact(data: Data) -> Iterable[Block]:
    yield blocks.rows(say("told.details.impact_on_the_community"), data.get("community_impact"), _COMMUNITY)
    yield blocks.rows(say("told.details.impact_on_equality"), data.get("equality_impact"), _EQUALITY)


_ALTERNATIVES = {
    "option": say("told.details.alternative"),
    "rating": say("told.details.evidence_for_it"),
    "why_insufficient": say("told.details.why_not_now"),
    "owner": say("told.details.passed_on_to"),
    "due": say("told.details.by"),
}
_COMMUNITY = {
    "form": say("told.details.form"),
    "groups": say("told.details.those_most_affected"),
    "tension": say("told.details.tension_to"),
    "escalation": say("told.details.could_it_make_things"),
    "provocation": say("told.details.could_it_be_seen"),
    "children": say("told.details.children_and_schools"),
    "mitigations": say("told.details.what_softens_it"),
    "full_within_h": say("told.details.full_assessment_due_within"),
    "reviewed": say("told.details.looked_at_again"),
}
_EQUALITY = {
    "done": say("told.details.made"),
    "summary": say("told.details.in_short"),
    "characteristics": say("told.details.protected_characteristics"),
    "limbs": say("told.details.the_three_aims_of"),
    "data_used": say("told.details.data_used"),
    "confirmed": say("told.details.confirmed_at_the_decision"),
}


def grade_words(text: Any) -> str:
    """Write one grade of the 3x5x2 scheme with what it means; another scheme's as it is.

    >>> grade_words("2B"), grade_words("B22")
    ('2B: source untested, information known indirectly and corroborated', 'B22')
    """
    source, information = str(text)[:1], str(text)[1:]
    if source not in SOURCES or information not in INFORMATION:
        return str(text)
    return say(
        "told.details.source_information", text=text, source=SOURCES[source], information=INFORMATION[information]
    )


def _judged(judgement: Any, picture: Any) -> Block:
    rows: list[list[Any]] = []
    if isinstance(judgement, Mapping):
        ancr, gap = judgement.get("ancr"), judgement.get("gap_reasons")
        rows += [
            [say("told.details.the_analyst_s_own"), blocks.chance(judgement.get("probability"))],
            [say("told.details.confidence_in_it"), ancr and blocks.say(ancr)],
            [say("told.details.why_it_differs_from"), gap and str(gap)],
        ]
    if isinstance(picture, Mapping):
        rows += [
            [say("told.details.the_computed_picture_beside"), blocks.chance(picture.get("probability"))],
            [say("told.details.its_interval"), blocks.interval(picture.get("low"), picture.get("high"))],
            [say("told.details.base_rate_a_random"), blocks.chance(picture.get("base_rate"))],
        ]
    kept = [row for row in rows if row[1]]
    return {"heading": say("told.details.how_likely_serious_violence"), "rows": kept} if kept else {}


def _alternatives(rows: Any) -> list[dict[str, Any]]:
    found = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list | tuple) else []
    referred = [row.get("referred_to") or row.get("referral") or {} for row in found]
    return [
        {**row, "option": plain(row.get("option", "")), **_referral(to)}
        for row, to in zip(found, referred, strict=True)
    ]


def _referral(to: Any) -> dict[str, Any]:
    named = dict(to) if isinstance(to, Mapping) else {"owner": to}
    return {**named, "owner": say("told.details.the", named=office(named["owner"]))} if named.get("owner") else named


def _advised(data: Data) -> Iterable[Block]:
    stance = str(data.get("stance", ""))
    who = office(data.get("adviser") or "adviser")
    yield blocks.items(
        say("told.details.who_was_asked"),
        [say("told.details.the_2", who=who, lower=STANCES.get(stance, plain(stance).lower()))],
    )
    if data.get("text"):
        yield blocks.quote(
            say("told.details.the_advice_unedited"),
            data["text"],
            say("told.details.advice", get=blocks.say(data.get("number"))),
        )
    elif stance not in ("no_reply", ""):
        yield blocks.items(say("told.details.the_advice"), [say("told.details.the_adviser_did_not")])
    if data.get("needs_answer"):
        yield blocks.items(say("told.details.what_it_takes"), [say("told.details.it_has_to_be")])


def _answered(data: Data) -> Iterable[Block]:
    yield blocks.quote(say("told.details.answer_to_advice", get=blocks.say(data.get("number"))), data.get("text"))
    yield blocks.items(say("told.details.what_was_changed_because"), data.get("changed"))


def _authorised(data: Data) -> Iterable[Block]:
    yield blocks.quote(say("told.details.reasons_given"), data.get("reasons"))
    limits = {
        "oral_at": say("told.details.given_by_word_of"),
        "starts_at": say("told.details.from"),
        "ends_at": say("told.details.ends_by_itself_at"),
        "start_by": say("told.details.ends_unless_started_by"),
        "ratify_by": say("told.details.ends_unless_ratified_by"),
        "review_hours": say("told.details.looked_at_again_every"),
    }
    yield blocks.rows(say("told.details.limits"), _start_in_time(data), limits)
    yield blocks.items(say("told.details.conditions"), data.get("conditions"))
    missing = data.get("not_consulted")
    if isinstance(missing, list | tuple) and missing:
        yield blocks.items(
            say("told.details.not_consulted"),
            [_unheard(who) for who in missing],
        )
    yield blocks.quote(say("told.details.told_to_the_public"), data.get("public_text"))
    yield blocks.rows(say("told.details.how_it_will_be"), data.get("evaluation_plan"), _PLAN)


def _start_in_time(data: Data) -> Data:
    """Return the limits with the time to start no later than the end: nothing can start under what is over."""
    start_by, ends = data.get("start_by"), data.get("ends_at")
    # Stamps of one form sort as the instants do.
    late = isinstance(start_by, str) and isinstance(ends, str) and len(start_by) == len(ends) and start_by > ends
    return {**data, "start_by": ends} if late else data


def _unheard(who: Any) -> str:
    """Say of an office that the record had no advice of it; what the case file tells of its advice is another thing."""
    if who in TOLD_IN_FILE:
        return say("told.details.only_in_the_file", who=office(who))
    return say("told.details.no_advice_of_theirs", who=office(who))


_PLAN = {
    "outcome": say("told.details.what_is_measured"),
    "comparators": say("told.details.compared_with"),
    "horizon_days": say("told.details.after_days"),
    "horizon": say("told.details.by_when"),
    "margin": say("told.details.what_would_count_against"),
}


def _urgent(data: Data) -> Iterable[Block]:
    yield from _authorised(data)
    yield from _assessed(data)


def _refused(data: Data) -> Iterable[Block]:
    yield blocks.quote(say("told.details.reasons_given"), data.get("reasons"))
    yield blocks.items(say("told.details.what_would_change_it"), data.get("what_would_change"))


def _started(data: Data) -> Iterable[Block]:
    yield blocks.rows(say("told.details.limits"), data, {"review_due": say("told.details.first_review_due_by")})


def _reviewed(data: Data) -> Iterable[Block]:
    yield blocks.items(say("told.details.outcome"), OUTCOMES.get(str(data.get("outcome")), data.get("outcome")))
    checks = {
        "intel_still_valid": say("told.details.intelligence_still_valid"),
        "threat_reassessed": say("told.details.threat_assessed_anew"),
        "community_feedback": say("told.details.what_people_there_say"),
    }
    yield blocks.rows(say("told.details.what_was_looked_at"), data.get("checks"), checks)
    yield blocks.quote(say("told.details.reasons_given"), data.get("reasons"))
    yield blocks.rows(
        say("told.details.limits"),
        data,
        {"review_due": say("told.details.next_review_due_by"), "ends_at": say("told.details.ends_by_itself_at")},
    )


def _extended(data: Data) -> Iterable[Block]:
    yield blocks.quote(say("told.details.reasons_given"), data.get("reasons"))
    yield blocks.rows(
        say("told.details.limits"),
        data,
        {"ends_at": say("told.details.now_ends_by_itself"), "number": say("told.details.extension_number")},
    )


def _ended(data: Data) -> Iterable[Block]:
    if data.get("reasons"):
        yield blocks.quote(say("told.details.reasons_given"), data["reasons"])
    else:
        yield blocks.items(say("told.details.reasons"), [say("told.details.none_were_given_then")])


def _late_reasons(data: Data) -> Iterable[Block]:
    yield blocks.quote(say("told.details.reasons_given"), data.get("reasons"))


_KINDS: Mapping[str, Callable[[Data], Iterable[Block]]] = {
    "community_impact": _impact,
    "equality_impact": _impact,
    "assess": _assessed,
    "advise": _advised,
    "answer": _answered,
    "authorise": _authorised,
    "urgent": _urgent,
    "ratify": _authorised,
    "refuse": _refused,
    "start": _started,
    "review": _reviewed,
    "extend": _extended,
    "end": _ended,
    "revoke": _ended,
    "withdraw": _ended,
    "reasons": _late_reasons,
    "log": accounts.logged,
    "referral": accounts.referred,
    "debrief": accounts.debriefed,
    "evaluate": accounts.evaluated,
    "close": accounts.closed,
}
