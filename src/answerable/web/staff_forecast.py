"""The forecast room: one window after another, each with its map, its table and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from answerable.errors import AnswerableError
from answerable.forecast.base import PlaceForecast
from answerable.place import Window, local, stamp
from answerable.present.svg_map import area_map, cell_map
from answerable.present.words import frequencies, frequency, window_words
from answerable.record.verify import WATERMARKS
from answerable.service.forecasting import Picture, make_picture
from answerable.service.workspace import Workspace
from answerable.web.desk import NAVIGATION, Desk, Visit
from answerable.web.render import Page

HOURS, STEPS = 8, 9
"""The hours of one window, and how many windows can be looked at from the next full hour on."""


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
        picture = make_picture(workspace, windows[step])
    except AnswerableError as error:
        nothing: dict[str, Any] = {"forecast": None, "why_not": str(error), "steps": [], "step": 0}
        return Page("forecast.html", "Forecast", "staff_forecast.html", nothing)
    data = {"forecast": _said_of(picture, tz), "why_not": "", "steps": steps, "step": step}
    drawn = _drawn(workspace, picture, tz)
    return Page("forecast.html", "Forecast", "staff_forecast.html", data, {"map": drawn} if drawn else {})


def _said_of(picture: Picture, tz: str) -> dict[str, Any]:
    forecast = picture.forecast
    parts = [(part.name, picture.of(part)) for part in picture.parts] or [("The study area", picture.of(picture.area))]
    parts.sort(key=lambda part: part[0])
    rows = [
        {"name": name, **dict(zip(("words", "low", "high"), said, strict=True))}
        for (name, _), said in zip(parts, _frequencies(told for _, told in parts), strict=True)
    ]
    return {
        "model": forecast.model,
        "window": window_words(forecast.window, tz),
        "base": frequency(forecast.p_base),
        "cell_m": forecast.grid.cell_m,
        "issued_at": stamp(forecast.issued_at),
        "data_until": stamp(forecast.data_until),
        "notes": list(forecast.notes),
        "rows": rows,
    }


def _drawn(workspace: Workspace, picture: Picture, tz: str) -> str:
    mark = WATERMARKS.get(workspace.settings.kind, "")
    if workspace.settings.kind != "real":
        return cell_map(picture.forecast, areas=picture.parts, watermark=mark, tz=tz, styled=False)
    if not picture.parts:
        return ""
    # In a real workspace a picture for planning is of wards or coarser, never of cells.
    values = [(part, picture.of(part).p) for part in picture.parts]
    told = (f"{window_words(picture.forecast.window, tz)}. Model {picture.forecast.model}.",)
    title = "Chance of at least one incident, by ward"
    return area_map(values, title=title, watermark=mark, lines=told, styled=False)


def _short(window: Window, tz: str) -> str:
    start, end = local(window.start, tz), local(window.end, tz)
    return f"{start:%a} {start.day} {start:%b}, {start:%H:%M} to {end:%H:%M}"


def _frequencies(told: Iterable[PlaceForecast]) -> Iterator[tuple[str, ...]]:
    """Yield chance, low and high end of each place, all of the same number of windows, so that they compare."""
    values = [p for one in told for p in (one.p, one.p_low, one.p_high)]
    said = iter(frequencies(values))
    return zip(said, said, said, strict=True)
