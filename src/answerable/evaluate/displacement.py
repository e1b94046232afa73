"""Did it move? Rings around the treated area and the hours after, each against a comparable ring of its own.

"Moved nearby" is a verdict of its own: fewer here, more around, and no fewer altogether.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise

from answerable.errors import InputError
from answerable.evaluate.verdict import CANNOT_TELL, FELL, MOVED, ROSE
from answerable.evaluate.wdd import Difference, Pair, wdd
from answerable.place import Area

BOUNDS_M = (0.0, 300.0, 1000.0)
"""Edges of the rings in metres from the treated area: streets nearby, and the neighbourhood."""
AFTER_HOURS = 72
"""Hours after a deployment in which events could have been put off rather than prevented."""


@dataclass(frozen=True)
class Displacement:
    """The difference in the treated area (``local``), in each ring or later window (``nearby``), and of all together.

    ``verdict`` is fell, rose, moved nearby or cannot tell; it says nothing of why.
    """

    local: Difference
    nearby: Mapping[str, Difference]
    total: Difference
    verdict: str


def displacement(
    treated: Pair,
    control: Pair,
    nearby: Mapping[str, tuple[Pair, Pair]],
    *,
    dispersion: float = 1.0,
    level: float = 0.95,
) -> Displacement:
    """Return whether events went down, went up, or went elsewhere.

    ``nearby`` gives for each ring, and for the hours after, the pair (before, after) there and in its own comparison.
    Formula: a weighted displacement difference each; total = local + all of ``nearby``. Moved nearby: the interval of
    local lies below 0, that of the rings together above 0, and that of the total does not lie below 0. Errors:
    InputError as :func:`answerable.evaluate.wdd.wdd`, or without any ring. Reference: Wheeler and Ratcliffe 2018;
    Bowers and Johnson 2003.
    """
    if not nearby:
        raise InputError(
            "Displacement needs at least one ring.", where="nearby", fix="Count what happened around it too."
        )
    local = wdd(treated, control, dispersion=dispersion, level=level).local
    found = {
        name: wdd(treated, control, ring, comparison, dispersion=dispersion, level=level).displacement
        for name, (ring, comparison) in nearby.items()
    }
    around = _sum(found.values(), level)
    total = _sum([local, around], level)
    return Displacement(local, found, total, _verdict(local, around, total))


def rings(area: Area, bounds: tuple[float, ...] = BOUNDS_M) -> list[Area]:
    """Return the rings around ``area`` between neighbouring ``bounds`` (metres from its edge), without the area itself.

    Errors: InputError unless the bounds rise from 0 or more.
    """
    if len(bounds) < 2 or bounds[0] < 0 or any(not inner < outer for inner, outer in pairwise(bounds)):
        raise InputError("Rings need rising distances.", where=f"{bounds}", fix="For example 0, 300 and 1000 metres.")
    made = []
    for inner, outer in pairwise(bounds):
        hole = area.geometry.buffer(inner) if inner else area.geometry
        name = f"{area.name} {inner:g} to {outer:g} m".strip()
        made.append(Area(name, area.geometry.buffer(outer).difference(hole), area.projection))
    return made


def check_apart(areas: Mapping[str, Area]) -> None:
    """Raise InputError where two of the areas share ground: an event would count on both sides of the comparison."""
    for (name, area), (other_name, other) in combinations(areas.items(), 2):
        shared = area.geometry.intersection(other.geometry).area
        if shared > 1.0:
            raise InputError(
                f"Not assessable: {name} and {other_name} share {shared / 1e6:.3f} square kilometres.",
                where="comparison areas",
                fix="Choose a comparison area farther away: more than twice the outer ring.",
            )


def _sum(parts: Iterable[Difference], level: float) -> Difference:
    from scipy.special import ndtri

    differences = list(parts)
    estimate = sum(part.estimate for part in differences)
    se = math.sqrt(sum(part.se**2 for part in differences))
    reach = float(ndtri((1 + level) / 2)) * se
    return Difference(estimate, se, estimate - reach, estimate + reach, level)


def _verdict(local: Difference, around: Difference, total: Difference) -> str:
    if local.high < 0 < around.low and total.high >= 0:
        return MOVED
    if total.high < 0:
        return FELL
    if total.low > 0:
        return ROSE
    return CANNOT_TELL
