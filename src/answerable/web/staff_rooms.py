"""The rooms of the staff site beside cases: the desk, what is live, the forecast, and what was tried and looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from answerable.errors import AnswerableError
from answerable.forecast.base import PlaceForecast
from answerable.place import Window
from answerable.present.svg_map import cell_map
from answerable.present.words import frequencies, frequency, window_words
from answerable.record.verify import WATERMARKS
from answerable.service.audit import audit_lines
from answerable.service.cases import list_cases, show_case
from answerable.service.forecasting import make_picture
from answerable.service.processing import note_processing, processing_lines, readers
from answerable.service.status import status_of
from answerable.web.desk import ANYONE, NAVIGATION, Desk, Visit
from answerable.web.pages import staff_case
from answerable.web.pages.staff_tasks import waiting_for
from answerable.web.render import Page

LIVE = ("AUTHORISED", "ACTIVE", "UNDER_REVIEW", "SUSPENDED")
WAITING = ("DRAFT", "SUBMITTED", "ASSESSED", "CONSULTED", *LIVE)
_HOURS_AHEAD = 12
_SHOWN = 500


def add_rooms(desk: Desk) -> None:
    """Put the routes of these rooms into the site."""
    allowed = {path.removesuffix(".html"): roles for path, _, roles in NAVIGATION}
    desk.page("/index", index_page, (ANYONE,), "The desk: what waits for you")
    desk.page("/live", live_page, (ANYONE,), "What is authorised or under way, with its clocks")
    desk.page("/forecast", forecast_page, allowed["forecast"], "The forecast of the next hours")
    desk.page("/audit", audit_page, allowed["audit"], "What was tried and not allowed, and who signed in")
    desk.page("/processing", processing_page, tuple(sorted(readers())), "Who looked at, changed or handed on what")


def index_page(visit: Visit) -> Page:
    """Return the desk: how the workspace stands, and the open cases in which this account can do something."""
    mine = []
    for line in list_cases(visit.workspace):
        if line["state"] not in WAITING:
            continue
        shown = show_case(visit.workspace, line["id"])
        pack = visit.workspace.pack
        steps = [
            step
            for step in shown["possible"]
            if visit.roles & set(pack.roles.get({"advise": "consult"}.get(step, step), ()))
        ]
        mine.append({**staff_case.cases_page([line]).data["cases"][0], "steps": staff_case.steps_in_words(steps),
                     "waiting_for": waiting_for(shown, pack)})  # fmt: skip
    data = {"status": status_of(visit.workspace).as_json(), "mine": mine, "account": visit.account}
    return Page("index.html", "Desk", "staff/index.html", data)


def live_page(visit: Visit) -> Page:
    """Return what is authorised or under way, the next clock first, each with the button that ends it."""
    ends = set(visit.workspace.pack.roles.get("end", ()))
    found = []
    for line in list_cases(visit.workspace):
        if line["state"] in LIVE:
            shown = show_case(visit.workspace, line["id"])
            page = staff_case.case_page(shown, ())
            found.append(
                {
                    **{name: page.data["case"][name] for name in ("id", "title", "area", "window", "standing", "tone")},
                    "clocks": page.data["clocks"],
                    "may_end": "end" in shown["possible"] and bool(visit.roles & ends),
                    "may_revoke": "revoke" in shown["possible"] and "end" not in shown["possible"]
                    and bool(visit.roles & set(visit.workspace.pack.roles.get("revoke", ()))),
                    "conditions": shown["conditions"],
                }
            )  # fmt: skip
    found.sort(key=lambda one: one["clocks"][0]["at"] if one["clocks"] else "")
    return Page("live.html", "Live deployments", "staff/live.html", {"live": found})


def audit_page(visit: Visit) -> Page:
    """Return what was tried and not allowed, and what was done outside the log; the newest first."""
    note_processing(visit.workspace, "consulted", ("audit log", "all"), "oversight", visit.account)
    lines = audit_lines(visit.workspace)
    data = {"lines": lines[::-1][:_SHOWN], "count": len(lines), "may_process": bool(visit.roles & readers())}
    return Page("audit.html", "Audit", "staff/audit.html", data)


def processing_page(visit: Visit) -> Page:
    """Return the log of processing: who looked at, changed or handed on what, and on what ground."""
    lines = processing_lines(visit.workspace, visit.account)
    data = {"lines": lines[::-1][:_SHOWN], "count": len(lines)}
    return Page("processing.html", "Log of processing", "staff/processing.html", data)


def forecast_page(visit: Visit) -> Page:
    """Return the forecast of the next hours; ranked cells and a map of them stay out of a real workspace."""
    workspace = visit.workspace
    now = workspace.clock.now()
    window = Window.of_hours(now.replace(minute=0, second=0) + timedelta(hours=1), _HOURS_AHEAD)
    try:
        picture = make_picture(workspace, window)
    except AnswerableError as error:
        return Page("forecast.html", "Forecast", "staff_forecast.html", {"forecast": None, "why_not": str(error)})
    forecast = picture.forecast
    parts = [(part.name, picture.of(part)) for part in picture.parts] or [("The study area", picture.of(picture.area))]
    parts.sort(key=lambda part: part[0])
    rows: list[dict[str, Any]] = [
        {"name": name, **dict(zip(("words", "low", "high"), said, strict=True))}
        for (name, _), said in zip(parts, _said(told for _, told in parts), strict=True)
    ]
    tz = workspace.settings.time_zone or "UTC"
    about = {
        "model": forecast.model,
        "window": window_words(forecast.window, tz),
        "base": frequency(forecast.p_base),
        "cell_m": forecast.grid.cell_m,
        "notes": list(forecast.notes),
        "rows": rows,
    }
    data = {"forecast": about, "why_not": ""}
    if workspace.settings.kind == "real":
        return Page("forecast.html", "Forecast", "staff_forecast.html", data)
    mark = WATERMARKS.get(workspace.settings.kind, "")
    drawn = cell_map(forecast, areas=picture.parts, watermark=mark, tz=tz, styled=False)
    return Page("forecast.html", "Forecast", "staff_forecast.html", data, {"map": drawn})


def _said(told: Iterable[PlaceForecast]) -> Iterator[tuple[str, ...]]:
    """Yield chance, low and high end of each place, all of the same number of windows, so that they compare."""
    values = [p for one in told for p in (one.p, one.p_low, one.p_high)]
    said = iter(frequencies(values))
    return zip(said, said, said, strict=True)
