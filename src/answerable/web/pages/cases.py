"""The register of cases, and one page for each: what was proposed, which rules it met, who decided, and the proofs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from answerable.place import stamp
from answerable.service.public_view import PublicCase, PublicEvent, PublicView
from answerable.web.catalogue import say
from answerable.web.pages.case_path import case_path
from answerable.web.pages.case_words import (
    MEANINGS,
    NAMES,
    STANCES,
    TOLD_IN_FILE,
    TONES,
    TRIGGERS,
    VERDICTS,
    duty_words,
    office,
    plain,
)
from answerable.web.pages.entries import entry
from answerable.web.pages.questions import tally
from answerable.web.pages.referrals import overdue_referrals
from answerable.web.render import NOT_LIMITED, Page

_DECISIONS = ("authorise", "urgent", "ratify", "extend", "refuse", "withdraw", "revoke", "end")


PER_PAGE = 100


def register_paths(view: PublicView) -> list[str]:
    """Return the pages of the register: the newest cases first, a hundred on each."""
    more = range(2, 1 + max(1, -(-len(view.cases) // PER_PAGE)))
    return ["cases.html", *(f"cases-{number}.html" for number in more)]


def register(view: PublicView, number: int = 1) -> Page:
    """Return page ``number`` of the list of every case, newest first, with how often each thing happened."""
    count, paths = tally(view), register_paths(view)
    last = len(view.cases) - PER_PAGE * (number - 1)
    listed = view.cases[max(0, last - PER_PAGE) : last]
    counts = [
        ("proposed", count.proposed),
        (say("told.cases.blocked_by_rule"), count.blocked),
        (say("told.cases.refused_by_a_person"), count.refused),
        ("withdrawn", count.withdrawn),
        ("authorised", count.authorised),
    ]
    if count.overdue:
        counts.append((say("told.cases.with_something_overdue"), count.overdue))
    data = {
        "counts": [{"words": words, "count": number} for words, number in counts],
        "cases": [summary(case) for case in reversed(listed)],
        "number": number,
        "paths": paths,
        "all": len(view.cases),
        "policies": [entry(event) for event in view.policies],
        "overdue_referrals": overdue_referrals(view),
        "unopened": view.unopened,
        "next_due": view.next_due,
    }
    return Page(paths[number - 1], say("told.cases.cases"), "cases.html", data)


def case_page(case: PublicCase) -> Page:
    """Return the page of one case: facts, limits and every entry with its findings and its proof."""
    decided = case.last(*_DECISIONS)
    data = {
        **summary(case),
        "meaning": MEANINGS.get(standing(case), say("told.cases.no_decision_has_been")),
        "urgent": case.last("urgent") is not None,
        "decision": entry(decided) if decided else None,
        "not_limited": NOT_LIMITED if case.last("blocked", "refuse") else "",
        "advice": advice(case),
        "not_consulted": not_consulted(case),
        "verdict": _verdict(case),
        "owed": [_owed(duty) for duty in case.duties],
        "entries": [entry(event) for event in case.events],
    }
    return Page(case_path(case.id), say("told.cases.case", id=case.id), "case.html", data)


def summary(case: PublicCase) -> dict[str, Any]:
    """Return what the register says of one case, as plain values."""
    word = standing(case)
    return {
        "id": case.id,
        "href": case_path(case.id),
        "title": case.title,
        "standing": NAMES.get(word, plain(word)),
        "tone": TONES.get(word, "open"),
        "state": case.state,
        "overdue": sum(duty.overdue for duty in case.duties),
        "area": {"name": case.area_name, "km2": round(case.area_km2, 2)},
        "window": {"from": stamp(case.starts_at), "to": stamp(case.ends_at)},
        "hours": f"{(case.ends_at - case.starts_at).total_seconds() / 3600:.4g}",
        "trigger": TRIGGERS.get(case.trigger, case.trigger.replace("_", " ")),
    }


def standing(case: PublicCase) -> str:
    """Return where a case stands in one word: its state, or ``blocked`` where a rule stopped the last thing tried.

    Only a case that nobody has decided on is stopped by a rule: an authority in use keeps its state.
    """
    blocked = case.events and case.events[-1].kind == "blocked"
    state = case.state.lower()
    return "blocked" if blocked and TONES.get(state, "open") == "open" else state


def advice(case: PublicCase) -> list[dict[str, Any]]:
    """Return who was asked, what each said, and whether it was answered."""
    answered = {event.data.get("number") for event in case.events if event.kind == "answer"}
    return [
        {
            "adviser": office(event.data.get("adviser") or event.office),
            "says": STANCES.get(str(event.data.get("stance")), plain(event.data.get("stance", "")).lower()),
            "answer": _answer(event.data.get("number") in answered, event.data, case),
        }
        for event in case.events
        if event.kind == "advise"
    ]


def _answer(given: bool, data: Mapping[str, Any], case: PublicCase) -> str:
    if given:
        return "answered"
    if data.get("stance") == "no_reply":
        return ""
    if not data.get("needs_answer"):
        return say("told.cases.no_answer_needed")
    if case.ended_at is not None:
        return say("told.cases.never_answered" if case.authorised_at else "told.cases.not_answered_nor_authorised")
    # Advice on an urgent authority comes after it: nobody waits for the answer any more.
    decided = case.authorised_at is not None
    return say("told.cases.not_answered_yet") if decided else say("told.cases.not_answered_yet_and")


def not_consulted(case: PublicCase) -> list[str]:
    """Return the offices that the decision names as not consulted, each with what the record shows of them."""
    decided = case.last("authorise", "urgent")
    named = decided.data.get("not_consulted") if decided else None
    if decided is None or not isinstance(named, list | tuple):
        return []
    return [_unheard(one, _rung(case, decided)) for one in named]


def _unheard(who: Any, rung: set[Any]) -> str:
    """Say of one office why it counts as not consulted: ``rung`` are those that were asked and did not reply."""
    if who in rung:
        return say("told.cases.asked_no_reply", who=office(who))
    if who in TOLD_IN_FILE:
        return say("told.cases.only_in_the_file", who=office(who))
    return say("told.cases.no_advice_of_theirs", who=office(who))


def _rung(case: PublicCase, decided: PublicEvent) -> set[Any]:
    """Return the offices that an entry before the decision says were asked without a reply."""
    return {
        event.data.get("adviser")
        for event in case.events
        if event.kind == "advise" and event.index < decided.index and event.data.get("stance") == "no_reply"
    }


def _verdict(case: PublicCase) -> str:
    evaluated = case.last("evaluate")
    verdict = str(evaluated.data.get("verdict", "")) if evaluated else ""
    return VERDICTS.get(verdict, plain(verdict))


def _owed(duty: Any) -> dict[str, Any]:
    """Return one thing still owed on a case."""
    words = duty_words(duty.kind, duty.what, duty.owner)
    return {"what": words, "due": stamp(duty.due), "overdue": duty.overdue}
