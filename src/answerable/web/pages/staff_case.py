"""A case as those who work on it need it: where it stands, until when, what it waits for, what was said and tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from answerable.place import read_stamp
from answerable.service.public_view import PublicEvent
from answerable.web.pages.case_words import (
    ACTS,
    MEANINGS,
    NAMES,
    STANCES,
    TONES,
    TRIGGERS,
    duty_words,
    office,
    plain,
)  # fmt: skip
from answerable.web.pages.entries import entry
from answerable.web.pages.staff_filed import newest_findings
from answerable.web.render import Page

_HOUR = 60


def cases_page(lines: Sequence[Mapping[str, Any]]) -> Page:
    """Return a list of cases with their states in words."""
    return Page("cases.html", "Cases", "staff_cases.html", {"cases": [in_words(line) for line in lines]})


def in_words(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a list says of a case together with its state in words."""
    return {**line, **_standing(line)}


def case_page(case: Mapping[str, Any], attempts: Sequence[Mapping[str, str]]) -> Page:
    """Return the page of one case as ``show_case`` gives it; ``attempts`` are the lines of its audit log."""
    data = {
        "case": {
            **case,
            **_standing(case),
            "trigger": TRIGGERS.get(case["trigger"], plain(case["trigger"])),
            "meaning": MEANINGS.get(str(case["state"]).lower(), ""),
        },
        "clocks": [{**clock, "left": _left(clock["minutes"])} for clock in case["countdown"]],
        "advice": [_advice(one) for one in case["advice"]],
        "not_consulted": [office(one) for one in case["not_consulted"]],
        "owed": [_owed(one) for one in case["duties"]],
        "copied": _copied(case.get("copied_reasons")),
        "next_steps": [ACTS.get(kind, plain(kind)) for kind in case["possible"]],
        "entries": [_entry(event) for event in case["events"]],
        "findings": newest_findings(case["events"]),
        "attempts": [dict(line) for line in attempts],
    }
    return Page(f"case-{case['id']}.html", f"Case {case['id']}", "staff_case.html", data)


def steps_in_words(steps: Sequence[str]) -> list[str]:
    """Return steps as they read after "to"."""
    return [ACTS.get(step, plain(step)) for step in steps]


def _standing(line: Mapping[str, Any]) -> dict[str, str]:
    word = str(line["state"]).lower()
    return {"standing": NAMES.get(word, plain(word)), "tone": TONES.get(word, "open")}


def _left(minutes: int) -> str:
    """Say a time that is left.

    >>> _left(0), _left(59), _left(61), _left(3000)
    ('less than a minute', '59 min', '1 h 1 min', '2 days 2 h')
    """
    if minutes < 1:
        return "less than a minute"
    if minutes < _HOUR:
        return f"{minutes} min"
    hours, rest = divmod(minutes, _HOUR)
    return f"{hours} h {rest} min" if hours < 48 else f"{hours // 24} days {hours % 24} h"


def _advice(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **one,
        "adviser": office(one["adviser"]),
        "says": STANCES.get(one["stance"], plain(one["stance"]).lower()),
        "kept_back": bool(one["text"]) and not one["published"],
    }


def _owed(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "what": duty_words(one["kind"], one["what"], one["owner"]),
        "due": one["due"],
        "overdue": one["overdue"],
    }


def _copied(found: Any) -> dict[str, Any] | None:
    if not isinstance(found, Mapping):
        return None
    return {"step": plain(found.get("event", "")).lower(), "case": str(found.get("case") or found.get("of") or "")}


def _entry(event: Mapping[str, Any]) -> dict[str, Any]:
    index = event["index"]
    shown = PublicEvent(
        index=-1 if index is None else index,
        kind=event["kind"],
        at=read_stamp(event["at"]),
        office=event["office"],
        data=event["data"],
        proof="",
    )
    return {**entry(shown), "index": index}
