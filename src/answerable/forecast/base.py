"""What a forecast is, and what a model must do to make one. Adding a model is adding a file to this folder.

A file is a model when it defines ``MODEL``, a callable without arguments that returns a :class:`Model`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from answerable.errors import UsageError
from answerable.forecast.area_share import area_parts
from answerable.forecast.frequency import frequency
from answerable.place import Area, Grid, Window, stamp

if TYPE_CHECKING:
    from answerable.forecast.spread import Spread
    from answerable.incidents import Incidents

Floats = NDArray[np.float64]


class Fitted(Protocol):
    """A model that has learned from what was known at one instant."""

    def predict(self, window: Window) -> Forecast:
        """Return the forecast for every cell in ``window``; InputError where the data cannot support it."""
        ...


class Model(Protocol):
    """A way to forecast. It holds settings only; what it learns is in the :class:`Fitted` it returns."""

    @property
    def name(self) -> str:
        """The model's id, as in files and on the command line."""
        ...

    @property
    def about(self) -> str:
        """One sentence for a reader who must choose."""
        ...

    def fit(self, incidents: Incidents, grid: Grid, at: datetime) -> Fitted:
        """Learn from the incidents known at ``at`` and from nothing later; InputError where there are none."""
        ...


@dataclass(frozen=True)
class PlaceForecast:
    """The forecast for one cell or one area: expected count, 90 % interval, and what a random place would have.

    ``covered`` is the share of the place that lies in the study area, ``of_study`` the share of the study area that the
    place makes up.
    """

    name: str
    lon: float
    lat: float
    expected: float
    low: float
    high: float
    base_rate: float
    covered: float = 1.0
    of_study: float = 0.0

    @property
    def p(self) -> float:
        """Probability of at least one incident."""
        return float(at_least_one(self.expected))

    @property
    def p_low(self) -> float:
        """Lower end of the 90 % interval of :attr:`p`."""
        return float(at_least_one(self.low))

    @property
    def p_high(self) -> float:
        """Upper end of the 90 % interval of :attr:`p`."""
        return float(at_least_one(self.high))

    @property
    def p_base(self) -> float:
        """Probability of at least one incident at a random place of the same size in the same window."""
        return float(at_least_one(self.base_rate))

    @property
    def words(self) -> str:
        """:attr:`p` as a frequency."""
        return frequency(self.p)

    @property
    def base_words(self) -> str:
        """:attr:`p_base` as a frequency."""
        return frequency(self.p_base)

    def as_json(self) -> dict[str, Any]:
        """Return the keys that others rely on, ready for JSON."""
        numbers = {"expected": self.expected, "p": self.p, "p_low": self.p_low, "p_high": self.p_high}
        return {
            "cell_id": self.name,
            "lon": round(self.lon, 6),
            "lat": round(self.lat, 6),
            **numbers,
            "words": self.words,
        }


@dataclass(frozen=True, eq=False)
class Forecast:
    """Expected incidents per cell of ``grid`` in ``window``, as issued at ``issued_at``.

    ``expected``, ``low``, ``high`` (float64, shape (n,)) are counts with their 90 % interval; ``base_rate`` is the
    expected count of a random cell in the same window. ``data_until`` is the last instant the data reach and
    ``data_hash`` what they were. ``notes`` are sentences a reader must see (a fallback, events left out, old data).
    """

    model: str
    issued_at: datetime
    window: Window
    grid: Grid
    expected: Floats
    low: Floats
    high: Floats
    base_rate: float
    data_until: datetime
    data_hash: str
    spread: Spread | None = None
    notes: tuple[str, ...] = ()

    @cached_property
    def p(self) -> Floats:
        """Probability of at least one incident in each cell, shape (n,)."""
        return at_least_one(self.expected)

    @cached_property
    def p_low(self) -> Floats:
        """Lower end of the 90 % interval of :attr:`p`, shape (n,)."""
        return at_least_one(self.low)

    @cached_property
    def p_high(self) -> Floats:
        """Upper end of the 90 % interval of :attr:`p`, shape (n,)."""
        return at_least_one(self.high)

    @property
    def p_base(self) -> float:
        """Probability of at least one incident in a random cell."""
        return float(at_least_one(self.base_rate))

    @cached_property
    def order(self) -> NDArray[np.int64]:
        """Positions of the cells, likeliest first; equal cells stand in grid order."""
        return np.argsort(-self.expected, kind="stable")

    def top(self, n: int) -> list[PlaceForecast]:
        """Return the ``n`` likeliest cells (all of them where there are fewer), likeliest first."""
        return self.cells(self.order[:n])

    def cells(self, at: NDArray[np.int64] | None = None) -> list[PlaceForecast]:
        """Return the cells at the given positions, or all in grid order, with their centres in degrees."""
        at = np.arange(len(self.grid)) if at is None else at
        picked = Grid(self.grid.projection, self.grid.cell_m, self.grid.columns[at], self.grid.rows[at])
        lon, lat = self.grid.projection.inverse(*picked.centres)
        columns = [values.tolist() for values in (lon, lat, self.expected[at], self.low[at], self.high[at])]
        rows = zip(picked.ids, *columns, strict=True)
        return [PlaceForecast(i, x, y, mean, low, high, self.base_rate) for i, x, y, mean, low, high in rows]

    def for_area(self, area: Area, *, study: Area | None = None) -> PlaceForecast:
        """Return the forecast for any polygon: cells count by the share of their ground that lies in it.

        ``study`` (the study area) makes coastal cells exact: only the ground that is in it can count.
        ``covered`` of the result says what share of ``area`` the grid covers. InputError where that is none.
        """
        share, covered = area_parts(self.grid, area, study)
        parts = share * self.expected
        expected = float(parts.sum())
        if self.spread is None:
            low, high = float(share @ self.low), float(share @ self.high)
        else:
            low, high = self.spread.ends(self.grid, parts)
        point = area.geometry.representative_point()
        lon, lat = area.projection.inverse([point.x], [point.y])
        cells = float(share.sum())
        base, of_study = self.base_rate * cells, cells / len(self.grid)
        return PlaceForecast(area.name, float(lon[0]), float(lat[0]), expected, low, high, base, covered, of_study)

    def as_json(self, n: int | None = None) -> dict[str, Any]:
        """Return the forecast ready for JSON: all cells in grid order, or the ``n`` likeliest, likeliest first."""
        cells = self.cells() if n is None else self.top(n)
        return {
            "model": self.model,
            "issued_at": stamp(self.issued_at),
            "window": {"from": stamp(self.window.start), "to": stamp(self.window.end)},
            "base_rate": self.base_rate,
            "base_words": frequency(self.p_base),
            "data_until": stamp(self.data_until),
            "data_hash": self.data_hash,
            "notes": list(self.notes),
            "cells": [cell.as_json() for cell in cells],
        }


def at_least_one(expected: Floats | float) -> Floats:
    """Return the probability of at least one incident, 1 - exp(-expected), for Poisson counts; any shape.

    >>> at_least_one(np.array([0.0, 0.00127495])).round(8).tolist()
    [0.0, 0.00127414]
    """
    return np.asarray(-np.expm1(-np.asarray(expected, float)))


def models() -> dict[str, Callable[[], Model]]:
    """Return every model in this folder by name, in the order of the names."""
    folder = importlib.import_module("answerable.forecast").__path__
    modules = (importlib.import_module(f"answerable.forecast.{entry.name}") for entry in pkgutil.iter_modules(folder))
    found = (module.MODEL for module in modules if hasattr(module, "MODEL"))
    return dict(sorted((make().name, make) for make in found))


def model(name: str) -> Model:
    """Return the model called ``name`` with its usual settings; UsageError where there is none of that name."""
    known = models()
    if name not in known:
        raise UsageError("There is no such forecast model.", where=name, fix=f"Use one of: {', '.join(known)}.")
    return known[name]()
