"""The ground of the engines: places with long-run rates, who is beside whom, who lives there, what is reported."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from answerable.errors import InputError
from answerable.lab.parameters import Parameters
from answerable.lab.rates import YEAR_HOURS, Rates

SIDES = 8


@dataclass(frozen=True)
class Ground:
    """Places, one array element each.

    ``background`` (float64[n]) is events an hour that nothing set off, at the mean hour; ``neighbours`` (int64[n, 8])
    the places beside each, itself where there is none; ``reporting`` (float64[n]) the chance that an event is reported,
    ``people`` (float64[n]) residents.
    """

    background: NDArray[np.float64]
    neighbours: NDArray[np.int64]
    reporting: NDArray[np.float64]
    people: NDArray[np.float64]

    def __post_init__(self) -> None:
        if not (np.isfinite(self.background).all() and (self.background >= 0).all() and self.background.sum() > 0):
            raise InputError("A place's rate must be 0 or more.", where="background", fix="Correct the rates.")
        if not ((self.reporting >= 0) & (self.reporting <= 1)).all():
            raise InputError("A chance must lie between 0 and 1.", where="reporting", fix="Correct it.")
        parts = _parts(self.neighbours)
        if parts > 1:
            raise InputError(
                f"This ground falls into {parts} parts with no way between them.",
                where="neighbours",
                fix="Join them, or simulate each on its own.",
            )

    def __len__(self) -> int:
        return len(self.background)


def make_ground(
    parameters: Parameters,
    places: int,
    rng: np.random.Generator,
    *,
    events_per_year: float | None = None,
    beside: NDArray[np.int64] | None = None,
) -> Ground:
    """Draw ``places`` places of equal size: log-normal rates, logit-normal reporting.

    ``events_per_year`` (from the parameters where None) counts background and triggered events together; ``beside``
    (int64[places, 8]) are each place's neighbours, those of a square where None.
    """
    if places < 2:
        raise InputError("A city needs at least two places.", where=f"places {places}", fix="Try 400.")
    weight = np.exp(parameters["place_sigma"] * rng.standard_normal(places))
    total = parameters["events_per_year"] if events_per_year is None else events_per_year
    own = total * (1 - parameters["branching"]) / YEAR_HOURS
    odds = math.log(parameters["reporting"] / max(1 - parameters["reporting"], 1e-12))
    told = 1 / (1 + np.exp(-(odds + parameters["reporting_spread"] * rng.standard_normal(places))))
    people = np.full(places, parameters["london_people"] / parameters["london_places"])
    return Ground(own * weight / weight.sum(), square(places) if beside is None else beside, told, people)


def town_ground(rates: Rates) -> Ground:
    """Return the generated town (:func:`answerable.lab.make_rates`) as ground for the engines.

    Cells across the river are joined to the nearest, since events do not stop at water.
    """
    n = len(rates.background)
    people = np.full(n, rates.parameters["london_people"] / rates.parameters["london_places"])
    return Ground(rates.background, rates.neighbours, rates.reporting, people)


def square(places: int) -> NDArray[np.int64]:
    """Return the eight neighbours of each of ``places`` cells laid row by row in a square, itself beyond the rim."""
    width = math.isqrt(places - 1) + 1
    at = np.arange(places)
    row, column = at // width, at % width
    steps = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)]
    beside = np.empty((places, SIDES), dtype=np.int64)
    for side, (dy, dx) in enumerate(steps):
        y, x = row + dy, column + dx
        there = y * width + x
        beside[:, side] = np.where((y >= 0) & (x >= 0) & (x < width) & (there < places), there, at)
    return beside


def _parts(neighbours: NDArray[np.int64]) -> int:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n, sides = neighbours.shape
    if not ((neighbours >= 0) & (neighbours < n)).all():
        raise InputError("A neighbour is no place of this ground.", where="neighbours", fix="Number places from 0.")
    edges = coo_array((np.ones(n * sides), (np.repeat(np.arange(n), sides), neighbours.ravel())), shape=(n, n))
    return int(connected_components(edges, directed=False)[0])
