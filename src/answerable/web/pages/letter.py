"""A letter to residents: what the record says of one area on one day, in plain words from the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from answerable.place import Window, local, zone
from answerable.service.public_view import PublicCase, PublicView
from answerable.web.catalogue import say
from answerable.web.fields import in_reach
from answerable.web.pages.case_words import TRIGGERS, VERDICTS, office, plain
from answerable.web.pages.cases import advice
from answerable.web.pages.sections import page, section
from answerable.web.render import Page

PATH = "letter.html"


def letter(view: PublicView, asked: Mapping[str, str] | None = None) -> Page:
    """Return the letter that was ``asked`` for (area, date); for a folder (None), the one about the newest case."""
    areas = sorted({case.area_name for case in view.cases})
    typed = {name: (asked or {}).get(name, "").strip() for name in ("area", "date")}
    form: dict[str, Any] = {
        "served": asked is not None,
        "areas": areas,
        "typed": typed,
        "problem": "",
        "written": False,
    }
    words = {key: say(f"letter.{key}") for key in ("ask_area", "ask_date", "ask_date_hint", "ask", "folder")}
    form["words"] = words | {"ask_area_hint": say("letter.ask_area_hint", areas="; ".join(areas) or "none yet")}
    if not areas:
        return page(PATH, "letter", [section("", paragraphs=[say("letter.empty")])], template="letter.html", **form)
    if asked is None:
        newest = max(view.cases, key=lambda case: case.starts_at)
        return _written(view, newest.area_name, local(newest.starts_at, view.tz).date(), form)
    if not any(typed.values()):
        return page(PATH, "letter", [], template="letter.html", **form)
    day = _day(typed["date"])
    area = next((name for name in areas if name.casefold() == typed["area"].casefold()), None)
    if area is None or day is None:
        problem = say("letter.not_known" if area is None else "letter.not_a_day")
        return page(PATH, "letter", [], template="letter.html", **{**form, "problem": problem})
    return _written(view, area, day, form)


def _written(view: PublicView, area: str, day: date, form: dict[str, Any]) -> Page:
    there = _window(day, view.tz)
    cases = [case for case in view.cases if case.area_name == area and _on(case, there)]
    told = [
        section(say("told.letter.case", id=case.id, title=case.title), paragraphs=about(case, view)) for case in cases
    ]
    shown = f"{day.day} {day:%B %Y}"
    first = section(say("letter.greeting", area=area), paragraphs=[say("letter.about", day=shown)])
    none = [] if cases else [section("", paragraphs=[say("letter.none", area=area)])]

    last = section("", paragraphs=[say("letter.complain")])
    return page(PATH, "letter", [first, *none, *told, last], template="letter.html", **{**form, "written": True})


def about(case: PublicCase, view: PublicView) -> list[str]:
    """Return what a resident is told of one case: what, why, who decided, who was asked, and whether it worked."""
    said = [_what(case, view), say("letter.ground", trigger=TRIGGERS.get(case.trigger, plain(case.trigger).lower()))]
    decided, refused = case.last("ratify", "authorise", "urgent"), case.last("refuse")
    reasons = decided and (decided.data.get("public_text") or decided.data.get("reasons"))
    if reasons and not refused:
        said.append(say("letter.why", reasons=_sentence(reasons)))
    if refused and refused.data.get("reasons"):
        said.append(say("letter.why_not", reasons=_sentence(refused.data["reasons"])))
    if refused or case.last("blocked"):
        said.append(say("letter.not_limited"))
    by = refused or decided
    said.append(say("letter.decided", office=office(by.office)) if by else say("letter.undecided"))
    if case.last("blocked") and not by:
        said.append(say("letter.blocked"))
    if case.last("withdraw"):
        said.append(say("letter.withdrawn"))
    return [*said, *_asked(case), *_worked(case), say("letter.check", case=case.id)]


def _what(case: PublicCase, view: PublicView) -> str:
    began = case.started_at if case.started_at and case.started_at <= view.as_of else None
    ended = min(case.ended_at or case.ends_at, case.ends_at) if began else case.ends_at
    key = "unused"
    if began:
        key = "running" if view.as_of < ended else "used"
    elif case.authorised_at and case.ended_at is None and view.as_of < case.ends_at:
        key = "planned"
    start, end = (_clock(at, view.tz) for at in (began or case.starts_at, ended))
    return say(f"letter.{key}", area=case.area_name, case=case.id, start=start, end=end)


def _asked(case: PublicCase) -> list[str]:
    asked = [say("told.letter.the_who", one=one["adviser"], one2=one["says"]) for one in advice(case)]
    missed = [say("told.letter.the", one=office(one)) for one in case.not_consulted]
    lines = [say("letter.asked", offices="; ".join(asked))] if asked else []
    return lines + ([say("letter.not_asked", offices="; ".join(missed))] if missed else [])


def _worked(case: PublicCase) -> list[str]:
    if case.started_at is None:
        return []
    found = case.last("evaluate")
    verdict = VERDICTS.get(str(found.data.get("verdict")), "") if found else ""
    return [say("letter.worked", verdict=verdict) if verdict else say("letter.not_worked")]


def _window(day: date, tz: str) -> Window:
    """Return a day from local midnight to local midnight."""
    first, last = (datetime.combine(one, time(), zone(tz)) for one in (day, day + timedelta(days=1)))
    return Window(first.astimezone(UTC), last.astimezone(UTC))


def _on(case: PublicCase, day: Window) -> bool:
    return case.starts_at < day.end and max(case.ended_at or case.ends_at, case.starts_at) >= day.start


def _clock(at: Any, tz: str) -> str:
    there = local(at, tz)
    return f"{there:%H:%M} on {there.day} {there:%B %Y}"


def _sentence(text: Any) -> str:
    return str(text).strip()


def _day(text: str) -> date | None:
    """Return the day that was typed; None for none, and for one so far off that its midnights cannot be reckoned."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if in_reach(day) else None
