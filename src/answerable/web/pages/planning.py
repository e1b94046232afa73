"""The map: the last thing to look at. Wards only, for planning; no case can be opened from it."""

from __future__ import annotations

from typing import Any

from answerable.place import stamp
from answerable.present.words import frequency, thousandths
from answerable.record.verify import WATERMARKS
from answerable.service.public_view import PublicEvent, PublicView
from answerable.web.catalogue import say
from answerable.web.once import once
from answerable.web.render import Page
from answerable.web.ward_map import ward_map


def page(view: PublicView, *, movable: bool = False) -> Page:
    """Return the newest picture as a map and as a table that says the same, in order of name and not of rank.

    ``movable`` where the site also serves it as a map that can be moved (:mod:`answerable.web.pages.moving_map`).
    """
    if not view.pictures or not view.pictures[-1].data.get("areas"):
        return Page("planning.html", say("told.planning.map"), "planning.html", {"picture": None})
    event = view.pictures[-1]
    data = event.data
    picture = {
        "model": str(data.get("model", "")).replace("_", " "),
        "window": dict(data["window"]),
        "issued_at": data.get("issued_at") or stamp(event.at),
        "data_until": data.get("data_until") or "",
        "data_hash": str(data.get("data_hash", "")),
        "p_base": float(data["p_base"]),
        "base_words": str(data.get("base_words") or frequency(float(data["p_base"]))),
        "areas": [_area(area, float(data["p_base"])) for area in sorted(data["areas"], key=lambda a: str(a["name"]))],
    }
    drawn = _drawn(event, view.kind, view.tz)
    more = {"movable": True, "moving": say("map.link")} if movable else {}
    return Page(
        "planning.html", say("told.planning.map"), "planning.html", {"picture": picture, **more}, {"map": drawn}
    )


@once
def _drawn(event: PublicEvent, kind: str, tz: str) -> str:
    # A picture never changes, and to draw one of many wards takes longer than all the rest of its page.
    return ward_map(event.data, watermark=WATERMARKS.get(kind, ""), tz=tz)


def _area(area: dict[str, Any], base: float) -> dict[str, Any]:
    p, low, high = float(area["p"]), float(area["p_low"]), float(area["p_high"])
    return {
        "name": str(area["name"]),
        "p": p,
        "p_low": low,
        "p_high": high,
        "expected": float(area["expected"]),
        "words": frequency(p),
        "in_1000": thousandths(p),
        "interval": f"{thousandths(low)} to {thousandths(high)}",
        "lift": p / base if base > 0 else None,
    }
