"""A real geography as ground for the engines: areas of a GeoJSON file, each beside those it touches.

The places are real, nothing that happens in them is: rates, reporting and events are drawn as in the generated city.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from answerable.errors import InputError
from answerable.lab.ground import SIDES, Ground, make_ground
from answerable.lab.parameters import Parameters, load_parameters
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
    return make_ground(parameters, n, rng, events_per_year=events_per_year, beside=touching(areas, reach_m))


@lru_cache(maxsize=4)
def laid_out(path: str, _changed_ns: int) -> NDArray[np.int64]:
    """Return the neighbours of the areas of a GeoJSON file, kept for the next replicate; ``_changed_ns``: its mtime.

    InputError as :func:`ground_from_geojson`.
    """
    areas = read_areas(Path(path))
    ground = areas_ground(areas, load_parameters(), np.random.default_rng(0))
    return ground.neighbours


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
