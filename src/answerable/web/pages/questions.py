"""The five questions, and how the record answers them now."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from answerable.present.words import frequency
from answerable.service.public_view import PublicCase, PublicEvent, PublicView
from answerable.web.once import once

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
    used = [start for case in view.cases if (start := used_from(case, view)) is not None]
    return Tally(
        proposed=len(view.cases),
        authorised=_having(view, "authorise", "urgent"),
        urgent=_having(view, "urgent"),
        used=len(used),
        blocked=_having(view, "blocked"),
        refused=_having(view, "refuse"),
        withdrawn=_having(view, "withdraw"),
        overdue=sum(any(duty.overdue for duty in case.duties) for case in view.cases),
        days_since=(view.as_of - max(start.at for start in used)).days if used else None,
    )


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
    question = "Is serious violence likely here and now, and how sure are we?"
    chances = sorted(float(area["p"]) for area in view.pictures[-1].data["areas"]) if view.pictures else []
    if not chances:
        answer = "No picture has been published, so the record does not say."
    else:
        answer = (
            f"In the latest picture the chance of at least one incident is {frequency(chances[len(chances) // 2])} in "
            f"the middle ward and {frequency(chances[-1])} in the highest. So nearly every window passes with nothing."
        )
    more = "A forecast alone is never a trigger here. Each figure stands beside its base rate and interval."
    return Answer("Q1", question, answer, more, "planning.html", "See the picture")


def _last_resort(count: Tally) -> Answer:
    question = "Is this the last resort?"
    answer = (
        f"{_of(count.proposed, 'proposal', 'proposals')}: {count.blocked} blocked by rule, {count.refused} refused by "
        f"a person, {count.withdrawn} withdrawn, {count.authorised} authorised."
        if count.proposed
        else "Nothing has been proposed."
    )
    more = "Every rule is written down, with its source, and tested on each case."
    return Answer("Q2", question, answer, more, "rules.html", "See the rules")


def _asked(view: PublicView) -> Answer:
    question = "Who was asked, and were they answered?"
    asked = sum(_was_asked(case) for case in view.cases)
    against, answered = _adverse(view)
    answer = f"Advice was taken on {_of(asked, 'case', 'cases')} of {len(view.cases)}."
    if against:
        answer += f" {_of(against, 'piece of advice was', 'pieces of advice were')} against; {answered} answered."
    skipped = sum(_authorised_unasked(case) for case in view.cases)
    if skipped:
        answer += f" {_of(skipped, 'case was', 'cases were')} authorised without asking everyone."
    elif _having(view, "authorise", "urgent"):
        answer += " None was authorised without it."
    more = "The local commander, the advisory group and the commissioner are to be asked or told."
    return Answer("Q3", question, answer, more, "cases.html", "See the cases")


def _decided(view: PublicView, count: Tally) -> Answer:
    question = "Who decided, within what limits, and can anyone check?"
    deciding = [e for case in view.cases for e in case.events if e.kind in _DECISIONS]
    offices = sorted({event.office.replace("_", " ") for event in deciding})
    who = f"Decisions were made by the {' and '.join(offices)}." if offices else "Nothing was decided yet."
    answer = f"{who} The log holds {_of(view.size, 'entry', 'entries')}; anyone can check each published one, offline."
    if count.urgent:
        answer += f" {_of(count.urgent, 'authority was', 'authorities were')} given urgently."
    more = "Checked means unaltered. It does not mean true, or complete."
    return Answer("Q4", question, answer, more, "about.html", "See what is proved")


def _worked(view: PublicView, count: Tally) -> Answer:
    question = "Did it work, what did it cost, has it become routine?"
    evaluated = _having(view, "evaluate")
    unsure = sum(_verdict(case) == "cannot_tell" for case in view.cases)
    answer = (
        f"{_of(evaluated, 'deployment has', 'deployments have')} been evaluated; of {unsure} the answer is "
        "\u201ccannot tell\u201d, as it usually is for a single one."
        if evaluated
        else "Cannot tell. No deployment has been evaluated, and one alone seldom can be."
    )
    if count.overdue:
        answer += f" On {_of(count.overdue, 'case', 'cases')} an account is overdue."
    more = (
        f"Used {_times(count.used)}{_ago(count.days_since)}. Being there is not the same as having made a difference."
    )
    return Answer("Q5", question, answer, more, "rarity.html", "See how rare it is")


def _having(view: PublicView, *kinds: str) -> int:
    return sum(case.last(*kinds) is not None for case in view.cases)


def _was_asked(case: PublicCase) -> bool:
    return any(e.kind == "advise" and e.data.get("stance") != "no_reply" for e in case.events)


def _authorised_unasked(case: PublicCase) -> bool:
    decided = case.last("authorise", "urgent")
    return decided is not None and (bool(decided.data.get("not_consulted")) or not _was_asked(case))


def _adverse(view: PublicView) -> tuple[int, int]:
    """Return how many pieces of advice were against a deployment, and how many of those were answered."""
    against = [
        (case.id, e.data.get("number"))
        for case in view.cases
        for e in case.events
        if e.kind == "advise" and e.data.get("stance") == "object"
    ]
    answers = {(case.id, e.data.get("number")) for case in view.cases for e in case.events if e.kind == "answer"}
    return len(against), sum(one in answers for one in against)


def _verdict(case: PublicCase) -> str:
    evaluated = case.last("evaluate")
    return str(evaluated.data.get("verdict", "")) if evaluated else ""


def _of(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _ago(days: int | None) -> str:
    if days is None:
        return ""
    return f", last {_of(days, 'day', 'days')} ago" if days else ", last within a day"


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")
