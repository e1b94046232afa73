"""One page for a scrutiny meeting: used and limit, refused, by quarter, unanswered, overdue, and what to ask."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from heapq import nsmallest
from typing import Any

from answerable.case.rarity.counted import YEAR
from answerable.place import Window, stamp
from answerable.policy.pack import Pack
from answerable.service.bulletin_counts import ENTRIES, quarter_of, quarter_window
from answerable.service.public_view import PublicCase, PublicEvent, PublicView
from answerable.web.catalogue import names, say
from answerable.web.once import once
from answerable.web.pages.case_words import office
from answerable.web.pages.home import plain_line
from answerable.web.pages.questions import adverse, is_limited, lately, year
from answerable.web.pages.sections import Section, case_link, page, section, table
from answerable.web.rare import rare, within
from answerable.web.render import Page

PATH = "brief.html"
_FLAGS = ("force_used", "weapon_drawn", "injury")
# What is told of a quarter, by the bulletin's own keys.
_ROWS = names("brief.rows")
# So many of what is owed, the longest overdue first, fit on one sheet of paper; every case has its own on its page.
_MOST_OWED = 6
_BY_CLOCK = ("expired", "lapsed", "unratified")
# Figures of the year that the bulletin does not have, and that stand below its rows.
_OF_THE_YEAR = (
    say("told.brief.armed_work_outside_this"),
    say("told.brief.force_used"),
    say("told.brief.what_it_cost"),
)


@dataclass(frozen=True)
class Quarter:
    """One quarter ("2026Q4") as the bulletin counts it, from entries that are published; ``over`` once it is finished.

    ``counts`` are totals by the bulletin's keys; that of ``hours_active`` is hours.
    """

    name: str
    over: bool
    counts: Mapping[str, float]


def brief(view: PublicView, pack: Pack | None) -> Page:
    """Return the brief at ``view.as_of``; every figure is counted from published entries."""
    counts = figures(view, pack)
    return page(
        PATH,
        "brief",
        [
            section("", paragraphs=[plain_line(view, pack)]),
            section(say("brief.quarters"), table=_side_by_side(quarters(view), _year_in_rows(view, pack))),
            section(say("brief.year"), facts=[[name, counts[name]] for name in _OF_THE_YEAR]),
            _still_owed(view),
            section(say("brief.asked"), items=_questions(view, pack)),
            section("", note=say("brief.note")),
        ],
        counts=counts,
        quarters=[asdict(one) for one in quarters(view)],
    )


def year_of(view: PublicView, pack: Pack | None) -> str:
    """Return how many were authorised within a year, of which limit."""
    found, count = rare(view, pack) if pack else None, year(view, pack).authorised
    most = found.force.limit.most if found else None
    return say("brief.no_limit", count=count) if most is None else say("brief.of_most", count=count, most=f"{most:g}")


def figures(view: PublicView, pack: Pack | None) -> dict[str, str]:
    """Return the figures of the brief, each in words: of the year to now, but for what is still open."""
    count = year(view, pack)
    return {
        say("told.brief.authorised_within_a_year"): year_of(view, pack),
        say("told.brief.of_them_urgent"): str(count.urgent),
        say("told.brief.refused_by_a_person"): str(count.refused),
        say("told.brief.held_up_by_a_rule"): say("brief.held_up", held=count.held_up, never=count.never_authorised),
        say("told.brief.taken_back"): str(count.withdrawn),
        say("told.brief.ended_by_the_clock"): _by_the_clock(view, pack),
        say("told.brief.extended"): str(len(_lately(view, pack, "extend"))),
        say("told.brief.armed_work_outside_this"): str(_outside(_lately(view, pack, "log"))),
        **_still_open(view),
        say("told.brief.force_used"): _flagged(_lately(view, pack, "debrief")),
        say("told.brief.what_it_cost"): _cost(_lately(view, pack, "debrief")),
        say("told.brief.evaluated"): str(len(_lately(view, pack, "evaluate"))),
    }


def _still_open(view: PublicView) -> dict[str, str]:
    """Return what waits for somebody now: of no year, since neither an objection nor a debt grows too old to count."""
    return {
        say("told.brief.objections_without_an_answer"): str(unanswered(view)),
        say("told.brief.overdue_accounts"): str(len(view.overdue)),
    }


def _lately(view: PublicView, pack: Pack | None, kind: str) -> list[PublicEvent]:
    """Return the events of one kind within the year to now, of the cases that the year counts."""
    found = (event for case in lately(view, pack, kind) for event in case.events if event.kind == kind)
    return [event for event in found if within(event.at, view.as_of)]


def _by_the_clock(view: PublicView, pack: Pack | None) -> str:
    """Return how many were ended by the clock alone within the year, and how."""
    found = _clock(view, pack)
    expired, lapsed, unratified = (found[kind] for kind in _BY_CLOCK)
    return say("brief.by_the_clock", expired=expired, lapsed=lapsed, unratified=unratified)


@once
def _clock(view: PublicView, pack: Pack | None) -> Counter[str]:
    since = view.as_of - YEAR
    ended = (case for case in view.cases if case.ended_at is not None and case.ended_at > since)
    return Counter(case.ended_by_clock for case in ended if is_limited(case, pack))


def _flagged(debriefs: Sequence[PublicEvent]) -> str:
    """Return in how many of the deployments that were debriefed force was used, a weapon drawn, somebody hurt."""
    told = [event.data.get("flags") or {} for event in debriefs]
    force, drawn, hurt = (sum(one.get(flag) is True for one in told) for flag in _FLAGS)
    if not told:
        return say("brief.none_debriefed")
    return say("brief.flagged", debriefed=len(told), force=force, drawn=drawn, hurt=hurt)


def _cost(debriefs: Sequence[PublicEvent]) -> str:
    """Return the officer-hours on the ground that debriefs add up to."""
    spent = [event.data["dosage"]["officer_minutes"] for event in debriefs if event.data.get("dosage")]
    return say("brief.officer_hours", hours=f"{sum(spent) / 60:,.1f}") if spent else say("brief.none_debriefed")


@once
def quarters(view: PublicView) -> tuple[Quarter, Quarter]:
    """Return the newest finished quarter and the current one, in the record's time zone."""
    now = quarter_of(view.as_of, view.tz)
    current = quarter_window(now, view.tz)
    before = quarter_of(current.start - timedelta(microseconds=1), view.tz)
    finished = quarter_window(before, view.tz)
    return (
        Quarter(before, True, _counts(view, finished, finished.end)),
        Quarter(now, False, _counts(view, current, view.as_of)),
    )


def _counts(view: PublicView, window: Window, as_of: datetime) -> dict[str, float]:
    """Count what the bulletin counts in ``window`` up to ``as_of``; a test holds the two against each other."""
    found: dict[str, float] = dict(view.of_entries(("brief", window), lambda: _entered(view, window)))
    ends = (case for case in view.cases if case.ended_at is not None and window.contains(case.ended_at))
    clock = Counter([case.ended_by_clock for case in ends if case.ended_at is not None and case.ended_at <= as_of])
    found |= {kind: clock[kind] for kind in _BY_CLOCK}
    found["hours_active"] = float(sum(_hours_in_use(case, window, as_of) for case in view.having("start")))
    return {key: found.get(key, 0) for key in _ROWS}


def _entered(view: PublicView, window: Window) -> dict[str, int]:
    """Count the entries made in ``window``, by the keys of the bulletin."""
    told = [event for case in view.cases for event in case.events if window.contains(event.at)]
    kinds = Counter([event.kind for event in told])
    found = {key: sum(kinds[kind] for kind in of) for key, _, of in ENTRIES}
    held_up = view.having("blocked")
    found["cases_blocked"] = sum(any(_is_block(e) and window.contains(e.at) for e in case.events) for case in held_up)
    found |= Counter(str(event.data.get("verdict")) for event in told if event.kind == "evaluate")
    return found | Counter(str(one.get("kind")) for one in _logged(told))


def _is_block(event: PublicEvent) -> bool:
    return event.kind == "blocked"


def _hours_in_use(case: PublicCase, window: Window, as_of: datetime) -> float:
    if case.started_at is None:
        return 0.0
    start, end = max(case.started_at, window.start), min(case.ended_at or as_of, as_of, window.end)
    return max(timedelta(0), end - start) / timedelta(hours=1)


def _year_in_rows(view: PublicView, pack: Pack | None) -> dict[str, float]:
    """Return the year to now in the rows of the bulletin, of the cases that stand beside the limit."""
    count, since = year(view, pack), view.as_of - YEAR
    told, span = _lately(view, pack, "evaluate"), Window(since, view.as_of)
    started = (case for case in view.having("start") if is_limited(case, pack))
    clock = _clock(view, pack)
    opened = view.of_entries(
        ("opened", pack and pack.name),
        lambda: sorted(case.events[0].at for case in view.cases if is_limited(case, pack)),
    )
    return {
        "proposed": len(opened) - bisect_right(opened, since),
        "authorised": count.authorised,
        "urgent": count.urgent,
        "refused": count.refused,
        "cases_blocked": count.held_up,
        "withdrawn": count.withdrawn,
        "extended": len(_lately(view, pack, "extend")),
        **{kind: clock[kind] for kind in _BY_CLOCK},
        "force": sum(one.get("kind") == "force" for one in _logged(_lately(view, pack, "log"))),
        "evaluated": len(told),
        "cannot_tell": sum(event.data.get("verdict") == "cannot_tell" for event in told),
        "hours_active": sum((_hours_in_use(case, span, view.as_of) for case in started), 0.0),
    }


def _side_by_side(told: Sequence[Quarter], in_year: Mapping[str, float]) -> Any:
    heads = [one.name if one.over else say("brief.so_far", quarter=one.name) for one in told]
    columns = [*(one.counts for one in told), in_year]
    rows = ((words, *(_figure(one[key]) for one in columns)) for key, words in _ROWS.items())
    head = [say("brief.what"), *heads, say("brief.in_year")]
    return table(say("brief.quarters"), head, rows, figures=len(columns))


def _figure(count: float) -> int | str:
    return f"{count:,.1f}" if isinstance(count, float) else count


@once
def unanswered(view: PublicView) -> int:
    """Return how many pieces of advice against a deployment have no answer in the record, and still need one."""
    against, answered, heeded = adverse(view)
    return against - answered - heeded


@once
def outside(view: PublicView) -> int:
    """Return how many entries of deployment logs tell of work outside an authority or outside the tactic."""
    return _outside(event for _, event in view.events("log"))


def _outside(events: Iterable[PublicEvent]) -> int:
    return sum(bool(one.get("outside_authority")) or one.get("kind") == "outside" for one in _logged(events))


def _logged(events: Iterable[PublicEvent]) -> Iterator[Mapping[str, Any]]:
    """Yield the entries of the deployment logs among ``events``."""
    logs = (event.data.get("entries") or () for event in events if event.kind == "log")
    return (one for entries in logs for one in entries if isinstance(one, Mapping))


def _still_owed(view: PublicView) -> Section:
    owed = view.overdue
    rows = (
        (
            case_link(case),
            duty.words,
            office(duty.owner) if duty.owner else say("brief.applicant"),
            {"at": stamp(duty.due)},
        )
        for case, duty in nsmallest(_MOST_OWED, owed, key=lambda pair: pair[1].due)
    )
    head = [say(f"brief.{name}") for name in ("case", "what", "whom", "due")]
    found = table(say("brief.still_owed"), head, rows, of=len(owed))
    facts = [[name, value] for name, value in _still_open(view).items()]
    return section(
        say("brief.still_owed"), facts=facts, paragraphs=[] if owed else [say("brief.none_overdue")], table=found
    )


def _questions(view: PublicView, pack: Pack | None) -> list[str]:
    count, found = year(view, pack), rare(view, pack) if pack else None
    limit = found.force.limit.most if found else None
    said = say("home.plain_limit", most=f"{limit:g}") if limit is not None else say("home.plain_no_limit")
    decided = count.refused + count.authorised
    refused = say("brief.ask_refused", refused=count.refused, asked=decided) if count.refused else say("brief.ask_none")
    asked = [say("brief.ask_used", authorised=count.authorised, limit=said), refused]
    if unanswered(view):
        asked.append(say("brief.ask_unanswered", count=unanswered(view)))
    if view.overdue:
        asked.append(say("brief.ask_overdue", count=len(view.overdue)))
    beyond = _outside(_lately(view, pack, "log"))
    if beyond:
        asked.append(say("brief.ask_outside", count=beyond))
    evaluated = len(_lately(view, pack, "evaluate"))
    return [*asked, say("brief.ask_worked", count=evaluated), say("brief.ask_missing")]
