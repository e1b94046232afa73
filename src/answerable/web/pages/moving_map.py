"""The map of wards as one that can be moved and enlarged, on request: the drawn map stays where that cannot be."""

from __future__ import annotations

from typing import Any

from answerable.present.marks import faint_mark
from answerable.service.public_view import PublicView
from answerable.web.catalogue import catalogue, say
from answerable.web.pages.planning import page as planning
from answerable.web.render import Page
from answerable.web.ward_map import unshaded, ward_classes

PATH = "map.html"
# The library and its worker, copied at set-up; without them there is no such page.
LIBRARY = ("maplibre-gl.mjs", "maplibre-gl-worker.mjs", "maplibre-gl.css", "maplibre-gl.LICENSE.txt")
SCRIPT = "map.mjs"


def moving_map(view: PublicView) -> Page | None:
    """Return the page with the newest picture drawn, told in its table, and as outlines for the script.

    A ward's ``shade`` is the class that the drawn map gives it, 0 for none; None where no picture has been published.
    """
    drawn = planning(view)
    if drawn.data["picture"] is None:
        return None
    data = view.pictures[-1].data
    bins = ward_classes(data)
    # Class 0 is white; the others are the shades of the style sheet.
    shade = [0, *(number + 1 for number in bins.shades)]
    outlines: list[dict[str, Any]] = [
        {"name": str(one["name"]), "shade": shade[int(bins.of(float(one["p"])))], "ring": one["polygon"]}
        for one in data["areas"]
    ]
    words = catalogue("en")["map"]
    legend = {
        "unit": say("map.unit", per=f"{bins.per:,}"),
        "unshaded": unshaded(data),
        "classes": [{"shade": one, "words": label} for one, label in zip(shade, bins.labels(), strict=True)],
    }
    told = {
        **drawn.data,
        "outlines": outlines,
        "legend": legend,
        "across": faint_mark(view.kind),
        "words": words,
    }
    return Page(PATH, str(words["title"]), "map.html", told, drawn.markup)
