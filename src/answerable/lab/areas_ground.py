"""A real geography as ground for the engines: areas of a GeoJSON file, each beside those it touches.

The places are real, nothing that happens in them is: rates, reporting and events are drawn as in the generated city.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from answerable.errors import InputError
from answerable.lab.ground import SIDES, Ground
from answerable.lab.parameters import Parameters
from answerable.lab.rates import YEAR_HOURS
from answerable.place import Area, read_areas

REACH_M = 50.0
"""Areas no farther apart than this are beside each other: simplified outlines leave slivers, and rivers have banks."""


def ground_from_geojson(
    path: Path,
    parameters: Parameters,
    rng: np.random.Generator,
    *,
    events_per_year: float | None = None,
    reach_m: float = REACH_M,
) -> Ground:
    """Return the polygons of a GeoJSON file (``.gz`` allowed) as places with drawn rates and reporting.

    Every area weighs the same before its rate is drawn, as small areas of a census (about as many people in each)
    should. InputError where the file cannot be read, holds fewer than two areas, or falls into parts with no way
    between them.
    """
    return areas_ground(read_areas(path), parameters, rng, events_per_year=events_per_year, reach_m=reach_m)


def areas_ground(
    areas: Sequence[Area],
    parameters: Parameters,
    rng: np.random.Generator,
    *,
    events_per_year: float | None = None,
    reach_m: float = REACH_M,
) -> Ground:
    """Return ``areas`` (of one projection) as places; arguments and errors as :func:`ground_from_geojson`."""
    n = len(areas)
    if n < 2:
        raise InputError("A city needs at least two places.", where=f"{n} areas", fix="Give a file with more areas.")
    beside = touching(areas, reach_m)
    weight = np.exp(parameters["place_sigma"] * rng.standard_normal(n))
    total = parameters["events_per_year"] if events_per_year is None else events_per_year
    own = total * (1 - parameters["branching"]) / YEAR_HOURS
    odds = math.log(parameters["reporting"] / max(1 - parameters["reporting"], 1e-12))
    told = 1 / (1 + np.exp(-(odds + parameters["reporting_spread"] * rng.standard_normal(n))))
    people = np.full(n, parameters["london_people"] / parameters["london_places"])
    return Ground(own * weight / weight.sum(), beside, told, people)


def touching(areas: Sequence[Area], reach_m: float = REACH_M) -> NDArray[np.int64]:
    """Return eight neighbours of each area (int64[n, 8]): those within ``reach_m``, the nearest first.

    Where there are fewer than eight they come round again, where there are more the farthest (by centre) are left out,
    where there are none it is the area itself.
    """
    shapes = np.array([area.geometry for area in areas])
    centres = shapely.get_coordinates(shapely.centroid(shapes))
    here, there = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=reach_m)
    here, there = here[here != there], there[here != there]
    far = np.hypot(*(centres[here] - centres[there]).T)
    order = np.lexsort((far, here))
    here, there = here[order], there[order]
    first = np.searchsorted(here, np.arange(len(areas) + 1))
    beside = np.tile(np.arange(len(areas))[:, None], SIDES)
    for place, (start, end) in enumerate(pairwise(first.tolist())):
        if end > start:
            beside[place] = there[start + np.arange(SIDES) % min(end - start, SIDES)]
    return beside
