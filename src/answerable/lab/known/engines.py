"""K8: the event-driven engine and the hourly reference draw the same city."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from answerable.lab.engine import Policy, simulate
from answerable.lab.ground import make_ground
from answerable.lab.known.answer import Answers, between
from answerable.lab.parameters import Parameters, load_parameters
from answerable.lab.rates import YEAR_HOURS
from answerable.lab.reference import simulate_hourly
from answerable.lab.stream import draw_stream

PLACES, RUNS, HOURS, EVENTS = 25, 200, 8760, 600
FIGURES = ("events a year", "variance to mean by two days", "median days to the next there", "Lorenz curve", "reported",
           "deployments")  # fmt: skip
NEVER, RESPOND = Policy("never"), Policy("after every report", responds=True)
# Confidence costs enough here that a wrong reporting filter would be seen.
CHANGES = {"events_per_year": EVENTS, "patrol_effect": 0.4, "confidence_hit": 2.0, "confidence_reporting": 0.05}


def figures(times: NDArray[np.float64], places: NDArray[np.int64]) -> tuple[float, ...]:
    """Return the first four of ``FIGURES`` of one city: how many, how they bunch in time, at a place, and in places."""
    two_days = np.bincount((times // 48).astype(int))
    order = np.lexsort((times, places))
    days = np.diff(times[order])[np.diff(places[order]) == 0] / 24
    cells = np.sort(np.bincount(places, minlength=PLACES))
    lorenz = cells.cumsum() / max(1, cells.sum())
    return len(times), two_days.var() / two_days.mean(), float(np.median(days[days < 20])), float(lorenz.mean())


def both(
    parameters: Parameters, policy: Policy, runs: int = RUNS, hours: int = HOURS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return ``FIGURES`` of ``runs`` cities of the event-driven engine and of the reference, on one ground."""
    ground = make_ground(parameters, PLACES, np.random.default_rng(0))
    fast = []
    for child in np.random.default_rng(31).spawn(runs):
        run = simulate(draw_stream(ground, parameters, hours / YEAR_HOURS, child), ground, parameters, policy)
        seen, inside = run.happened, run.stream.times >= 0
        found = figures(run.stream.times[seen], run.places[seen])
        fast.append((*found, (run.reported & inside).sum(), run.deployments))
    slow = [
        (*figures(one.times, one.places), one.reported, one.deployments)
        for one in simulate_hourly(
            ground, parameters, hours, np.random.default_rng(57), responds=policy.responds, cities=runs
        )
    ]
    return np.array(fast), np.array(slow)


def agreement() -> Answers:
    """K8: Kolmogorov and Smirnov's test of each figure over 200 city-years of either engine, policy or none."""
    from scipy.stats import ks_2samp

    parameters = load_parameters().changed(**CHANGES)
    for policy in (NEVER, RESPOND):
        fast, slow = both(parameters, policy)
        for column, what in enumerate(FIGURES if policy.responds else FIGURES[:-1]):
            p = float(ks_2samp(fast[:, column], slow[:, column]).pvalue)
            name = f"{policy.name}: {what}, p of the same distribution"
            yield between("K8", name, "must not differ at 0.001", 0.001, p, 0.001, 1)
