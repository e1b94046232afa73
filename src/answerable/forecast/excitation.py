"""Self-excitation: how much of what happens follows nearby on what has just happened; fitted by maximum likelihood.

By expectation-maximisation of

    rate(x, t) = mu(x) + sum over earlier incidents j of  sum over k of  w_k G(x - x_j; s_k) H(t - t_j; m_k)

G a Gaussian of sd s_k, H an exponential of mean m_k, (s_k, m_k) a dictionary, w_k >= 0. One round: the expected number
of offspring by kernel, sum of w_k g_k / rate over pairs, over the number the kernel could have had (its mass inside the
study area and before the data end: the edge correction) gives the new w_k; each incident's mu / rate is its probability
of being background. Every few rounds mu is drawn anew as a kernel map of the incidents, each weighted by that
probability and *left out of its own place*, its width the one of highest leave-one-out likelihood: with itself left in,
a background explains everything. Sum of w = branching ratio: incidents per incident that follow directly.

References: Marsan and Lengline, Science 319, 2008; Mohler et al., Self-exciting point process modeling of crime,
Journal of the American Statistical Association 106, 2011; Zhuang, Ogata and Vere-Jones, 2002 (P(background)).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from answerable.forecast.bank import inside
from answerable.forecast.kernel import smooth, weights
from answerable.forecast.neighbours import Neighbours, neighbours, sums
from answerable.forecast.pairs import Pairs, affordable, find_pairs
from answerable.place import Grid

Floats = NDArray[np.float64]

WIDTHS_LADDER_M = (100.0, 200.0, 400.0, 800.0, 1600.0, 3200.0)
_ROUNDS = 4
_STEPS = 12
_PAIR_BUDGET = 4_000_000
_PAIRS_EACH = 16
_FINEST_PIXELS = 1_000_000


@dataclass(frozen=True, eq=False)
class Excitation:
    """A fitted process: ``weights`` (kernels,) by ``widths`` (m) and ``memories`` (h); ``background`` (n,) is each
    incident's probability of not having been triggered; ``map_width`` the background's kernel in metres.
    """

    widths: Floats
    memories: Floats
    weights: Floats
    background: Floats
    map_width: float
    log_likelihood: float
    pairs: int

    @property
    def branching(self) -> float:
        """Incidents that follow directly on one incident, on average."""
        return float(self.weights.sum())

    @property
    def spread_m(self) -> float:
        """Standard deviation, on each axis, of the distance from an incident to one that it triggered."""
        return float(np.sqrt(self.weights @ np.square(self.widths) / max(self.branching, 1e-300)))

    @property
    def lag_days(self) -> float:
        """Mean time from an incident to one that it triggered."""
        return float(self.weights @ self.memories / max(self.branching, 1e-300) / 24)


@dataclass(frozen=True, eq=False)
class Events:
    """Incidents in order of time: metres and hours, shape (n,) each, observed on ``grid`` until ``end`` (hours)."""

    x: Floats
    y: Floats
    hours: Floats
    grid: Grid
    end: float


def pair_up(events: Events, widths: tuple[float, ...], memories_h: tuple[float, ...], most: float = 0) -> Pairs:
    """Return the pairs a dictionary needs: to three of its widest, and as many of its longest as can be afforded."""
    radius = 3 * max(widths)
    budget = most or max(_PAIR_BUDGET, _PAIRS_EACH * len(events.x))
    longest = affordable(events.x, events.y, events.hours, radius, 3 * max(memories_h), budget=budget)
    return find_pairs(events.x, events.y, events.hours, radius, max(longest, 1.0))


def fit_dictionary(
    events: Events, widths: tuple[float, ...], memories_h: tuple[float, ...], *, most_pairs: float = 0
) -> Excitation:
    """Fit the weights of all combinations of ``widths`` (metres) and ``memories_h`` (hours).

    Memories that the pairs cannot show (longer than three quarters of the longest lag afforded) are left out.
    """
    pairs = pair_up(events, widths, memories_h, most_pairs)
    short = tuple(m for m in memories_h if m <= 0.75 * pairs.longest) or memories_h[:1]
    s, m = (a.ravel() for a in np.meshgrid(widths, short, indexing="ij"))
    return _fit(events, pairs, s, m)


def fit_single(events: Events, width: float = 200.0, memory_h: float = 120.0, *, reach: float = 750.0) -> Excitation:
    """Fit one kernel whose width and memory are fitted too, from pairs within ``reach`` metres and 8 memories.

    This is the one to read branching, spread and lag from; a dictionary shares them out among its neighbours. Every
    pair counts with its own distance and lag (``neighbours``), none is binned.
    """
    budget = max(_PAIR_BUDGET, _PAIRS_EACH * len(events.x))
    longest = max(affordable(events.x, events.y, events.hours, reach, 8 * memory_h, budget=budget), 1.0)
    near = neighbours(events.x, events.y, events.hours, reach, longest, padded=True)
    canvas, background = Canvas.of(events), np.full(len(events.x), 0.7)
    map_width, weight = 0.0, 0.3
    s, m = np.array([width]), np.array([memory_h])
    for number in range(_ROUNDS):
        map_width, mu = canvas.best(background, _ladder(number, map_width))
        for _ in range(_STEPS):
            amplitude = weight * peak(float(s[0]), float(m[0]), near)
            told = sums(near, mu, amplitude, float(s[0]), float(m[0]))
            offspring = max(amplitude * told.near, 1e-300)
            weight = float(offspring / _room(events, canvas, s, m, longest)[0])
            s, m = (
                _moments((told.square / told.near, told.lag / told.near), (reach, longest), s, m)
                if told.near
                else (s, m)
            )
        background = np.clip(mu / np.maximum(told.rate, 1e-300), 0.0, 1.0)
    told = sums(near, mu, weight * peak(float(s[0]), float(m[0]), near), float(s[0]), float(m[0]))
    integral = background.sum() + weight * _room(events, canvas, s, m, longest)[0]
    return Excitation(s, m, np.array([weight]), background, map_width, told.log_rate - float(integral), int(near.pairs))


def peak(width: float, memory: float, near: Neighbours) -> float:
    """Return the density of a kernel at no distance and no lag, per square metre and hour: its mass over the list's
    radius and longest lag is 1.
    """
    kept = -np.expm1(-(near.radius**2) / (2 * width**2)) * -np.expm1(-near.longest / memory)
    return float(1 / (2 * np.pi * width**2 * memory * kept))


def _ladder(number: int, width: float) -> tuple[float, ...]:
    return tuple(width * 2 ** (step / 2 ** (number + 1)) for step in (-1, 0, 1)) if number else WIDTHS_LADDER_M


def _fit(events: Events, pairs: Pairs, widths: Floats, memories: Floats) -> Excitation:
    canvas, background = Canvas.of(events), np.full(len(events.x), 0.7)
    weights_now, width = np.full(len(widths), 0.3 / len(widths)), 0.0
    tables = np.stack([pairs.density(s, m) for s, m in zip(widths, memories, strict=True)])
    room = _room(events, canvas, widths, memories, pairs.longest)
    for number in range(_ROUNDS):
        width, mu = canvas.best(background, _ladder(number, width))
        for _ in range(_STEPS):
            rate, credit = pairs.round(mu, weights_now @ tables)
            weights_now = weights_now * (tables @ credit) / room
        background = np.clip(mu / np.maximum(rate, 1e-300), 0.0, 1.0)
    rate, _ = pairs.round(mu, weights_now @ tables)
    log_likelihood = float(np.log(np.maximum(rate, 1e-300)).sum() - background.sum() - weights_now @ room)
    return Excitation(widths, memories, weights_now, background, width, log_likelihood, len(pairs))


def _moments(
    seen: tuple[float, float], cut: tuple[float, float], widths: Floats, memories: Floats
) -> tuple[Floats, Floats]:
    """Return the width and memory whose kernel, cut at a radius and a lag, has the offspring's mean squared distance
    and mean lag.
    """
    u = cut[0] ** 2 / (2 * widths[0] ** 2)
    v = cut[1] / memories[0]
    # E[r^2] of a Gaussian cut at R is 2 s^2 (1 - u e^-u / (1 - e^-u)); of a lag cut at T, m (1 - v e^-v / (1 - e^-v)).
    s2 = seen[0] / 2 / (1 - u / np.expm1(u)) if u < 500 else seen[0] / 2
    m = seen[1] / (1 - v / np.expm1(v)) if v < 500 else seen[1]
    return np.array([np.sqrt(max(s2, 25.0))]), np.array([max(m, 0.25)])


def _room(events: Events, canvas: Canvas, widths: Floats, memories: Floats, longest: float) -> Floats:
    """Return how many incidents each kernel could have triggered where and when they would have been seen."""
    left = np.minimum(events.end - events.hours, longest)
    room = np.zeros(len(widths))
    for k, (width, memory) in enumerate(zip(widths, memories, strict=True)):
        whole = -np.expm1(-longest / memory)
        room[k] = (canvas.kept(float(width)) * -np.expm1(-left / memory) / whole).sum()
    return np.maximum(room, 1e-300)


@dataclass(eq=False)
class Canvas:
    """The study area as pixels fine enough for a background map; ``at`` (n,) is each incident's pixel."""

    pixel: float
    mask: Floats
    at: NDArray[np.int64]
    hours: float
    kept_: dict[float, Floats]

    @classmethod
    def of(cls, events: Events) -> Canvas:
        """Return pixels of a whole fraction of the grid's cells, 100 m or less where that makes a million at most."""
        column, row, width, height = events.grid.bounds
        cell = events.grid.cell_m
        per_cell = max(1, int(np.ceil(cell / 100)))
        while per_cell > 1 and width * height * per_cell**2 > _FINEST_PIXELS:
            per_cell -= 1
        mask = inside(events.grid).repeat(per_cell, axis=0).repeat(per_cell, axis=1)
        pixel = cell / per_cell
        across = ((events.x - column * cell) // pixel).astype(np.int64).clip(0, mask.shape[1] - 1)
        up = ((events.y - row * cell) // pixel).astype(np.int64).clip(0, mask.shape[0] - 1)
        return cls(pixel, mask, up * mask.shape[1] + across, max(events.end, 1.0), {})

    def kept(self, width: float) -> Floats:
        """Return the share of a kernel around each incident that lies in the study area, shape (n,)."""
        key = round(width, 1)
        if key not in self.kept_:
            self.kept_[key] = smooth(self.mask, weights(width / self.pixel)).ravel()[self.at]
        return np.maximum(self.kept_[key], 1e-6)

    def best(self, background: Floats, ladder: tuple[float, ...]) -> tuple[float, Floats]:
        """Return the width of best leave-one-out likelihood and the background rate it gives at each incident.

        Rates are per square metre and hour, shape (n,), and never 0: a thousandth is spread evenly.
        """
        found = [(width, self._left_out(background, width)) for width in ladder]
        scores = [float(background @ np.log(rate)) for _, rate in found]
        return found[int(np.argmax(scores))]

    def _left_out(self, background: Floats, width: float) -> Floats:
        row = weights(width / self.pixel)
        kept = self.kept(width)
        binned: Floats = np.bincount(self.at, background / kept, minlength=self.mask.size).astype(float)
        image = binned.reshape(self.mask.shape)
        own = background / kept * row[len(row) // 2] ** 2
        others = np.maximum(smooth(image, row).ravel()[self.at] - own, 0.0)
        even = background.sum() / self.mask.sum()
        return np.asarray((0.999 * others + 0.001 * even) / (self.pixel**2 * self.hours))


def without(excitation: Excitation) -> Excitation:
    """Return the same background with all triggering taken out."""
    return replace(excitation, weights=np.zeros_like(excitation.weights))
