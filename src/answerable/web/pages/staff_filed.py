"""A case as it was filed: what is asked for, on what grounds and reports, and by what it will be judged.

Most of it is for those who decide: whoever signs has had the reasons before their eyes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from answerable.present.casefile.source import capital
from answerable.web.pages import blocks
from answerable.web.pages.blocks import Block
from answerable.web.pages.case_words import TRIGGERS, plain
from answerable.web.pages.details import details, grade_words

_GROUNDS = {
    "trigger": "Set off by", "incident": "The assault", "limb": "Ground for arming", "operation": "Operation",
    "legal": "The law's threshold", "legal_reasons": "Why",
    "extreme": "Extreme circumstances, a second and higher test",
    "harm": "The harm that is feared", "extreme_reasons": "Why they are extreme", "purposes": "Purposes",
    "recurring": "To be repeated",
}  # fmt: skip
_REPORTS = {
    "grade": "Grade", "handling": "Handling", "from": "Brought by", "received_at": "Received",
    "from_at": "Expected from", "to_at": "Until", "gist": "In short",
}  # fmt: skip
_FINDINGS = {True: "Held", False: "Did not hold", None: "Not known"}


_HANDLING = {"P": "P: lawful sharing permitted", "C": "C: lawful sharing permitted with conditions"}


def filed(
    document: Mapping[str, Any], events: Sequence[Mapping[str, Any]], *, gists: bool, alternatives: bool
) -> list[Block]:
    """Return the case file ``document`` as blocks; ``events`` (as ``show_case`` gives them) hold the computed picture.

    ``gists`` is whether what reports say may be shown, beside their references and grades; ``alternatives`` whether
    the page does not show them by itself.
    """
    picture = next((one["data"]["picture"] for one in reversed(events) if one["data"].get("picture")), None)
    assessed = {
        "judgement": document.get("judgement"),
        "picture": picture or document.get("forecast"),
        **{name: document.get(name) for name in ("support", "community_impact", "equality_impact")},
        "alternatives": document.get("alternatives") if alternatives else None,
    }
    found = (
        blocks.rows("What is asked for, and why", _grounds(document), _GROUNDS),
        *(blocks.rows(f"Report {one['ref']}", one, _REPORTS) for one in _reports(document, gists=gists)),
        *details("assess", assessed),
        blocks.rows("Advice and views noted in the file", _noted(document), _NOTED),
        *details("authorise", {"evaluation_plan": document.get("evaluation_plan")}),
    )
    return [block for block in found if block]


def newest_findings(events: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the newest finding of every rule that any step of the case tested, and at which step that was."""
    found: dict[str, dict[str, Any]] = {}
    for event in events:
        step = str(event["data"].get("transition") or event["kind"])
        for one in event["data"].get("findings") or ():
            said = {"says": "", "reason": "", **one}
            found[str(one["rule"])] = {**said, "answer": _FINDINGS[one.get("holds")], "step": plain(step)}
    return [found[rule] for rule in sorted(found)]


def _grounds(document: Mapping[str, Any]) -> dict[str, Any]:
    trigger, app = _part(document, "trigger"), _part(document, "app")
    tests = _part(document, "tests")
    legal, extreme = _part(tests, "legal"), _part(tests, "extreme")
    incident = _part(document, "incident")
    kind = str(trigger.get("type", ""))
    return {
        "trigger": capital(TRIGGERS.get(kind, plain(kind))),
        "incident": {name: incident[name] for name in ("ref", "class", "verified", "occurred_at") if name in incident},
        "limb": app.get("limb"),
        "operation": app.get("operation"),
        "legal": _answered(legal, plain(legal.get("standard", ""))),
        "legal_reasons": legal.get("reasons"),
        "extreme": _answered(extreme, ""),
        "harm": extreme.get("harm"),
        "extreme_reasons": extreme.get("reasons"),
        "purposes": document.get("purposes"),
        "recurring": document.get("recurring"),
    }


def _answered(test: Mapping[str, Any], standard: str) -> str:
    answer = test.get("answer")
    said = "said to be met" if answer is True else "said not to be met" if answer is False else ""
    return f"{said}; the standard is: {standard.lower()}" if said and standard else said


def _reports(document: Mapping[str, Any], *, gists: bool) -> list[dict[str, Any]]:
    return [
        {
            "ref": one.get("ref"),
            "grade": grade_words(f"{one.get('source', '')}{one.get('information', '')}"),
            "handling": _HANDLING.get(str(one.get("handling")), one.get("handling")),
            "from": one.get("originator"),
            "received_at": one.get("received_at"),
            "from_at": _part(one, "event_window").get("from"),
            "to_at": _part(one, "event_window").get("to"),
            "gist": one.get("gist") if gists else None,
        }
        for one in document.get("reports") or ()
        if isinstance(one, Mapping)
    ]


_NOTED = {"tactical_advice": "Tactical advice", "outside_command": "From outside the chain of command"}


def _noted(document: Mapping[str, Any]) -> dict[str, Any]:
    advice = _part(document, "tactical_advice")
    return {
        "tactical_advice": "given" if advice.get("given") else None,
        "outside_command": advice.get("outside_command"),
    }


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = document.get(name)
    return found if isinstance(found, Mapping) else {}
