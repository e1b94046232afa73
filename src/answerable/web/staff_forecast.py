"""The forecast room: one window after another, each with its map, its table and what it rests on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from answerable.errors import AnswerableError
from answerable.forecast.base import PlaceForecast
from answerable.place import Area, Window, local, stamp
from answerable.present.svg_map import area_map, cell_map
from answerable.present.words import frequency, thousandths, window_words
from answerable.record.verify import WATERMARKS
from answerable.service.forecasting import Picture, make_picture
from answerable.service.workspace import Workspace
from answerable.web.desk import NAVIGATION, Desk, Visit
from answerable.web.render import Page

Wards = Sequence[tuple[Area, PlaceForecast]]
HOURS, STEPS = 8, 9
"""The hours of one window, and how many windows can be looked at from the next full hour on."""
MODEL = "seasonal"
"""Windows differ only by a model that knows hours and days; the long-run map knows neither."""


def add_forecast(desk: Desk) -> None:
    """Put the route of the room into the site."""
    roles = next(roles for path, _, roles in NAVIGATION if path == "forecast.html")
    desk.page("/forecast", forecast_page, roles, "The forecast of the next days, window by window", query=("step",))


def forecast_page(visit: Visit) -> Page:
    """Return the forecast of one window; ranked cells and a map of them stay out of a real workspace.

    What is drawn is kept until the hour is over or something was imported: nothing in it changes sooner.
    """
    asked = visit.query.get("step", "")
    step = int(asked) if asked.isdecimal() and int(asked) < STEPS else 0
    hour = visit.workspace.clock.now().replace(minute=0, second=0, microsecond=0)
    key = (hour, len(visit.workspace.library))
    return visit.desk.kept(f"forecast {step}", key, lambda: _made(visit.workspace, hour, step))


def _made(workspace: Workspace, hour: datetime, step: int) -> Page:
    windows = [Window.of_hours(hour + timedelta(hours=1 + HOURS * i), HOURS) for i in range(STEPS)]
    tz = workspace.settings.time_zone or "UTC"
    steps = [{"step": i, "words": _short(one, tz), "here": i == step} for i, one in enumerate(windows)]
    try:
        picture = make_picture(workspace, windows[step], model_name=MODEL)
    except AnswerableError as error:
        nothing: dict[str, Any] = {"forecast": None, "why_not": str(error), "steps": [], "step": 0}
        return Page("forecast.html", "Forecast", "staff_forecast.html", nothing)
    wards = [(part, picture.of(part)) for part in picture.parts]
    data = {"forecast": _said_of(workspace, picture, wards, tz), "why_not": "", "steps": steps, "step": step}
    drawn = _drawn(workspace, picture, wards, tz)
    return Page("forecast.html", "Forecast", "staff_forecast.html", data, {"map": drawn} if drawn else {})


def _said_of(workspace: Workspace, picture: Picture, wards: Wards, tz: str) -> dict[str, Any]:
    """Say a picture: each ward beside the mean ward, and a square's rate only where squares are drawn."""
    forecast = picture.forecast
    base = _mean_ward(wards)
    places = [(part.name, told) for part, told in wards] or [("The study area", picture.of(picture.area))]
    square = {"words": frequency(forecast.p_base), "metres": forecast.grid.cell_m}
    return {
        "model": forecast.model,
        "window": window_words(forecast.window, tz),
        "base": frequency(base) if base else "",
        "square": square if _squares_are_drawn(workspace) else None,
        "issued_at": stamp(forecast.issued_at),
        "data_until": stamp(forecast.data_until),
        "notes": list(forecast.notes),
        "rows": [_row(name, told, base) for name, told in sorted(places, key=lambda place: place[0])],
    }


def _mean_ward(wards: Wards) -> float:
    """Return the chance in a ward with the mean number of expected incidents; 0 where the ground has no wards."""
    return -math.expm1(-sum(told.expected for _, told in wards) / len(wards)) if wards else 0.0


def _row(name: str, told: PlaceForecast, base: float) -> dict[str, Any]:
    interval = f"{thousandths(told.p_low)} to {thousandths(told.p_high)}"
    return {
        "name": name,
        "p": told.p,
        "in_1000": thousandths(told.p),
        "interval": interval,
        "times": told.p / base if base else None,
    }


def _squares_are_drawn(workspace: Workspace) -> bool:
    # In a real workspace a picture for planning is of wards or coarser, never of cells.
    return workspace.settings.kind != "real"


def _drawn(workspace: Workspace, picture: Picture, wards: Wards, tz: str) -> str:
    mark = WATERMARKS.get(workspace.settings.kind, "")
    if _squares_are_drawn(workspace):
        return cell_map(picture.forecast, areas=picture.parts, watermark=mark, tz=tz, styled=False)
    if not wards:
        return ""
    lines = (
        f"{window_words(picture.forecast.window, tz)}. Model {picture.forecast.model}.",
        f"A ward of average size: {frequency(_mean_ward(wards))}.",
    )
    title = "Chance of at least one incident, by ward"
    return area_map([(part, told.p) for part, told in wards], title=title, watermark=mark, lines=lines, styled=False)


def _short(window: Window, tz: str) -> str:
    start, end = local(window.start, tz), local(window.end, tz)
    return f"{start:%a} {start.day} {start:%b}, {start:%H:%M} to {end:%H:%M}"
