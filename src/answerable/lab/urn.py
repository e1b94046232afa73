"""Two areas, one patrol, one urn: how a forecast feeds on what its own patrols discover, and the repair.

The balls of the urn are past incidents. Every day the patrol goes to an area with the chance that is its share of the
balls, and what is recorded is added. With ``repair``, a discovered incident is kept with a probability in proportion to
the other area's share, which undoes that more is seen where one looks more.
Source: Ensign, Friedler, Neville, Scheidegger and Venkatasubramanian 2018, Runaway Feedback Loops in Predictive
Policing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from answerable.errors import InputError


@dataclass(frozen=True)
class Urn:
    """An urn before its first day.

    ``rates`` are incidents a day in the two areas, ``prior`` the balls to begin with. ``discovered`` is the share of
    incidents that is seen only where the patrol is; the others are reported wherever it is. ``decay`` is the chance
    that a ball is forgotten on a day (one ball of each area stays). ``random`` draws Poisson numbers of incidents
    instead of their means.
    """

    rates: tuple[float, float]
    prior: tuple[float, float]
    discovered: float = 1.0
    decay: float = 0.0
    random: bool = True
    repair: bool = False

    def __post_init__(self) -> None:
        wrong = [n for n in (*self.rates, *self.prior) if not (np.isfinite(n) and n >= 0)]
        if wrong or not 0 <= self.discovered <= 1 or not 0 <= self.decay < 1 or min(self.prior) == 0:
            raise InputError(
                "An urn needs rates of 0 or more, balls of both areas, and shares between 0 and 1.",
                where=f"rates {self.rates}, prior {self.prior}, discovered {self.discovered:g}, decay {self.decay:g}",
                fix="Correct them.",
            )

    @property
    def truth(self) -> float:
        """The first area's share of what really happens."""
        return self.rates[0] / sum(self.rates)


def simulate_urn(urn: Urn, *, draws: int, runs: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the first area's share of the balls after ``draws`` days, in ``runs`` independent runs (float64[runs])."""
    balls = np.tile(np.array(urn.prior, dtype=np.float64), (runs, 1))
    rates = np.array(urn.rates)
    for _ in range(draws):
        share = balls / balls.sum(axis=1, keepdims=True)
        patrol = np.zeros((runs, 2), dtype=bool)
        patrol[:, 0] = rng.random(runs) < share[:, 0]
        patrol[:, 1] = ~patrol[:, 0]
        seen = patrol * urn.discovered
        if urn.repair:
            seen = seen * share[:, ::-1] / share.max(axis=1, keepdims=True)
        mean = rates * (seen + (1 - urn.discovered))
        # A thinned Poisson count is Poisson with the thinned mean.
        new = rng.poisson(mean) if urn.random else mean
        if urn.decay:
            balls = np.maximum(balls - rng.binomial(balls.astype(np.int64), urn.decay), 1)
        balls = balls + new
    return np.asarray(balls[:, 0] / balls.sum(axis=1))


def limit_share(urn: Urn) -> float:
    """Return the share that an urn of mixed incidents tends to, in closed form and without the repair.

    With what is added (a, b) after a day in the first area and (c, d) after one in the second, it is the root in [0, 1]
    of (c + d - a - b) x^2 + (a - 2c - d) x + c = 0.

    >>> round(limit_share(Urn((3.68511, 2.816466), (609, 379), discovered=0.5)), 3)
    0.599
    """
    first, second = urn.rates
    told = 1 - urn.discovered
    a, b, c, d = first, told * second, told * first, second
    found = [x.real for x in np.roots([c + d - a - b, a - 2 * c - d, c]) if abs(x.imag) < 1e-9 and 0 <= x.real <= 1]
    if not found:
        raise InputError("This urn has no limit of its own.", where=f"{urn}", fix="Let some incidents be reported.")
    return float(min(found))
