"""The staff site: what the public does not see of cases and forecasts. It only reads; nobody decides here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from answerable.clock import Clock, SystemClock
from answerable.errors import AnswerableError, UsageError
from answerable.forecast.base import PlaceForecast
from answerable.place import Window
from answerable.present.svg_map import cell_map
from answerable.present.words import frequencies, frequency, window_words
from answerable.record.verify import WATERMARKS
from answerable.service.audit import audit_lines
from answerable.service.cases import list_cases, show_case
from answerable.service.forecasting import make_picture
from answerable.service.processing import note_processing
from answerable.service.status import status_of
from answerable.service.workspace import Workspace, open_workspace
from answerable.web.headers import SecurityHeaders
from answerable.web.pages import staff_case
from answerable.web.reading import PublicReader
from answerable.web.render import Frame, Page, html, twin
from answerable.web.site import STATIC, static

NAVIGATION = (("index.html", "Workspace"), ("cases.html", "Cases"), ("forecast.html", "Forecast"))
STRAP = "Staff only: more than the public may see, and nothing can be decided here"
_TYPES = {"css": "text/css; charset=utf-8", "svg": "image/svg+xml"}
_HOURS_AHEAD = 12


def staff_app(folder: Path, clock: Clock) -> ASGIApp:
    """Return the staff site of the workspace in ``folder``; every request opens it, reads, and closes it again."""
    app = FastAPI(title="Answerable, staff", docs_url=None, redoc_url=None, openapi_url=None)
    read = PublicReader(folder / "public", clock, watch=SystemClock())

    @app.api_route("/", methods=["GET", "HEAD"])
    def root() -> Response:
        return RedirectResponse("index.html")

    @app.api_route("/{name}.{form}", methods=["GET", "HEAD"])
    def page(name: str, form: str) -> Response:
        if f"{name}.{form}" in STATIC:
            return Response(static(f"{name}.{form}"), media_type=_TYPES[form])
        with open_workspace(folder, clock) as workspace:
            built = _page(workspace, name) if form in ("html", "json") else None
            if built is None:
                raise HTTPException(404)
            view = read()
            frame = Frame.of(replace(view, tz=workspace.settings.time_zone or view.tz))
            if form == "json":
                return Response(twin(built, frame), media_type="application/json")
            return Response(html(built, frame, NAVIGATION, STRAP), media_type="text/html; charset=utf-8")

    return SecurityHeaders(app)


def _page(workspace: Workspace, name: str) -> Page | None:
    if name == "index":
        return Page("index.html", "Workspace", "staff_index.html", {"status": status_of(workspace).as_json()})
    if name == "cases":
        return staff_case.cases_page(list_cases(workspace))
    if name == "forecast":
        return _forecast(workspace)
    if name.startswith("case-"):
        return _case(workspace, name.removeprefix("case-"))
    return None


def _case(workspace: Workspace, case_id: str) -> Page | None:
    try:
        shown = show_case(workspace, case_id)
    except UsageError:
        return None
    note_processing(workspace, "consulted", ("case", case_id), "case_work")
    return staff_case.case_page(shown, audit_lines(workspace, case_id))


def _forecast(workspace: Workspace) -> Page:
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
    # Ranked cells stay out of a real workspace, and so does a map of them.
    if workspace.settings.kind == "real":
        return Page("forecast.html", "Forecast", "staff_forecast.html", {"forecast": about, "why_not": ""})
    mark = WATERMARKS.get(workspace.settings.kind, "")
    drawn = cell_map(forecast, areas=picture.parts, watermark=mark, tz=tz, styled=False)
    data = {"forecast": about, "why_not": ""}
    return Page("forecast.html", "Forecast", "staff_forecast.html", data, {"map": drawn})


def _said(told: Iterable[PlaceForecast]) -> Iterator[tuple[str, ...]]:
    """Yield chance, low and high end of each place, all of the same number of windows, so that they compare."""
    values = [p for one in told for p in (one.p, one.p_low, one.p_high)]
    said = iter(frequencies(values))
    return zip(said, said, said, strict=True)
