"""The five questions, and how the record answers them now."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from answerable.case.rarity.counted import YEAR
from answerable.case.state import State
from answerable.policy.pack import Pack
from answerable.present.words import frequency
from answerable.service.public_view import PublicCase, PublicEvent, PublicView
from answerable.web.catalogue import say
from answerable.web.once import once
from answerable.web.rare import within

_DECISIONS = ("authorise", "urgent", "ratify", "refuse")


@dataclass(frozen=True)
class Tally:
    """How often the tactic was proposed, and what became of it; ``days_since`` the last start, None if never used.

    ``authorised`` counts urgent authority too, ``urgent`` it alone; ``overdue`` the cases that owe something late.
    """

    proposed: int
    authorised: int
    urgent: int
    used: int
    blocked: int
    refused: int
    withdrawn: int
    overdue: int
    days_since: int | None


@dataclass(frozen=True)
class Year:
    """What became of proposals in the year to now: every figure is of that same year.

    ``urgent`` are part of ``authorised``. ``held_up`` are the cases that a rule stopped at some step, and
    ``never_authorised`` those of them that nobody has authorised to this day.
    """

    authorised: int
    urgent: int
    used: int
    refused: int
    withdrawn: int
    held_up: int
    never_authorised: int


@dataclass(frozen=True)
class Answer:
    """One question with its present answer, and a link (``see`` its words) to what stands behind it."""

    id: str
    question: str
    answer: str
    more: str
    href: str
    see: str


@once
def tally(view: PublicView) -> Tally:
    """Count the cases of the record; one that was blocked first and refused later counts under both."""
    used = [start for case in view.having("start") if (start := used_from(case, view)) is not None]
    return Tally(
        proposed=len(view.cases),
        authorised=len(view.having("authorise", "urgent")),
        urgent=len(view.having("urgent")),
        used=len(used),
        blocked=len(view.having("blocked")),
        refused=len(view.having("refuse")),
        withdrawn=len(view.having("withdraw")),
        overdue=len({case.id for case, _ in view.overdue}),
        days_since=(view.as_of - max(start.at for start in used)).days if used else None,
    )


@once
def year(view: PublicView, pack: Pack | None) -> Year:
    """Count the year up to ``view.as_of``: the cases under ``pack`` where it limits how often, else all of them."""
    authorised, held_up = lately(view, pack, "authorise", "urgent"), lately(view, pack, "blocked")
    return Year(
        authorised=len(authorised),
        urgent=sum(case.last("urgent") is not None for case in authorised),
        used=len(lately(view, pack, "start")),
        refused=len(lately(view, pack, "refuse")),
        withdrawn=len(lately(view, pack, "withdraw")),
        held_up=len(held_up),
        never_authorised=sum(case.last("authorise", "urgent") is None for case in held_up),
    )


def lately(view: PublicView, pack: Pack | None, *kinds: str) -> list[PublicCase]:
    """Return the cases that the year counts whose newest event of ``kinds`` was within the year to now."""
    since = view.as_of - YEAR
    # A case that has been silent for a year is told by its last event; most of a long record is of that kind.
    found = (case for case in view.having(*kinds) if case.events[-1].at > since)
    return [case for case in found if within(case.at(*kinds), view.as_of) and is_limited(case, pack)]


def is_limited(case: PublicCase, pack: Pack | None) -> bool:
    """Say whether the limits of ``pack`` count a case (without limits: yes): a figure must be of its limit's cases."""
    return pack is None or "rarity" not in pack.settings or case.pack_name == pack.name


def used_from(case: PublicCase, view: PublicView) -> PublicEvent | None:
    """Return the event that put officers on the street, or None where there is none yet."""
    start = case.last("start")
    return start if start is not None and start.at <= view.as_of else None


@once
def answers(view: PublicView) -> tuple[Answer, ...]:
    """Return the five questions of the design with the record's answers, in plain words."""
    count = tally(view)
    return (_likely(view), _last_resort(count), _asked(view), _decided(view, count), _worked(view, count))


def as_json(view: PublicView) -> dict[str, Any]:
    """Return tally and answers as plain values for a page."""
    return {"tally": asdict(tally(view)), "questions": [asdict(answer) for answer in answers(view)]}


def _likely(view: PublicView) -> Answer:
    question = say("told.questions.is_serious_violence_likely")
    chances = sorted(float(area["p"]) for area in view.pictures[-1].data["areas"]) if view.pictures else []
    if not chances:
        answer = say("told.questions.no_picture_has_been")
    else:
        answer = say(
            "told.questions.in_the_latest_picture",
            chances=frequency(chances[len(chances) // 2]),
            chances2=frequency(chances[-1]),
        )
    more = say("told.questions.a_forecast_alone_is")
    return Answer("Q1", question, answer, more, "planning.html", say("told.questions.see_the_picture"))


def _last_resort(count: Tally) -> Answer:
    question = say("told.questions.is_this_the_last")
    answer = (
        say(
            "told.questions.blocked_by_rule_refused",
            proposed=_of(count.proposed, "proposal", "proposals"),
            blocked=count.blocked,
            refused=count.refused,
            withdrawn=count.withdrawn,
            authorised=count.authorised,
        )
        if count.proposed
        else say("told.questions.nothing_has_been_proposed")
    )
    more = say("told.questions.every_rule_is_written")
    return Answer("Q2", question, answer, more, "rules.html", say("told.questions.see_the_rules"))


def _asked(view: PublicView) -> Answer:
    question = say("told.questions.who_was_asked_and")
    asked = view.of_entries(("asked",), lambda: sum(_was_asked(case) for case in view.having("advise")))
    against, answered, heeded = adverse(view)
    answer = say("told.questions.advice_was_taken_on", asked=_of(asked, "case", "cases"), cases=len(view.cases))
    if against:
        answer += say(
            "told.questions.against_answered",
            against=_of(against, "piece of advice was", "pieces of advice were"),
            answered=answered,
        )
    if heeded:
        answer += say("told.questions.against_and_not_authorised", heeded=heeded)
    decided = view.having("authorise", "urgent")
    skipped = view.of_entries(("unasked",), lambda: sum(_authorised_unasked(case) for case in decided))
    if skipped:
        answer += say(
            "told.questions.authorised_without_asking_everyone", skipped=_of(skipped, "case was", "cases were")
        )
    elif decided:
        answer += say("told.questions.none_was_authorised_without")
    more = say("told.questions.the_local_commander_the")
    return Answer("Q3", question, answer, more, "cases.html", say("told.questions.see_the_cases"))


def _decided(view: PublicView, count: Tally) -> Answer:
    question = say("told.questions.who_decided_within_what")
    offices = view.of_entries(("deciders",), lambda: sorted({one.office for _, one in view.events(*_DECISIONS)}))
    who = (
        say("told.questions.decisions_were_made_by", offices=" and ".join(one.replace("_", " ") for one in offices))
        if offices
        else say("told.questions.nothing_was_decided_yet")
    )
    answer = say("told.questions.the_log_holds_anyone", who=who, size=_of(view.size, "entry", "entries"))
    if count.urgent:
        answer += say("told.questions.given_urgently", urgent=_of(count.urgent, "authority was", "authorities were"))
    more = say("told.questions.checked_means_unaltered_it")
    return Answer("Q4", question, answer, more, "about.html", say("told.questions.see_what_is_proved"))


def _worked(view: PublicView, count: Tally) -> Answer:
    question = say("told.questions.did_it_work_what")
    evaluated = len(view.having("evaluate"))
    unsure = sum(_verdict(case) == "cannot_tell" for case in view.having("evaluate"))
    answer = (
        say(
            "told.questions.been_evaluated_of_the",
            evaluated=_of(evaluated, "deployment has", "deployments have"),
            unsure=unsure,
        )
        if evaluated
        else say("told.questions.cannot_tell_no_deployment")
    )
    if count.overdue:
        answer += say("told.questions.on_an_account_is", overdue=_of(count.overdue, "case", "cases"))
    more = say("told.questions.used_being_there_is", used=_times(count.used), days_since=_ago(count.days_since))
    return Answer("Q5", question, answer, more, "rarity.html", say("told.questions.see_how_rare_it"))


def _was_asked(case: PublicCase) -> bool:
    return any(e.kind == "advise" and e.data.get("stance") != "no_reply" for e in case.events)


def _authorised_unasked(case: PublicCase) -> bool:
    decided = case.last("authorise", "urgent")
    return decided is not None and (bool(decided.data.get("not_consulted")) or not _was_asked(case))


def adverse(view: PublicView) -> tuple[int, int, int]:
    """Return how many pieces of advice were against a deployment, how many of those were answered, and how many of the
    others need no answer any more: their case came to its end without being authorised.
    """
    against, left = view.of_entries(("objections",), lambda: _objections(view))
    unanswered = [case for case in view.having("advise") if case.id in left]
    heeded = sum(left[case.id] for case in unanswered if case.authorised_at is None and State(case.state).over)
    return against, against - left.total(), heeded


def _objections(view: PublicView) -> tuple[int, Counter[str]]:
    """Return how many pieces of advice were against a deployment, and how many of them in each case have no answer."""
    against = [(case.id, e.data.get("number")) for case, e in view.events("advise") if e.data.get("stance") == "object"]
    answers = {(case.id, e.data.get("number")) for case, e in view.events("answer")}
    return len(against), Counter(case for case, number in against if (case, number) not in answers)


def _verdict(case: PublicCase) -> str:
    evaluated = case.last("evaluate")
    return str(evaluated.data.get("verdict", "")) if evaluated else ""


def _of(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _ago(days: int | None) -> str:
    if days is None:
        return ""
    return (
        say("told.questions.last_ago", days=_of(days, "day", "days"))
        if days
        else say("told.questions.last_within_a_day")
    )


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, say("told.questions.times", count=count))
