"""How rare: how often the tactic was used against its limits, of how many hours, and what became of every proposal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from answerable.place import Window, stamp
from answerable.policy.condition import Condition, comparisons
from answerable.policy.pack import Pack
from answerable.service.public_view import PublicCase, PublicView
from answerable.web.catalogue import say
from answerable.web.pages.case_path import case_path
from answerable.web.pages.policy import not_in_force
from answerable.web.pages.referrals import overdue_referrals
from answerable.web.rare import Rare, Use, counted, hours, rare, under, within
from answerable.web.render import Page

PATH = "rarity.html"
# What one more case would reach: in a word or two, the tone of its mark, and what that means.
LEVELS = {
    "none": (say("told.rarity.no_limit_near"), "open", say("told.rarity.one_more_would_be")),
    "notice": (say("told.rarity.notice"), "authorised", say("told.rarity.one_more_would_be_2")),
    "escalate": (say("told.rarity.chief_officer_only"), "stopped", say("told.rarity.only_a_chief_officer")),
    "block": (say("told.rarity.blocked"), "blocked", say("told.rarity.one_more_is_not")),
}
_BY_CLOCK = {
    "lapsed": say("told.rarity.lapsed_not_handed_in"),
    "unratified": say("told.rarity.urgent_and_nobody_ratified"),
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
    clock = {kind: [case for case in cases if case.ended_by_clock == kind] for kind in _BY_CLOCK}

    def row(name: str, words: str, found: Sequence[PublicCase], at: Callable[[PublicCase], datetime | None]) -> Any:
        year = sum(within(at(case), view.as_of) for case in found)
        return {"id": name, "words": words, "year": year, "ever": len(found), **_links(found)}

    def having(name: str, words: str, *kinds: str) -> Any:
        return row(name, words, under(view, pack, *kinds), lambda case: case.at(*kinds))

    return [
        row("proposed", say("told.rarity.proposed"), cases, lambda case: case.events[0].at),
        having("authorised", say("told.rarity.authorised"), "authorise", "urgent"),
        having("urgent", say("told.rarity.authorised_urgently"), "urgent"),
        having("refused", say("told.rarity.refused_by_a_person"), "refuse"),
        having("blocked", say("told.rarity.stopped_by_a_rule"), "blocked"),
        having("withdrawn", say("told.rarity.taken_back"), "withdraw"),
        *(row(kind, _BY_CLOCK[kind], ended, _ended) for kind, ended in clock.items()),
    ]


def _ended(case: PublicCase) -> datetime:
    return case.ended_at or case.ends_at


def _links(cases: Sequence[PublicCase]) -> dict[str, Any]:
    """Return the newest of ``cases``, which stand in the order of the record, as links, and how many more there are."""
    shown = [{"id": case.id, "href": case_path(case.id)} for case in reversed(cases[-MOST_LINKS:])]
    return {"links": shown, "more": max(0, len(cases) - MOST_LINKS)}


def _cases(view: PublicView, pack: Pack, found: Rare) -> list[dict[str, Any]]:
    """Return every case authorised within a year with its hours and what the guard said when it was decided."""
    guard = {rule.id for rule in pack.rules if rule.condition and _tests_rarity(rule.condition)}
    told = []
    for case in sorted(found.force.cases, key=lambda one: one.authorised_at or one.starts_at, reverse=True):
        decided, out = case.last("authorise", "urgent"), counted(case, view.as_of).out
        findings = decided.data.get("findings", ()) if decided else ()
        at = case.authorised_at
        told.append(
            {
                "id": case.id,
                "href": case_path(case.id),
                "title": case.title,
                "area": case.area_name,
                "authorised_at": stamp(at) if at else "",
                "urgent": case.urgent,
                "hours": hours([out], Window(out.start, view.as_of)) if out and out.start < view.as_of else 0.0,
                "guard": [str(one.get("reason", "")) for one in findings if one.get("rule") in guard],
            }
        )
    return told


def _tests_rarity(condition: Condition) -> bool:
    return any(one.fact.name.startswith("rarity.") for one in comparisons(condition))
