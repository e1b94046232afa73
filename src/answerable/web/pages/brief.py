"""One page for a scrutiny meeting: used and limit, refused, outside, unanswered, overdue, and what to ask."""

from __future__ import annotations

from collections import Counter

from answerable.place import stamp
from answerable.policy.pack import Pack
from answerable.service.public_view import PublicView
from answerable.web.catalogue import say
from answerable.web.once import once
from answerable.web.pages.case_words import office
from answerable.web.pages.home import plain_line
from answerable.web.pages.questions import adverse, tally
from answerable.web.pages.sections import Section, case_link, page, section, table
from answerable.web.rare import rare
from answerable.web.render import Page

PATH = "brief.html"
_FLAGS = ("force_used", "weapon_drawn", "injury")


def brief(view: PublicView, pack: Pack | None) -> Page:
    """Return the brief at ``view.as_of``; every figure is counted from published entries."""
    counts = figures(view, pack)
    shown = section("", paragraphs=[plain_line(view, pack)], facts=[[name, value] for name, value in counts.items()])
    return page(
        PATH,
        "brief",
        [
            shown,
            _overdue(view),
            section(say("brief.asked"), items=_questions(view, pack)),
            section("", note=say("brief.note")),
        ],
        counts=counts,
    )


def year_of(view: PublicView, pack: Pack | None) -> str:
    """Return how many were authorised within a year, of which limit."""
    found = rare(view, pack) if pack else None
    most = found.force.limit.most if found else None
    if found is None or most is None:
        return say("brief.no_limit", count=tally(view).authorised)
    return say("brief.of_most", count=len(found.force.cases), most=f"{most:g}")


def figures(view: PublicView, pack: Pack | None) -> dict[str, str]:
    """Return the figures of the brief, each in words."""
    count = tally(view)
    return {
        say("told.brief.authorised_within_a_year"): year_of(view, pack),
        say("told.brief.of_them_urgent"): str(count.urgent),
        say("told.brief.refused_by_a_person"): str(count.refused),
        say("told.brief.stopped_by_a_rule"): str(count.blocked),
        say("told.brief.taken_back"): str(count.withdrawn),
        say("told.brief.ended_by_the_clock"): _by_the_clock(view),
        say("told.brief.extended"): str(len(view.events("extend"))),
        say("told.brief.armed_work_outside_this"): str(outside(view)),
        say("told.brief.objections_without_an_answer"): str(unanswered(view)),
        say("told.brief.overdue_accounts"): str(len(view.overdue)),
        say("told.brief.force_used"): _flagged(view),
        say("told.brief.what_it_cost"): _cost(view),
        say("told.brief.evaluated"): str(len(view.events("evaluate"))),
    }


def _by_the_clock(view: PublicView) -> str:
    """Return how many were ended by the clock alone, and how."""
    found = Counter(case.ended_by_clock for case in view.cases if case.ended_at is not None)
    expired, lapsed, unratified = (found[kind] for kind in ("expired", "lapsed", "unratified"))
    return say("brief.by_the_clock", expired=expired, lapsed=lapsed, unratified=unratified)


def _flagged(view: PublicView) -> str:
    """Return in how many of the deployments that were debriefed force was used, a weapon drawn, somebody hurt."""
    told = [event.data.get("flags") or {} for _, event in view.events("debrief")]
    force, drawn, hurt = (sum(one.get(flag) is True for one in told) for flag in _FLAGS)
    if not told:
        return say("brief.none_debriefed")
    return say("brief.flagged", debriefed=len(told), force=force, drawn=drawn, hurt=hurt)


def _cost(view: PublicView) -> str:
    """Return the officer-hours on the ground that debriefs add up to."""
    spent = [event.data["dosage"]["officer_minutes"] for _, event in view.events("debrief") if event.data.get("dosage")]
    return say("brief.officer_hours", hours=f"{sum(spent) / 60:,.1f}") if spent else say("brief.none_debriefed")


@once
def unanswered(view: PublicView) -> int:
    """Return how many pieces of advice against a deployment have no answer in the record."""
    against, answered = adverse(view)
    return against - answered


@once
def outside(view: PublicView) -> int:
    """Return how many entries of deployment logs tell of work outside an authority or outside the tactic."""
    entries = [one for _, e in view.events("log") for one in e.data.get("entries") or ()]
    return sum(
        bool(one.get("outside_authority")) or one.get("kind") == "outside" for one in entries if isinstance(one, dict)
    )


def _overdue(view: PublicView) -> Section:
    owed = view.overdue[::-1]
    rows = (
        (
            case_link(case),
            duty.words,
            office(duty.owner) if duty.owner else say("brief.applicant"),
            {"at": stamp(duty.due)},
        )
        for case, duty in owed
    )
    head = [say(f"brief.{name}") for name in ("case", "what", "whom", "due")]
    found = table(say("brief.what_overdue"), head, rows, of=len(owed))
    return section(say("brief.overdue"), paragraphs=[] if owed else [say("brief.none_overdue")], table=found)


def _questions(view: PublicView, pack: Pack | None) -> list[str]:
    count, found = tally(view), rare(view, pack) if pack else None
    limit = found.force.limit.most if found else None
    said = say("home.plain_limit", most=f"{limit:g}") if limit is not None else say("home.plain_no_limit")
    decided = count.refused + count.authorised
    refused = say("brief.ask_refused", refused=count.refused, asked=decided) if count.refused else say("brief.ask_none")
    asked = [say("brief.ask_used", used=count.used, limit=said), refused]
    if unanswered(view):
        asked.append(say("brief.ask_unanswered", count=unanswered(view)))
    if view.overdue:
        asked.append(say("brief.ask_overdue", count=len(view.overdue)))
    if outside(view):
        asked.append(say("brief.ask_outside", count=outside(view)))
    return [*asked, say("brief.ask_worked", count=len(view.events("evaluate"))), say("brief.ask_missing")]
