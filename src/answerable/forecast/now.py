"""What a model sees at one instant, and how it moves on to the next without starting again.

A :class:`Now` holds what is known at ``at`` and nothing later: the history, the level with and without season, and the
bank of smoothed incidents. A backtest moves one along its origins; a single forecast makes one and throws it away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from answerable.forecast.bank import Bank
from answerable.forecast.history import History, look_back
from answerable.forecast.level import Choice, CityLevel, Level
from answerable.forecast.season import Season
from answerable.forecast.timeline import Timeline, microseconds
from answerable.place import Grid, Window

Floats = NDArray[np.float64]

_HOUR_US = 3_600_000_000


@dataclass(eq=False)
class Now:
    """The state of knowledge at ``at``; ``season`` and ``choices`` are learned by :meth:`relearn`."""

    timeline: Timeline
    at: datetime
    history: History
    season: Season
    bank_: Bank | None = None
    banked: NDArray[np.bool_] | None = None
    choices: dict[tuple[bool, float, float], Choice] = field(default_factory=dict)

    @classmethod
    def begin(cls, timeline: Timeline, at: datetime) -> Now:
        """Return the state at ``at``; InputError where nothing was known."""
        past = look_back(timeline, at)
        return cls(timeline, at, past, Season.fit(past))

    @property
    def grid(self) -> Grid:
        """The grid that forecasts are made on."""
        return self.timeline.grid

    def move(self, at: datetime) -> None:
        """Move on to a later instant: new incidents come in, what was learned slowly stays."""
        self.at = at
        self.history = look_back(self.timeline, at)

    def relearn(self) -> None:
        """Learn season, memories and spreads anew from what is known now."""
        self.season = Season.fit(self.history)
        self.choices.clear()

    def level(self, window: Window, *, seasonal: bool) -> Level:
        """Return the city's level in ``window``."""
        season = self.season if seasonal else None
        # A season counts from the start it was learned with; an older incident that turns up later moves the start.
        if season is not None and season.start != self.history.start:
            self.season = season = Season.fit(self.history)
        city = CityLevel.fit(self.history, season)
        ahead = (window.start - self.at).total_seconds()
        key = (seasonal, window.hours, ahead)
        if key not in self.choices:
            self.choices[key] = city.choose(window)
        return city.ahead(window, self.choices[key])

    @property
    def hour(self) -> float:
        """The instant as hours since 1970."""
        return microseconds(self.at) / _HOUR_US

    @property
    def bank(self) -> Bank:
        """The bank at this instant; InputError where the grid is too fine for one."""
        used = np.zeros(len(self.timeline.middle), dtype=bool)
        used[self.history.row] = True
        if self.bank_ is None or self.banked is None:
            self.bank_, self.banked = Bank.empty(self.grid, self.hour), np.zeros_like(used)
        if self.bank_.hour != self.hour:
            self.bank_.advance(self.hour)
        self._bring(used & ~self.banked, 1.0)
        self._bring(self.banked & ~used, -1.0)
        self.banked = used
        return self.bank_

    def _bring(self, rows: NDArray[np.bool_], sign: float) -> None:
        if rows.any() and self.bank_ is not None:
            line = self.timeline
            hours = line.middle[rows] / _HOUR_US
            self.bank_.add(line.x[rows].astype(float), line.y[rows].astype(float), hours, sign)


class Shape(Protocol):
    """What a model has learned about places: how a window's incidents spread over the cells."""

    def share(self, now: Now, window: Window) -> Floats:
        """Return each cell's share of the city's incidents in ``window``, shape (cells,), sum 1, none 0."""
        ...


class Expert(Protocol):
    """A model that a backtest can move along: it learns slowly now and then, and answers quickly at every origin."""

    @property
    def name(self) -> str:
        """The model's id."""
        ...

    @property
    def seasonal(self) -> bool:
        """Whether it takes the level that knows hour, weekday and season."""
        ...

    def learn(self, now: Now) -> Shape:
        """Learn from what is known; InputError where the data or the grid do not allow it."""
        ...
