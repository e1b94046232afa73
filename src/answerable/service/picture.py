"""Publish a planning picture: what a forecast says of wards or coarser areas, as an entry of the log."""

from __future__ import annotations

import math

from answerable.errors import UsageError
from answerable.forecast.base import PlaceForecast
from answerable.place import Area, stamp
from answerable.present.words import frequency
from answerable.service.forecasting import Picture
from answerable.service.publish import publish
from answerable.service.statement import statement
from answerable.service.workspace import Workspace

OFFICE = "analyst"


def publish_picture(workspace: Workspace, picture: Picture, *, account: str) -> None:
    """Publish what a forecast says of the parts of its study area, never of its cells.

    The base rate is that of a part of average size. UsageError where the study area has no parts.
    """
    forecast = picture.forecast
    if not picture.parts:
        raise UsageError(
            "This study area has no wards, so nothing of it can be published.",
            where=picture.area.name,
            fix="Give a study area of several polygons with --area FILE.",
        )
    told = {part.name: (part, picture.of(part)) for part in picture.parts}
    expected = sum(place.expected for _, place in told.values())
    p_base = -math.expm1(-expected / len(told))
    data = {
        "model": forecast.model,
        "window": {"from": stamp(forecast.window.start), "to": stamp(forecast.window.end)},
        "issued_at": stamp(forecast.issued_at),
        "data_until": stamp(forecast.data_until),
        "data_hash": forecast.data_hash,
        "time_zone": workspace.tz,
        "p_base": round(p_base, 6),
        "base_words": frequency(p_base),
        "areas": [_published(part, place) for part, place in told.values()],
    }
    workspace.store.append([statement(workspace, "picture", data, office=OFFICE, account=account)])
    publish(workspace)


def _published(part: Area, place: PlaceForecast) -> dict[str, object]:
    outline = max(getattr(part.degrees(), "geoms", [part.degrees()]), key=lambda shape: shape.area)
    return {
        "name": part.name,
        "p": round(place.p, 6),
        "p_low": round(place.p_low, 6),
        "p_high": round(place.p_high, 6),
        "expected": round(place.expected, 6),
        "polygon": [[round(lon, 5), round(lat, 5)] for lon, lat in outline.exterior.coords],
    }
