"""Checks of places: missing, far off or outside the study area, and gathered on the publisher's map points."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from answerable.incidents.quality.report import Check, Level, graded, percent
from answerable.incidents.quality.thresholds import thresholds
from answerable.incidents.quality.view import View, examples
from answerable.place import Area


def missing_places(view: View) -> Check:
    """Count the incidents without coordinates."""
    limit = thresholds()
    count = len(view) - view.located.height
    share = count / len(view)
    says = (
        f"{count:,} of {len(view):,} incidents ({percent(share)}) have no place, and no map or forecast holds them."
        if count
        else "Every incident has a place."
    )
    level = graded(share, look=limit["missing_place_look"], wrong=limit["missing_place_wrong"])
    return Check(
        "missing_places",
        "Missing places",
        count,
        share,
        0.0,
        level,
        says,
        examples(view.frame.filter(pl.col("x").is_null())),
    )


def places_outside(view: View, area: Area | None) -> Check:
    """Count the incidents outside ``area``; without one, those far from all others."""
    title = "Places outside the area"
    located = view.located
    if located.is_empty():
        return Check("places_outside", title, None, None, 0.0, "look", "Cannot tell: no incident has a place.")
    x, y = (located[axis].to_numpy().astype(float) for axis in ("x", "y"))
    outside = _far(x, y) if area is None else ~_in_metres(area, view).contains(x, y)
    count = int(outside.sum())
    share = count / located.height
    what = f"outside {area.name or 'the area'}" if area is not None else "far away from all the others"
    says = (
        f"{count:,} incidents ({percent(share)}) lie {what}: a typing error, or another place of the same name?"
        if count
        else f"No incident lies {what}."
    )
    level: Level = "wrong" if share >= thresholds()["out_of_area_wrong"] else "look" if count else "ok"
    return Check("places_outside", title, count, share, 0.0, level, says, examples(located.filter(pl.Series(outside))))


def _in_metres(area: Area, view: View) -> Area:
    projection = view.incidents.projection
    if area.projection == projection:
        return area
    return Area.from_degrees(area.degrees(), projection=projection, name=area.name)


def _far(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    distance = np.hypot(x - np.median(x), y - np.median(y))
    # A handful of incidents, or all on one spot, has no extent to be far from.
    typical = max(float(np.quantile(distance, 0.95)), 1000.0)
    return np.asarray(distance > thresholds()["far_times_typical"] * typical)


def snapped_places(view: View) -> Check:
    """Measure how many incidents share their point with many others, as on a publisher's map points."""
    limit = thresholds()
    title = "Places gathered on map points"
    located = view.located
    if located.is_empty():
        return Check("snapped_places", title, None, None, None, "look", "Cannot tell: no incident has a place.")
    points = located.group_by("x", "y").len("n").sort("n", "x", "y", descending=[True, False, False])
    least = int(limit["busy_point"])
    busy = points.filter(pl.col("n") >= least)
    count = int(busy["n"].sum())
    share = count / located.height
    declared = int((located["place_precision"] == "snapped").sum())
    says = (
        f"{located.height:,} incidents lie on {points.height:,} points, {percent(share)} on those with {least} or more."
    )
    level = graded(share, look=limit["snapped_look"], wrong=2.0)
    if declared:
        level = "look"
        says += " The publisher moves places to map points, so a distance of 0 m between two incidents means nothing."
    elif level == "look":
        says += " They look moved to map points or crossings, so a distance of 0 m between two incidents means little."
    where = tuple(f"x {x}, y {y}: {n} incidents" for x, y, n in busy.head(3).rows())
    return Check("snapped_places", title, count, share, None, level, says, where)
