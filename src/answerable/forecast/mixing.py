"""The prequential Bayes mixture: never much worse than the best expert, whichever that turns out to be.

Each of K experts gives a window's counts a joint probability (Poisson in every cell). The mixture gives them the
weighted mean of those probabilities; afterwards each weight is multiplied by what its expert had given to what
happened. So

    cumulative log loss of the mixture <= that of the best expert in hindsight + log K            (equal first weights)

for every sequence of outcomes whatever, since the product of the mixture's probabilities is the mean of the experts'
products, and a mean is at least one K-th of its largest term. Outcomes must be known before the next window for that.

Where they come d windows late, d + 1 mixtures could take turns: each sees every (d + 1)th window alone, and so knows
all its outcomes in time, but learns from a part of them. What is published goes by the geometric mean of the weights
that these turns would have by then: by all that is known, to the (d + 1)th root. At the full rate it would trust too
much what is d windows old. Still, outcomes that turn at the wrong moments could lead them astray without end: nobody
can promise less than about (d + 1) log K then. So they become one expert more of the turns, and are guarded by them.
Such outcomes being unlikely, the K share one K-th of a turn's first weight, and the guarded weights have the rest. Each
turn keeps its bound, and together they lose at most 2 (d + 1) log K to the best expert, and (d + 1) log (K / (K - 1))
to the weights that they guard.

``fixed share`` moves a share a of all weight back to equal before each window, so that another expert can take over:
against the best sequence of experts that changes m times in T windows the loss is at most
log K + m log(K / a) - (T - 1 - m) log(1 - a).

Experts come in pairs: as they are, and recalibrated on the windows whose outcome was known: the level times (observed
+ 20) / (expected + 20), the shares to the power that would have scored best. References: Vovk, Aggregating
strategies, 1990; Herbster and Warmuth, Tracking the best expert, Machine Learning 32, 1998; Weinberger and Ordentlich,
On delayed prediction of individual sequences, IEEE Transactions on Information Theory 48, 2002 (taking turns); Joulani,
Gyorgy and Szepesvari, Online learning under delayed feedback, ICML 2013 (the slower rate).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from answerable.forecast.chunk import SLOPES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHARE = 0.001
_WORTH = 20.0
# A copy leaves the exponent 1 only where another is better by more than this (nats): what one slope costs to tell.
_PATIENCE = 1.0


@dataclass(frozen=True, eq=False)
class Told:
    """What the experts said, window by window, and what happened, as far as it is needed for weights.

    ``level`` (windows, experts); ``norm`` (windows, experts, slopes); ``hits`` (windows, experts), the sum over
    incidents of the log share of their cell; ``seen`` (windows,) incidents. ``ready`` (windows,) is how many windows'
    outcomes were known when the window opened.
    """

    level: Floats
    norm: Floats
    hits: Floats
    seen: Floats
    ready: Ints


@dataclass(frozen=True, eq=False)
class Mixed:
    """Weights (windows, 2 experts), fixed-share weights likewise, and the copies' ``scale`` and ``slope`` (windows,
    experts). ``log_probability`` (windows, 2 experts) is each expert's of what happened, see :func:`probabilities`.
    """

    weights: Floats
    shared: Floats
    scale: Floats
    slope: Ints
    log_probability: Floats

    @property
    def joint(self) -> Floats:
        """Joint log probability given by the mixture to each window's outcome, shape (windows,)."""
        return _joint(self.log_probability, self.weights)

    @property
    def joint_shared(self) -> Floats:
        """The same for the fixed-share variant."""
        return _joint(self.log_probability, self.shared)

    def since(self, first: int) -> Mixed:
        """Return the windows from ``first`` on."""
        weights, shared, scale = self.weights[first:], self.shared[first:], self.scale[first:]
        return Mixed(weights, shared, scale, self.slope[first:], self.log_probability[first:])

    @property
    def regret(self) -> float:
        """Nats by which the mixture's cumulative log loss exceeds the best expert's in hindsight."""
        return float(self.log_probability.sum(axis=0).max() - self.joint.sum()) if len(self.weights) else 0.0


def _joint(log_probability: Floats, weights: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(logsumexp(log_probability + np.log(weights), axis=1))


def mix(told: Told, share: float = SHARE, restart: int = 0) -> Mixed:
    """Return the weights that every window's forecast had: each from nothing but windows that were ready by then.

    ``restart`` is the first window of the test where those before it only warm up: there the weights begin anew, so
    that the bound holds from there on whatever the warming up had come to believe. Where outcomes come late the guard
    begins anew, and of the weights that it guards half. Recalibration goes on.
    """
    scale, slope = recalibrated(told)
    log_probability = probabilities(told, scale, slope)
    weights, shared = (followed(log_probability, told.ready, one, restart) for one in (0.0, share))
    late = lateness(told.ready)
    if late:
        weights = guarded(log_probability, weights, late, restart)
    return Mixed(weights, shared, scale, slope, log_probability)


def followed(log_probability: Floats, ready: Ints, share: float = 0.0, restart: int = 0) -> Floats:
    """Return weights (windows, experts) that go by all outcomes known when each window opens.

    ``share`` of all weight is moved back to even after each outcome; at ``restart`` all of it, or half where outcomes
    come late: that is for the bound, and there the guard keeps it.
    """
    windows, k = log_probability.shape
    weights = np.zeros((windows, k))
    even = now = np.full(k, -np.log(k))
    late, done = lateness(ready), 0
    for i in range(windows):
        for j in range(done, int(ready[i])):
            now = _normal(now + log_probability[j] / (late + 1))
            now = np.log((1 - share) * np.exp(now) + share / k) if share else now
        done = max(done, int(ready[i]))
        if restart and i == restart:
            now = np.logaddexp(now, even) - np.log(2) if late else even
        weights[i] = np.exp(now)
    return weights


def lateness(ready: Ints) -> int:
    """Return by how many windows outcomes come late: 0 where each is known when the next window opens."""
    return int((np.arange(len(ready)) - ready).max(initial=0))


def guarded(log_probability: Floats, weights: Floats, late: int, first: int = 0) -> Floats:
    """Return weights (windows, experts) guarded from ``first`` on by mixtures that take turns, see the module's text.

    ``log_probability`` (windows, experts) is of outcomes that are known ``late`` windows after the next has opened.
    """
    k = weights.shape[1]
    both = np.concatenate([_joint(log_probability, weights)[:, None], log_probability], axis=1)
    start = np.log(np.append(k - 1, np.full(k, 1 / k)) / k)
    out = weights.copy()
    for turn in range(late + 1):
        rows = slice(first + turn, None, late + 1)
        mine = both[rows]
        logs = start + np.cumsum(mine, axis=0) - mine
        share = np.exp(logs - logsumexp(logs, axis=1, keepdims=True))
        out[rows] = share[:, :1] * weights[rows] + share[:, 1:]
    return out


def bound(k: int, late: int) -> float:
    """Return the nats by which the mixture of ``k`` experts can lose to the best, outcomes ``late`` windows late.

    >>> round(bound(16, 0), 2), round(bound(16, 1), 2)
    (2.77, 11.09)
    """
    return float((2 * (late + 1) if late else 1) * np.log(k))


def _normal(logs: Floats) -> Floats:
    """Return log weights whose weights sum to 1."""
    top = logs.max()
    return np.asarray(logs - top - np.log(np.exp(logs - top).sum()))


def probabilities(told: Told, scale: Floats, slope: Ints) -> Floats:
    """Return each expert's and each copy's log probability of what happened, shape (windows, 2 experts), without the
    factorials, which are the same for all.
    """
    plain = told.hits + told.seen[:, None] * np.log(told.level) - told.level
    rows, columns = np.indices(told.level.shape)
    copied = scale * told.level
    place = SLOPES[slope] * told.hits - told.seen[:, None] * np.log(told.norm[rows, columns, slope])
    return np.concatenate([plain, place + told.seen[:, None] * np.log(copied) - copied], axis=1)


def recalibrated(told: Told) -> tuple[Floats, Ints]:
    """Return the level's factor and the place of the exponent in :data:`SLOPES` for each window and expert."""
    start = np.zeros((1, told.level.shape[1]))
    expected = np.concatenate([start, np.cumsum(told.level, axis=0)])[told.ready]
    seen = np.concatenate([[0.0], np.cumsum(told.seen)])[told.ready]
    scale = (seen[:, None] + _WORTH) / (expected + _WORTH)
    gains = told.hits[:, :, None] * SLOPES - told.seen[:, None, None] * np.log(told.norm)
    total = np.concatenate([np.zeros((1, *gains.shape[1:])), np.cumsum(gains, axis=0)])[told.ready]
    one = int(np.argmin(np.abs(SLOPES - 1)))
    # The penalty keeps a copy at 1 until the past speaks clearly for another exponent.
    best = np.argmax(total - _PATIENCE * (np.arange(len(SLOPES)) != one), axis=2)
    return scale, best


def combine(share: Floats, level: Floats, weights: Floats, *, scale: Floats, slope: Ints, norm: Floats) -> Floats:
    """Return the mixture's expected count per cell, shape (cells,), for one window.

    ``share`` (experts, cells); ``level``, ``scale``, ``slope`` (experts,); ``norm`` (experts, slopes); ``weights``
    (2 experts,), as they are and recalibrated.
    """
    experts = len(level)
    plain = (weights[:experts] * level) @ share
    copies = weights[experts:] * scale * level
    out = np.array(plain, dtype=float)
    for e in np.flatnonzero(copies > 1e-12 * max(float(out.sum()), 1e-300)):
        out += copies[e] / norm[e, slope[e]] * np.power(share[e], SLOPES[slope[e]])
    return out


def fixed_share_bound(windows: int, k: int, changes: int, share: float = SHARE) -> float:
    """Return the nats that fixed share can lose to the best sequence of experts with ``changes`` changes.

    >>> round(fixed_share_bound(365, 16, 0), 2), round(fixed_share_bound(365, 16, 2), 2)
    (3.14, 22.5)
    """
    return float(np.log(k) + changes * np.log(k / share) - (windows - 1 - changes) * np.log(1 - share))
