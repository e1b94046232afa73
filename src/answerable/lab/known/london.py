"""K9 and K10: London's published concentration of knife injuries, and the table of coincidences."""

from __future__ import annotations

import math

import numpy as np

from answerable.lab.known.answer import Answer, Answers, near
from answerable.lab.london import coincidences, random_per_100, response_per_100
from answerable.lab.parameters import load_parameters

MASSEY = "Massey, Sherman and Coupe 2019"
TABLE = "independent simulation of the same city, 20 years"
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


def table(cities: int = 16) -> Answers:
    """K10: of 100 deployments of one place and twelve hours, how many coincide."""
    parameters = load_parameters()
    ways = {way.name: way for way in coincidences(parameters, cities, np.random.default_rng(10))}
    random, response = ways["random place and time"], ways["the place of the last event"]
    closed = random_per_100(parameters)
    yield near("K10", "random: closed form", TABLE, 0.12, closed, 0.01)
    yield near("K10", "random: simulated", "closed form", closed, random.per_100, max(3 * random.error, 0.04 * closed))
    expected = response_per_100(parameters)
    yield near("K10", "response: closed form", TABLE, 0.89, expected, 0.05)
    # The closed form leaves out what neighbours and grandchildren add, and that events lie in busy hours.
    yield near(
        "K10", "response: simulated", "closed form", expected, response.per_100, 3 * response.error + 0.05 * expected
    )
    for name, published in {
        "last year's counts, top 365 a year": 3.0, "last year's counts, top 100 a year": 3.8,
        "true long-run rates, top 100 a year": 4.2, "oracle, top 1000 a year": 2.8, "oracle, top 365 a year": 3.4,
        "oracle, top 100 a year": 4.2,
    }.items():  # fmt: skip
        way = ways[name]
        within = math.hypot(3 * way.error, 0.15 * published)
        yield Answer("K10", name, TABLE, published, way.per_100, published - within, published + within)
    fast = parameters.changed(branching=0.3, trigger_days=1)
    oracle = {way.name: way for way in coincidences(fast, max(2, cities // 4), np.random.default_rng(11))}
    way = oracle["oracle, top 100 a year"]
    within = math.hypot(3 * way.error, 0.15 * 17)
    yield near("K10", "fast retaliation: oracle, top 100 a year", TABLE, 17, way.per_100, within)
    yield near("K10", "fast retaliation: response, closed form", TABLE, 7.9, response_per_100(fast), 0.9)
