"""How rare: how often the tactic was used against its limits, of how many hours, and what became of every proposal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from heapq import nlargest
from typing import Any

from answerable.place import Window, stamp
from answerable.policy.condition import Condition, comparisons
from answerable.policy.pack import Pack
from answerable.service.public_view import PublicCase, PublicView
from answerable.web.catalogue import say
from answerable.web.pages.case_path import case_path
from answerable.web.pages.policy import not_in_force
from answerable.web.pages.referrals import overdue_referrals
from answerable.web.rare import Rare, Use, authorised_at, counted, ended_by_clock, hours, rare, under, within
from answerable.web.render import Page

PATH = "rarity.html"
# What one more case would reach: in a word or two, the tone of its mark, and what that means.
LEVELS = {
    "none": (say("told.rarity.no_limit_near"), "open", say("told.rarity.one_more_would_be")),
    "notice": (say("told.rarity.notice"), "authorised", say("told.rarity.one_more_would_be_2")),
    "escalate": (say("told.rarity.chief_officer_only"), "stopped", say("told.rarity.only_a_chief_officer")),
    "block": (say("told.rarity.blocked"), "blocked", say("told.rarity.one_more_is_not")),
}
# So many cases are linked in a row of counts; the register has them all.
MOST_LINKS = 12


def page(view: PublicView, pack: Pack | None) -> Page:
    """Return the page on how rare use still is under ``pack``; without a pack, a page that says that there is none."""
    found = rare(view, pack) if pack else None
    data: dict[str, Any] = {
        "pack": f"{pack.name}@{pack.version}" if pack else None,
        "not_in_force": not_in_force(view, pack) if pack else None,
        "limited": found is not None,
        "counts": _counts(view, pack) if pack else [],
        "overdue_referrals": overdue_referrals(view),
        "cases": _cases(view, pack, found) if pack and found else [],
        **(_use_data(found) if found else {"force": None, "areas": [], "trend": None, "shares": []}),
    }
    return Page(PATH, say("told.rarity.how_rare"), "rarity.html", data)


def _use_data(found: Rare) -> dict[str, Any]:
    trend = found.trend
    return {
        "force": _use(found.force),
        "areas": [_use(one) for one in found.areas],
        "trend": trend
        and {
            "sentence": trend.sentence,
            "figures": trend.figures,
            "began_at": stamp(trend.began_at),
            "alarm_at": stamp(trend.alarm_at) if trend.alarm_at else "",
        },
        "shares": [{"says": one.clause, "level": one.level, "notice_from": one.limit.notice} for one in found.shares],
    }


def _use(one: Use) -> dict[str, Any]:
    words, tone, means = LEVELS[one.level]
    return {
        "name": one.name or say("told.rarity.the_whole_force"),
        "count": len(one.cases),
        "cases": _links(one.cases),
        "notice": one.limit.notice,
        "escalate": one.limit.escalate,
        "most": one.limit.most,
        "level": one.level,
        "level_words": words,
        "level_means": means,
        "tone": tone,
        "because": list(one.because),
        "hours": one.hours,
        "hours_in_period": one.period.hours,
        "share": one.share,
        "percent": f"{100 * one.share:.2g}",
        "period": {"from": stamp(one.period.start), "to": stamp(one.period.end)},
    }


def _counts(view: PublicView, pack: Pack) -> list[dict[str, Any]]:
    """Return what became of the proposals under ``pack``: within a year, ever, and which cases they were."""
    cases = under(view, pack)
    authorised = under(view, pack, "authorise", "urgent")
    decided = [(at, case) for case in authorised if (at := authorised_at(case)) is not None]
    clock: dict[str, list[tuple[datetime, PublicCase]]] = {}
    for case in cases:
        if kind := ended_by_clock(case):
            clock.setdefault(kind, []).append((case.ended_at or case.ends_at, case))
    rows = (
        ("proposed", say("told.rarity.proposed"), [(case.events[0].at, case) for case in cases]),
        ("authorised", say("told.rarity.authorised"), decided),
        ("urgent", say("told.rarity.authorised_urgently"), _having(view, pack, "urgent")),
        ("refused", say("told.rarity.refused_by_a_person"), _having(view, pack, "refuse")),
        ("blocked", say("told.rarity.stopped_by_a_rule"), _having(view, pack, "blocked")),
        ("withdrawn", say("told.rarity.taken_back"), _having(view, pack, "withdraw")),
        ("lapsed", say("told.rarity.lapsed_not_handed_in"), clock.get("lapsed", [])),
        ("unratified", say("told.rarity.urgent_and_nobody_ratified"), clock.get("unratified", [])),
    )
    return [{"id": name, "words": words, **_counted(found, view.as_of)} for name, words, found in rows]


def _having(view: PublicView, pack: Pack, kind: str) -> list[tuple[datetime, PublicCase]]:
    return [(event.at, case) for case in under(view, pack, kind) if (event := case.last(kind)) is not None]


def _counted(found: Sequence[tuple[datetime, PublicCase]], now: datetime) -> dict[str, Any]:
    return {
        "year": sum(within(at, now) for at, _ in found),
        "ever": len(found),
        **_links([case for _, case in found]),
    }


def _links(cases: Iterable[PublicCase]) -> dict[str, Any]:
    """Return the newest of ``cases`` as links, and how many more there are."""
    every = list(cases)
    newest = nlargest(MOST_LINKS, every, key=lambda case: case.id)
    shown = [{"id": case.id, "href": case_path(case.id)} for case in newest]
    return {"links": shown, "more": max(0, len(every) - MOST_LINKS)}


def _cases(view: PublicView, pack: Pack, found: Rare) -> list[dict[str, Any]]:
    """Return every case authorised within a year with its hours and what the guard said when it was decided."""
    guard = {rule.id for rule in pack.rules if rule.condition and _tests_rarity(rule.condition)}
    told = []
    for case in sorted(found.force.cases, key=lambda one: authorised_at(one) or one.starts_at, reverse=True):
        decided, out = case.last("authorise", "urgent"), counted(case, view.as_of).out
        findings = decided.data.get("findings", ()) if decided else ()
        at = authorised_at(case)
        told.append(
            {
                "id": case.id,
                "href": case_path(case.id),
                "title": case.title,
                "area": case.area_name,
                "authorised_at": stamp(at) if at else "",
                "urgent": case.urgent,
                "hours": hours([out], Window(out.start, max(out.start, view.as_of))) if out else 0.0,
                "guard": [str(one.get("reason", "")) for one in findings if one.get("rule") in guard],
            }
        )
    return told


def _tests_rarity(condition: Condition) -> bool:
    return any(one.fact.name.startswith("rarity.") for one in comparisons(condition))
