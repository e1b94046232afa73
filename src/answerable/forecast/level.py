"""The level: how many incidents the whole city has in a window, apart from where they fall.

Model. Counts in past steps (weeks; months for month data) are Poisson with a slowly moving rate. The rate is a gamma
posterior in which old steps fade: with memory tau, a = sum exp(-age/tau) n, b = sum exp(-age/tau) hours, and
rate = (a + 1/2) / (b + 1/(2 m)), m the mean rate so far. The memory is the one of a ladder that would have predicted
past steps best, as far ahead as is asked now (Poisson log score, which is proper for means whatever the dispersion).

The count is then negative binomial: Poisson around a gamma rate whose relative variance is what past windows of the
same length really showed around their predictions (hour of day, season and bursts included, since this level knows
none of them), and never less than the posterior's own.

Without a ``season`` every hour of the year has the same expectation; with one, hours are its effective hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from answerable.errors import InputError
from answerable.forecast.history import History
from answerable.forecast.season import Season
from answerable.place import Window, local

Floats = NDArray[np.float64]

WEEK = 168.0
MEMORIES_DAYS = (15, 30, 60, 120, 240, 480, np.inf)
# A relative standard deviation of 2 is a gamma of shape 1/4: beyond it, an interval says nothing any more.
_MOST_CV = 2.0
_FEWEST_TARGETS = 8
# Eleven years of one-hour windows; more of them would cost time and change nothing.
_MOST_WINDOWS = 100_000


@dataclass(frozen=True)
class Level:
    """Expected incidents of the whole city in one window, and their relative standard deviation.

    ``memory_days`` is the time in which an old week's weight falls to 37 % (infinite: all weeks count alike);
    ``steps_ahead`` how many steps lie between the data's end and the window.
    """

    expected: float
    cv: float
    memory_days: float
    steps_ahead: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """What was chosen for windows of one length and distance: the memory's place in the ladder, and the spread."""

    memory: int
    lag: int
    cv: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class CityLevel:
    """Past counts of the whole city, ready to be carried forward to any window.

    ``edges`` (float64, shape (t+1,)) are hours since the history's start, ``counts`` (shape (t,)) incidents between.
    """

    history: History
    edges: Floats
    season: Season | None = None

    @classmethod
    def fit(cls, history: History, season: Season | None = None) -> CityLevel:
        """Cut the history into steps; InputError where it covers less than a day."""
        if history.span < 24:
            raise InputError(
                "The incidents known by then cover less than a day, so no rate can be told from them.",
                where=f"{len(history):,} incidents from {history.start.isoformat()} to {history.until.isoformat()}",
                fix="Choose a later time of issue, or import a longer period.",
            )
        if history.monthly:
            return cls(history, _months(history), season)
        step = WEEK if history.span >= 26 * WEEK else 24.0 if history.span >= 14 * 24 else history.span
        n_steps = int(history.span / step + 1e-9)
        return cls(history, history.span - step * np.arange(n_steps, -1, -1.0), season)

    @cached_property
    def counts(self) -> Floats:
        """Incidents in each step, shape (t,)."""
        return np.histogram(self.history.hours, self.edges)[0].astype(float)

    def exposure(self, edges: Floats) -> Floats:
        """Return the hours between edges (shape (k+1,), since the history's start): effective ones with a season."""
        return np.diff(edges if self.season is None else self.season.clock(edges))

    @cached_property
    def rates(self) -> tuple[Floats, Floats]:
        """Rate per hour after each step for each memory, and the posterior's shape, shapes (t, memories)."""
        exposed = self.exposure(self.edges)
        memory = np.array(MEMORIES_DAYS) * 24
        mean = (np.cumsum(self.counts) + 0.5) / np.cumsum(exposed)
        a = b = np.zeros(len(memory))
        shapes, rates = [], []
        for count, passed, exposure, so_far in zip(self.counts, np.diff(self.edges), exposed, mean, strict=True):
            fade = np.exp(-passed / memory)
            a, b = a * fade + count, b * fade + exposure
            shapes.append(a + 0.5)
            rates.append((a + 0.5) / (b + 0.5 / so_far))
        return np.array(rates), np.array(shapes)

    def choose(self, window: Window) -> Choice:
        """Return memory and spread for windows like ``window``, this long and this far ahead."""
        rates, shapes = self.rates
        notes: tuple[str, ...] = ()
        lag = self._steps_ahead(window)
        furthest = max(0, len(self.counts) // 2 - 1)
        if lag > furthest:
            notes = ("The window lies so far beyond the data that the interval is narrower than it should be.",)
        lag = min(lag, furthest)
        chosen = self._memory(rates, lag)
        cv = min(_MOST_CV, max(self._own_cv(rates, shapes, chosen, lag), self._seen_cv(rates[:, chosen], window, lag)))
        return Choice(chosen, lag, cv, notes)

    def ahead(self, window: Window, choice: Choice | None = None) -> Level:
        """Return the level for ``window``; memory and spread as chosen before for windows like it, or chosen now."""
        chosen = choice or self.choose(window)
        opens = (window.start - self.history.start) / timedelta(hours=1)
        exposure = float(self.exposure(np.array([opens, opens + window.hours]))[0])
        expected = self.rate_now(chosen.memory) * exposure
        return Level(expected, chosen.cv, float(MEMORIES_DAYS[chosen.memory]), chosen.lag, chosen.notes)

    def rate_now(self, memory: int) -> float:
        """Return the last of :attr:`rates` for one memory, worked out without the steps before."""
        exposed = self.exposure(self.edges)
        fade = np.exp(-(self.edges[-1] - self.edges[1:]) / (MEMORIES_DAYS[memory] * 24))
        so_far = (self.counts.sum() + 0.5) / exposed.sum()
        return float((self.counts @ fade + 0.5) / (exposed @ fade + 0.5 / so_far))

    def _steps_ahead(self, window: Window) -> int:
        middle = window.start + (window.end - window.start) / 2
        step = float(np.median(np.diff(self.edges)))
        return max(0, int((middle - self.history.until) / timedelta(hours=1) / step))

    def _memory(self, rates: Floats, lag: int) -> int:
        predicted, seen = self._past(rates, lag)
        if len(seen) < _FEWEST_TARGETS:
            return len(MEMORIES_DAYS) - 1
        score = (seen[:, None] * np.log(predicted) - predicted).sum(axis=0)
        return len(score) - 1 - int(np.argmax(score[::-1]))

    def _past(self, rates: Floats, lag: int) -> tuple[Floats, Floats]:
        """Predictions of past steps made ``lag`` steps before them, (m, memories), and what was seen, (m,)."""
        first = 1 + lag + len(self.counts) // 8
        exposed = self.exposure(self.edges)[first:, None]
        return rates[first - 1 - lag : len(rates) - 1 - lag] * exposed, self.counts[first:]

    def _own_cv(self, rates: Floats, shapes: Floats, chosen: int, lag: int) -> float:
        predicted, seen = self._past(rates, lag)
        expected = predicted[:, chosen]
        spread = float(np.square(seen - expected).sum() / expected.sum()) if len(seen) else 1.0
        return float(np.sqrt(max(1.0, spread) / shapes[-1, chosen]))

    def _seen_cv(self, rate: Floats, window: Window, lag: int) -> float:
        """Relative spread of the true rate around its prediction in past windows of this length (moments)."""
        edges = self._windows(window)
        step = np.searchsorted(self.edges, edges[:-1], side="right") - 1
        usable = step - 1 - lag >= 0
        if usable.sum() < _FEWEST_TARGETS:
            return 0.0
        seen = np.histogram(self.history.hours, edges)[0][usable]
        expected = rate[step[usable] - 1 - lag] * self.exposure(edges)[usable]
        excess = float((np.square(seen - expected) - expected).sum() / np.square(expected).sum())
        return float(np.sqrt(max(0.0, excess)))

    def _windows(self, window: Window) -> Floats:
        if self.history.monthly:
            months = max(1, round(window.hours / float(np.median(np.diff(self.edges)))))
            return np.asarray(self.edges[::-months][::-1])
        covered = self.edges[-1] - self.edges[0]
        n_windows = min(_MOST_WINDOWS, int(covered / window.hours + 1e-9))
        return np.asarray(self.edges[-1] - window.hours * np.arange(n_windows, -1, -1.0))


def _months(history: History) -> Floats:
    starts, month = [history.start], local(history.start, history.tz)
    # Half a month on from a start is in the same month, 40 days on is in the next, whatever the zone of the start.
    month = (month + timedelta(days=15)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while starts[-1] < history.until:
        month = (month + timedelta(days=40)).replace(day=1)
        starts.append(month.astimezone(history.start.tzinfo))
    if abs(starts[-1] - history.until) < timedelta(days=3):
        starts[-1] = history.until
    return np.array([(start - history.start) / timedelta(hours=1) for start in starts])
