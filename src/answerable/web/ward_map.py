"""A published planning picture as a map for our pages, without the style sheet that their security policy forbids."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import shapely

from answerable.place import Area, Window, choose_projection
from answerable.present.classes import Classes, classes
from answerable.present.svg_map import area_map, window_words
from answerable.present.words import frequency
from answerable.web.catalogue import say

_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)


def ward_map(picture: Mapping[str, Any], *, watermark: str, tz: str) -> str:
    """Return the SVG of a ``picture`` entry's areas; its colours are those of the classes in ``static/style.css``."""
    polygons = [(area, shapely.Polygon(area["polygon"])) for area in picture["areas"]]
    middle = shapely.union_all([polygon for _, polygon in polygons]).centroid
    projection = choose_projection(middle.x, middle.y)
    window = Window(*(datetime.fromisoformat(picture["window"][end]) for end in ("from", "to")))
    svg = area_map(
        [
            (Area.from_degrees(polygon, projection=projection, name=str(area["name"])), float(area["p"]))
            for area, polygon in polygons
        ],
        title="Chance of at least one incident, by ward",
        base=float(picture["p_base"]),
        watermark=watermark,
        lines=(window_words(window, tz), unshaded(picture)),
    )
    return _STYLE.sub("", svg)


def ward_classes(picture: Mapping[str, Any]) -> Classes:
    """Return the classes that the map shades a ``picture`` entry's areas by."""
    return classes(np.array([float(area["p"]) for area in picture["areas"]]), float(picture["p_base"]))


def unshaded(picture: Mapping[str, Any]) -> str:
    """Say the base rate, and below which number an area stays white: the first round one, which may lie above it."""
    bins, base = ward_classes(picture), frequency(float(picture["p_base"]))
    if not bins.breaks:
        return say("map.none_shaded", base=base)
    return say("map.unshaded", base=base, under=bins.labels()[0], per=f"{bins.per:,}")
