"""K9 and K10: London's published concentration of knife injuries, and the table of coincidences."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from answerable.lab.following import busy_windows
from answerable.lab.known.answer import Answer, Answers, near
from answerable.lab.london import WINDOW_H, Way, coincidences, random_per_100, response_per_100
from answerable.lab.parameters import Parameters, load_parameters
from answerable.lab.rates import YEAR_HOURS

MASSEY = "Massey, Sherman and Coupe 2019"
TABLE = "independent simulation of the same city, 20 years"
ORACLE = "oracle, top 100 a year"
CENTRAL = {
    "last year's counts, top 365 a year": 3.0, "last year's counts, top 100 a year": 3.8,
    "last year's counts, top 50 a year": 3.9, "true long-run rates, top 100 a year": 4.2,
    "oracle, top 1000 a year": 2.8, "oracle, top 365 a year": 3.4, ORACLE: 4.2, "oracle, top 12 a year": 4.8,
}  # fmt: skip
FAST = {"oracle, top 365 a year": 14.0, ORACLE: 17.0}
INJURIES, HOMICIDES, PLACES = 3506, 97, 4835
OFTEN = 6


def massey() -> Answers:
    """K9: log-normal places give the published counts of places with none and with many."""
    sigma = load_parameters()["place_sigma"]
    rng = np.random.default_rng(9)
    rows = []
    for _ in range(400):
        weight = np.exp(sigma * rng.standard_normal(PLACES))
        weight /= weight.sum()
        injuries = rng.poisson(INJURIES * weight)
        killed = rng.multinomial(HOMICIDES, weight)
        none, often = injuries == 0, injuries >= OFTEN
        rows.append(
            (none.sum(), often.sum(), (killed[none] > 0).mean(), (killed[often] > 0).mean(), killed[~none].sum())
        )
    zero, many, after_none, after_many, with_any = np.mean(rows, axis=0)
    yield near("K9", "places with no injury", MASSEY, 2781, zero, 60)
    yield near("K9", "places with six or more", MASSEY, 41, many, 10)
    yield near("K9", "share with a homicide next year, after none", MASSEY, 0.012, after_none, 0.003)
    yield near("K9", "the same, after six or more", "as fitted; 0.15 observed by " + MASSEY, 0.12, after_many, 0.03)
    yield near(
        "K9", "homicides where there was an injury", "as fitted; 0.69 observed", 0.65, with_any / HOMICIDES, 0.015
    )


def table(cities: int = 24) -> Answers:
    """K10: of 100 deployments of one place and twelve hours, how many coincide.

    Closed forms beside what was simulated, in the lab's own city; then the published table, which is found where busy
    hours act as :mod:`answerable.lab.following` says (this page's introduction says why that is thought).
    """
    parameters = load_parameters()
    fast = parameters.changed(branching=0.3, trigger_days=1)
    few = max(2, cities // 2)
    ways = _ways(parameters, cities, 10)
    random, response = ways["random place and time"], ways["the place of the last event"]
    closed, expected = random_per_100(parameters), response_per_100(parameters)
    yield near("K10", "random: closed form", TABLE, 0.12, closed, 0.01)
    yield near("K10", "random: simulated", "closed form", closed, random.per_100, max(3 * random.error, 0.04 * closed))
    yield near("K10", "response: closed form", TABLE, 0.89, expected, 0.05)
    # The closed form leaves out what neighbours and grandchildren add, and that events lie in busy hours.
    yield near(
        "K10", "response: simulated", "closed form", expected, response.per_100, 3 * response.error + 0.05 * expected
    )
    for name in CENTRAL:
        yield _simulated(name, ways[name])
    soon = _ways(fast, few, 11)
    yield _simulated(f"fast retaliation: {ORACLE}", soon[ORACLE])
    after = soon["the place of the last event"]
    yield near("K10", "fast retaliation: response, simulated", TABLE, 7.9, after.per_100, 3 * after.error)
    busy = busy_windows(parameters, math.ceil(2 * YEAR_HOURS / WINDOW_H))
    for name, way in _ways(parameters, cities, 10, busy).items():
        if name in CENTRAL:
            yield _published(f"busy hours set off more: {name}", CENTRAL[name], way)
    for name, way in _ways(fast, few, 11, busy).items():
        if name in FAST:
            yield _published(f"busy hours set off more, fast retaliation: {name}", FAST[name], way)


def _ways(
    parameters: Parameters, cities: int, seed: int, following: NDArray[np.float64] | None = None
) -> dict[str, Way]:
    return {way.name: way for way in coincidences(parameters, cities, np.random.default_rng(seed), following)}


def _simulated(name: str, way: Way) -> Answer:
    """Return how often deployments met something beside what the true rates led to expect, within 3 standard errors."""
    error = 10 * math.sqrt(way.expected / (way.deployments * way.cities))
    return near("K10", f"{name}: simulated", "1 - exp(-true rate)", way.expected, way.per_100, 3 * error)


def _published(name: str, published: float, way: Way) -> Answer:
    """Return what the true rates lead to expect beside the published figure, within 15 %."""
    return near("K10", name, TABLE, published, way.expected, 0.15 * published)
