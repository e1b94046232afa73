"""The intelligence desk: reports with their grades, what waits for an outcome, what grades have been worth."""

from __future__ import annotations

from typing import Any

from answerable.errors import AnswerableError, InputError
from answerable.place import stamp
from answerable.service import intelligence
from answerable.service.intel_kept import as_json
from answerable.service.processing import note_processing
from answerable.web.desk import Desk, Go, Result, Shown, Visit
from answerable.web.fields import Field, Values, filled, known
from answerable.web.pages.staff_open import point
from answerable.web.render import Page
from answerable.web.staff_cases import problem_of, sent_with

READERS = ("analyst", "intel_evaluator")
EVALUATORS = ("intel_evaluator",)
# The forecast risk at which the ledger is read: what most places and windows have.
_RARE = 0.01
_SOURCES = (("1", "1 reliable"), ("2", "2 untested"), ("3", "3 not reliable"))
_INFORMATION = (
    ("A", "A known directly"), ("B", "B known indirectly, corroborated"), ("C", "C known indirectly"),
    ("D", "D not known"), ("E", "E suspected to be false"),
)  # fmt: skip
_OUTCOMES = (
    ("materialised", "It happened"), ("refuted", "It was shown to be false"), ("nothing_found", "Nothing was found"),
    ("unknown", "Cannot be told"),
)  # fmt: skip
FIELDS = (
    Field("ref", "Reference"),
    Field("source", "Source", "select", options=_SOURCES, value="2"),
    Field("information", "Information", "select", options=_INFORMATION, value="B"),
    Field("handling", "Handling", "select", options=(("P", "P lawful sharing permitted"), ("C", "C with conditions"))),
    Field("originator", "Office that brought it", hint="Never the one that evaluates it."),
    Field("origin_key", "Fingerprint of where it came from", hint="One origin counts once, however often it is told."),
    Field("received_at", "Received", "datetime-local"),
    Field("from", "It is about a time from", "datetime-local"),
    Field("to", "until", "datetime-local"),
    Field("name", "Place"),
    Field("place", "Its middle, as longitude and latitude"),
    Field("gist", "Gist, in 280 characters; never a name", "area"),
)


def add_intelligence(desk: Desk) -> None:
    """Put the routes of the desk into the site."""
    desk.page("/intelligence", desk_page, READERS, "Reports, what waits, and what grades are worth")
    desk.page("/report", report_page, EVALUATORS, "Take a report in: the form")
    desk.act("/report", add_report, EVALUATORS, "Take a report in", [one.name for one in FIELDS])
    desk.act("/report/resolve", resolve, READERS, "Say what became of a report", ("ref", "outcome", "acted_on"))
    desk.act("/report/grade", grade, EVALUATORS, "Grade a report again", ("ref", "source", "information", "reason"))


def desk_page(visit: Visit, problems: list[dict[str, str]] | None = None) -> Page:
    """Return every report with its grade, those whose window is over without an outcome, and the ledger of grades."""
    reports = [as_json(one) for one in intelligence.kept_reports(visit.workspace)]
    note_processing(visit.workspace, "consulted", ("report", "all"), "intelligence_work", visit.account)
    data = {
        "reports": reports,
        "waiting": [one.ref for one in intelligence.waiting(visit.workspace)],
        "reliability": _worth(visit),
        "may_add": bool(visit.roles & set(EVALUATORS)),
        "outcomes": _OUTCOMES,
        "sources": _SOURCES,
        "information": _INFORMATION,
        "problems": problems or [],
        "now": stamp(visit.workspace.clock.now()),
    }
    return Page("intelligence.html", "Intelligence desk", "staff/intelligence.html", data)


def report_page(
    _visit: Visit, values: dict[str, str] | None = None, problems: list[dict[str, str]] | None = None
) -> Page:
    """Return the form for one report."""
    data = {"fields": [one.as_json() for one in filled(FIELDS, values or {})], "problems": problems or []}
    return Page("report.html", "Take a report in", "staff/report.html", data)


def _worth(visit: Visit) -> dict[str, Any]:
    """Return what the outcomes say of each grade, as likelihood ratios with their intervals."""
    ledger = intelligence.reliability(visit.workspace)
    cells = sorted({one.cell for one in ledger.trials})
    return {"outcomes": ledger.outcomes, "grades": [ledger.ratio(cell, _RARE).as_json() for cell in cells]}


def add_report(visit: Visit) -> Result:
    """Take one report in, evaluated by whoever is signed in; what looks like a person in it is held back."""
    sent = sent_with(visit)
    try:
        kept = intelligence.add(visit.workspace, _document(Values(sent)), visit.account)
    except AnswerableError as error:
        if not isinstance(error, InputError):
            raise
        return Shown(report_page(visit, sent, [problem_of(error)]), 400)
    return Go("intelligence.html", {"ref": kept.report.ref})


def _document(values: Values) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: values.text(name)
        for name in ("ref", "source", "information", "handling", "originator", "origin_key", "received_at", "gist")
    }
    if values.text("from") or values.text("to"):
        found["event_window"] = {"from": values.text("from"), "to": values.text("to")}
    if values.text("place"):
        found["place"] = {"name": values.text("name") or "Place", "place": point(values), "radius_m": 300}
    return known(found)


def resolve(visit: Visit) -> Result:
    """Keep what became of a report."""
    sent = Values(sent_with(visit))
    acted_on = sent.text("acted_on") == "yes"
    intelligence.resolve_report(
        visit.workspace, sent.text("ref"), sent.text("outcome"), visit.account, acted_on=acted_on
    )
    return Go("intelligence.html")


def grade(visit: Visit) -> Result:
    """Grade a report again; what it was stays in its history."""
    sent = Values(sent_with(visit))
    ref, source, information = (sent.text(name) for name in ("ref", "source", "information"))
    intelligence.regrade(visit.workspace, ref, source, information, visit.account, reason=sent.text("reason"))
    return Go("intelligence.html")
