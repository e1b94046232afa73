"""The figures of the readers' first screens, each from the published record alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from answerable.place import stamp
from answerable.policy.pack import Pack
from answerable.present.words import frequency
from answerable.service.adoption_said import public_adoption
from answerable.service.public_view import PublicCase, PublicEvent, PublicView
from answerable.web.catalogue import say
from answerable.web.once import once
from answerable.web.pages.brief import outside, unanswered, year_of
from answerable.web.pages.case_words import ENTRIES, VERDICTS
from answerable.web.pages.questions import answers, tally, used_from
from answerable.web.pages.rarity import LEVELS
from answerable.web.pages.sections import case_link, link
from answerable.web.policies import policies_of
from answerable.web.rare import rare

Fact = Callable[[PublicView, Pack | None], Any]
_LIVE = ("ACTIVE", "UNDER_REVIEW", "SUSPENDED")
_COMMISSIONER = {"pcc", "pcc_liaison"}


def _level(view: PublicView, pack: Pack | None) -> str:
    found = rare(view, pack) if pack else None
    if found is None:
        return say("readers.no_limit")
    words, _, means = LEVELS[found.force.level]
    return f"{words}. {means}"


def _trend(view: PublicView, pack: Pack | None) -> str:
    found = rare(view, pack) if pack else None
    return found.trend.sentence if found and found.trend else say("readers.not_tested")


def _live(view: PublicView, _pack: Pack | None) -> Any:
    running = [case for case in view.cases if case.state in _LIVE]
    if not running:
        return say("readers.none_live")
    return link(say("readers.is_live", case=running[0].id, area=running[0].area_name), case_link(running[0])["href"])


def _last_used(view: PublicView, _pack: Pack | None) -> Any:
    case = _last(view)
    if case is None:
        return say("readers.never")
    return link(f"{case.id}, {case.area_name}", case_link(case)["href"])


def _verdict(view: PublicView, _pack: Pack | None) -> str:
    case = _last(view)
    found = case.last("evaluate") if case else None
    return VERDICTS.get(str(found.data.get("verdict")), "") if found else say("readers.not_evaluated")


def _newest(view: PublicView, _pack: Pack | None) -> Any:
    if not view.cases:
        return say("readers.no_case")
    case = max(view.cases, key=lambda one: one.events[0].index)
    return link(f"{case.id}, {case.title}", case_link(case)["href"])


def _consultation(view: PublicView, _pack: Pack | None) -> Any:
    told = [public_adoption(name, events, view.as_of) for name, events in view.adoptions.items()]
    opened = [one for one in told if one["state"] == "CONSULTING"]
    if not opened:
        return say("consultation.open_none")
    return link(str(opened[-1]["title"]), "consultation.html")


def _rules(view: PublicView, _pack: Pack | None) -> str:
    found = [one.adoption for one in policies_of(view).standings if one.adoption is not None]
    if not found:
        return say("readers.no_rules")
    return "; ".join(f"{one.pack}@{one.pack_version}" for one in found)


def _rules_since(view: PublicView, _pack: Pack | None) -> Any:
    return {"at": stamp(view.policies[-1].at)} if view.policies else say("readers.no_rules")


def _told(view: PublicView, _pack: Pack | None) -> Any:
    newest = _newest_event(view)
    if newest is None:
        return say("readers.no_case")
    case, event = newest
    return link(f"{ENTRIES.get(event.kind, (event.kind,))[0]}, {case.id}", case_link(case)["href"])


def _told_at(view: PublicView, _pack: Pack | None) -> Any:
    newest = _newest_event(view)
    return {"at": stamp(newest[1].at)} if newest else say("readers.no_case")


def _unreached(view: PublicView, _pack: Pack | None) -> str:
    missed = sum(bool(_COMMISSIONER & set(case.not_consulted)) for case in view.having("authorise", "urgent"))
    return say("readers.of_authorised", count=missed, all=tally(view).authorised)


def _tested(view: PublicView, _pack: Pack | None) -> str:
    held = _findings(view)
    return say("readers.findings", held=held[True], failed=held[False], unknown=held[None])


def _one_office(view: PublicView, _pack: Pack | None) -> str:
    decided = view.having("authorise", "urgent")
    same = sum(event.office == case.events[0].office for case in decided if (event := case.last("authorise", "urgent")))
    return say("readers.of_authorised", count=same, all=len(decided))


def _ratified(view: PublicView, _pack: Pack | None) -> str:
    urgent = [case for case in view.having("urgent") if case.urgent]
    return say("readers.of_urgent", count=sum(case.ratified_at is not None for case in urgent), all=len(urgent))


def _overdue(view: PublicView, _pack: Pack | None) -> str:
    return str(len(view.overdue))


def _against(view: PublicView, _pack: Pack | None) -> str:
    return answers(view)[2].answer


def _picture(view: PublicView, _pack: Pack | None) -> str:
    if not view.pictures:
        return say("track.pictures_none")
    data = view.pictures[-1].data
    highest = max((float(area["p"]) for area in data["areas"]), default=0.0)
    model = str(data.get("model", "")).replace("_", " ")
    return say("readers.pictured", model=model, base=frequency(float(data["p_base"])), highest=frequency(highest))


def _chain(view: PublicView, _pack: Pack | None) -> str:
    return "; ".join(view.problems) or say("readers.unbroken")


def _signed(view: PublicView, _pack: Pack | None) -> str:
    return say("readers.head", size=view.size, by=view.signed_by)


FACTS: Mapping[str, Fact] = {
    "used": year_of,
    "refused": lambda view, _pack: str(tally(view).refused),
    "blocked": lambda view, _pack: str(tally(view).blocked),
    "urgent": lambda view, _pack: str(tally(view).urgent),
    "unanswered": lambda view, _pack: str(unanswered(view)),
    "outside": lambda view, _pack: str(outside(view)),
    "overdue": _overdue,
    "level": _level,
    "trend": _trend,
    "live": _live,
    "last_used": _last_used,
    "verdict": _verdict,
    "newest": _newest,
    "consultation": _consultation,
    "rules": _rules,
    "rules_since": _rules_since,
    "told": _told,
    "told_at": _told_at,
    "unreached": _unreached,
    "tested": _tested,
    "one_office": _one_office,
    "ratified": _ratified,
    "advice": _against,
    "picture": _picture,
    "chain": _chain,
    "signed": _signed,
    "unopened": lambda view, _pack: str(view.unopened),
    "command": lambda _view, _pack: "answerable record verify FILE.tlog-proof --policy log-policy",
    "persons": lambda _view, _pack: say("readers.no_person"),
    "looked": lambda _view, _pack: say("readers.who_looked"),
    "kept": lambda _view, _pack: say("readers.how_long"),
    "scores": lambda _view, _pack: link(say("track.title"), "track-record.html"),
}


def _last(view: PublicView) -> PublicCase | None:
    started = [(event.at, case) for case in view.having("start") if (event := used_from(case, view)) is not None]
    return max(started, key=lambda one: one[0])[1] if started else None


@once
def _newest_event(view: PublicView) -> tuple[PublicCase, PublicEvent] | None:
    return max(((case, case.events[-1]) for case in view.cases), key=lambda one: one[1].at, default=None)


def _findings(view: PublicView) -> Counter[bool | None]:
    """Count every finding that an entry publishes by whether it held."""
    return view.of_entries(("findings",), lambda: sum((case.findings for case in view.cases), Counter()))
