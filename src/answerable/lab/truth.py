"""What really happened in a simulated city, recorded or not, and how likely each place was: nobody else knows this."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from answerable.lab.rates import Rates
from answerable.place import Grid, Window

_LONG_PAST = 20.0


@dataclass(frozen=True)
class Truth:
    """All true events: ``times`` in hours since ``origin`` (float64[m], sorted) and ``cells`` (int64[m])."""

    rates: Rates
    origin: datetime
    times: NDArray[np.float64]
    cells: NDArray[np.int64]

    @property
    def grid(self) -> Grid:
        """The cells that the truth is told for."""
        return self.rates.grid

    def count(self, window: Window) -> NDArray[np.int64]:
        """Return the number of true events of each cell in ``window`` (int64[n])."""
        inside = (self.times >= self._hours(window.start)) & (self.times < self._hours(window.end))
        return np.bincount(self.cells[inside], minlength=len(self.grid))

    def intensity(self, window: Window) -> NDArray[np.float64]:
        """Return the expected true events of each cell in ``window`` (float64[n]), given all before it.

        This is the best that any forecast could know at the window's start: background, plus what past events are
        still to set off, plus what those will set off in turn (stepped by the hour).
        """
        parameters = self.rates.parameters
        scale = parameters["trigger_days"] * 24
        gain = parameters["branching"] / scale
        start, end = self._hours(window.start), self._hours(window.end)
        excited = self._excited(start, scale, gain)
        profile = self.rates.profile(self.origin + timedelta(hours=int(start)), int(np.ceil(end)) - int(start))
        total = np.zeros(len(self.grid))
        at = start
        for busy in profile:
            length = min(np.floor(at) + 1, end) - at
            decay = np.exp(-length / scale)
            expected = self.rates.background * busy * length + excited * scale * (1 - decay)
            excited = excited * decay + gain * self.rates.spread(expected)
            total += expected
            at += length
        return total

    def recorded(self, window: Window) -> NDArray[np.float64]:
        """Return the expected recorded events of each cell in ``window`` (float64[n]), given all before it."""
        return self.intensity(window) * self.rates.reporting

    def _excited(self, at: float, scale: float, gain: float) -> NDArray[np.float64]:
        past = (self.times < at) & (self.times > at - _LONG_PAST * scale)
        left = np.exp((self.times[past] - at) / scale)
        return gain * self.rates.spread(
            np.bincount(self.cells[past], weights=left, minlength=len(self.grid)).astype(float)
        )

    def _hours(self, at: datetime) -> float:
        return (at - self.origin) / timedelta(hours=1)
