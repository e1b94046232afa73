"""The published forecast: the Bayes mixture of all experts and their recalibrated copies, weighed on the recent past.

To answer for a window, the experts are asked about the last windows of the same length (up to 84 days of them, 12 at
least where there is history), each from what was known when it opened; their joint probabilities of what happened give
the weights (``mixing``), and the answer is the weighted mean of what they say now. Which experts it rests on stands in
the forecast's notes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from answerable.errors import InputError
from answerable.forecast.backtest import OPTIONAL, waiting_time, warming
from answerable.forecast.base import Fitted, Forecast
from answerable.forecast.chunk import FEWEST_INCIDENTS, experts, most_windows, powers, race
from answerable.forecast.issue import issue
from answerable.forecast.level import Level
from answerable.forecast.mixing import Told, combine, mix
from answerable.forecast.now import Floats, Now, Shape
from answerable.forecast.shaped import share_cv
from answerable.forecast.timeline import Timeline
from answerable.forecast.uniform import Uniform
from answerable.place import Grid, Window

if TYPE_CHECKING:
    from answerable.incidents import Incidents

_REPLAY = timedelta(days=84)
_MOST_WINDOWS = 84


@dataclass(frozen=True)
class Mixture:
    """All experts, weighed by how they did."""

    name: str = "mixture"
    about: str = "All models weighed by how they did on the last windows: never much worse than the best. Published."

    def fit(self, incidents: Incidents, grid: Grid, at: datetime) -> Fitted:
        """Learn from the incidents known at ``at``; InputError where there are none in the grid."""
        line = Timeline.of(incidents, grid)
        now = Now.begin(line, at)
        if len(now.history) < FEWEST_INCIDENTS:
            fitted = Uniform().fit(incidents, grid, at)
            told = f"Only {len(now.history)} incidents are known, too few to tell places apart: uniform instead of "
            return type(fitted)(fitted.history, fitted.level, grid, at, notes=(f"{told}{self.name}.",))
        return FittedMixture(line, now, tuple(name for name in experts() if name not in OPTIONAL))


@dataclass(frozen=True, eq=False)
class FittedMixture:
    """What was known at ``now.at``; weights are found for each length of window that is asked about."""

    timeline: Timeline
    now: Now
    names: tuple[str, ...]
    replays: dict[float, Told] = field(default_factory=dict)
    shapes: dict[str, Shape] = field(default_factory=dict)
    spreads: dict[datetime, tuple[Floats, float]] = field(default_factory=dict)

    def predict(self, window: Window) -> Forecast:
        """Return the mixture's forecast for ``window``; InputError where the data cannot support it."""
        now = self.now
        now.history.check(window, now.at)
        known = experts()
        levels = [now.level(window, seasonal=known[name].seasonal) for name in self.names]
        share = np.stack([self._shape(name).share(now, window) for name in self.names])
        norm = np.stack([powers(one.astype(np.float32)) for one in share])
        mixed = mix(self._with(window, np.array([one.expected for one in levels]), norm))
        weights, scale, slope = mixed.weights[-1], mixed.scale[-1], mixed.slope[-1]
        level = np.array([one.expected for one in levels])
        expected = combine(share, level, weights, scale=scale, slope=slope, norm=norm)
        total = float(expected.sum())
        both = np.concatenate([level, scale * level])
        spread = np.concatenate([[one.cv for one in levels]] * 2)
        second = float(weights @ (np.square(spread * both) + np.square(both)))
        if now.at not in self.spreads:
            self.spreads[now.at] = share_cv(now)
        cv, reach = self.spreads[now.at]
        joined = Level(total, float(np.sqrt(max(second - total**2, 0.0)) / total), levels[0].memory_days, 0)
        return issue(
            "mixture", now.history, joined, now.grid, now.at,
            window=window, share=expected / total, share_cv=cv, reach_m=reach, notes=(self._told(weights),),
        )  # fmt: skip

    def _shape(self, name: str) -> Shape:
        if name not in self.shapes:
            try:
                self.shapes[name] = experts()[name].learn(self.now)
            except InputError:
                # A grid too fine for the bank: the expert answers as the uniform one, as in a backtest.
                self.shapes[name] = Uniform()
        return self.shapes[name]

    def _with(self, window: Window, level: Floats, norm: Floats) -> Told:
        """Return the replay with the window asked about as its last row: what it will bring is not known."""
        if window.hours not in self.replays:
            self.replays[window.hours] = self._replay(window)
        past = self.replays[window.hours]
        nothing = np.zeros((1, len(self.names)))
        return Told(
            np.concatenate([past.level, level[None]]), np.concatenate([past.norm, norm[None]]),
            np.concatenate([past.hits, nothing]), np.append(past.seen, 0.0), np.append(past.ready, len(past.seen)),
        )  # fmt: skip

    def _replay(self, window: Window) -> Told:
        """Return what the experts said about the last windows of this length whose outcome is known."""
        length = window.end - window.start
        opens = self.now.at - waiting_time(self.timeline, Window(self.now.at, self.now.at + length))
        windows = warming(self.timeline, [Window(opens, opens + length)], min(_REPLAY, _MOST_WINDOWS * length))
        cells = len(self.names)
        windows = windows[-min(_MOST_WINDOWS, most_windows(len(self.now.grid), len(self.names))) :]
        if not windows or not self.timeline.known(windows[0].start).sum() >= FEWEST_INCIDENTS:
            norm = np.zeros((0, cells, len(powers(np.ones(1, np.float32)))))
            return Told(np.zeros((0, cells)), norm, np.zeros((0, cells)), np.zeros(0), np.zeros(0, np.int64))
        said = race(self.timeline, self.names, tuple(windows))
        hits, seen = [], []
        for i, past in enumerate(windows):
            count = self.timeline.counts(past.start, past.end, self.now.at)
            cell = np.flatnonzero(count)
            hits.append(np.log(said["share"][i][:, cell].astype(float)) @ count[cell])
            seen.append(float(count.sum()))
        return Told(said["level"], said["norm"], np.array(hits), np.array(seen), np.arange(len(windows)))

    def _told(self, weights: Floats) -> str:
        shares = weights[: len(self.names)] + weights[len(self.names) :]
        order = np.argsort(-shares)[:3]
        parts = ", ".join(f"{self.names[i]} {100 * shares[i]:.0f} %" for i in order if shares[i] >= 0.005)
        return f"Weighed by how the models did on the last windows of this length: {parts}."


MODEL = Mixture
