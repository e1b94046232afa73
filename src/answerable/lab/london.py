"""London in figures: of 100 deployments of one place and window, how many would coincide with violence.

A deployment is one small area for twelve hours. The city has log-normal long-run rates, busy and quiet hours, and
events that set off others. Five ways of choosing are tried, up to an oracle who knows every true rate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from answerable.lab.ground import Ground, make_ground
from answerable.lab.parameters import Parameters
from answerable.lab.rates import YEAR_HOURS
from answerable.lab.stream import Stream, draw_stream, profile

WINDOW_H = 12
TOPS = (1000, 365, 100, 50, 12)


@dataclass(frozen=True)
class Way:
    """One way of choosing: ``per_100`` coincidences in 100 deployments, with its Monte Carlo standard error."""

    name: str
    per_100: float
    error: float
    deployments: float


def knife_ground(parameters: Parameters, rng: np.random.Generator) -> Ground:
    """Draw London's small areas with their rates of knife injury."""
    places = int(parameters["london_places"])
    return make_ground(parameters, places, rng, events_per_year=parameters["london_injuries"])


def random_per_100(parameters: Parameters, hours: float = WINDOW_H, places: float = 1) -> float:
    """Return the closed form for a random place and time: 100 (1 - exp(-rate * places * hours))."""
    rate = parameters["london_injuries"] / parameters["london_places"] / YEAR_HOURS
    return float(-100 * math.expm1(-rate * places * hours))


def response_per_100(parameters: Parameters, hours: float = WINDOW_H) -> float:
    """Return the closed form for the place of an event, in the hours after it.

    Lambda = base (1 + cv^2) + n q (1 - exp(-W / tau)): the place of an event is busier than others (by 1 + cv^2, for
    log-normal rates exp(sigma^2)), and the event may set off another there. What others nearby set off is left out.
    """
    rate = parameters["london_injuries"] / parameters["london_places"] / YEAR_HOURS
    own = rate * hours * math.exp(parameters["place_sigma"] ** 2)
    scale = parameters["trigger_days"] * 24
    set_off = -parameters["branching"] * parameters["same_place"] * math.expm1(-hours / scale)
    return float(-100 * math.expm1(-(own + set_off)))


def coincidences(parameters: Parameters, cities: int, rng: np.random.Generator) -> tuple[Way, ...]:
    """Simulate ``cities`` cities of two years, choose by the first, and count in the second."""
    found: dict[str, list[tuple[float, float]]] = {}
    for child in rng.spawn(cities):
        for name, hits, deployments in _one(parameters, child):
            found.setdefault(name, []).append((hits, deployments))
    return tuple(_way(name, np.array(pairs)) for name, pairs in found.items())


def _way(name: str, pairs: NDArray[np.float64]) -> Way:
    hits, deployments = pairs.sum(axis=0)
    rate = hits / deployments if deployments else math.nan
    scatter = pairs[:, 0] - rate * pairs[:, 1]
    n = len(pairs)
    # The error of a ratio over independent cities; of one city, that of a count.
    error = math.sqrt(n / (n - 1) * (scatter**2).sum()) / deployments if n > 1 else math.sqrt(hits) / deployments
    return Way(name, float(100 * rate), float(100 * max(error, math.sqrt(hits) / deployments)), deployments / n)


def _one(parameters: Parameters, rng: np.random.Generator) -> list[tuple[str, float, float]]:
    ground = knife_ground(parameters, rng)
    stream = draw_stream(ground, parameters, 2, rng)
    windows = stream.hours // WINDOW_H
    half = windows // 2
    hit, base, known = pictures(ground, parameters, stream, windows)
    first = stream.places[(stream.times >= 0) & (stream.times < half * WINDOW_H)]
    counts = np.bincount(first, minlength=len(ground)).astype(float)
    busy = base / base.mean()
    rows = [("random place and time", float(hit[half:].sum()), float(hit[half:].size))]
    rows.append(("the place of the last event", *_response(stream, half * WINDOW_H)))
    scores = {
        "last year's counts": counts * busy[half:, None],
        "true long-run rates": ground.background * busy[half:, None],
        "oracle": known[half:],
    }
    for name, score in scores.items():
        flat = score.ravel()
        best = np.argpartition(-flat, TOPS[0])[: TOPS[0]]
        best = best[np.argsort(-flat[best], kind="stable")]
        happened = hit[half:].ravel()[best]
        rows += [(f"{name}, top {top} a year", float(happened[:top].sum()), float(top)) for top in TOPS]
    return rows


def pictures(
    ground: Ground, parameters: Parameters, stream: Stream, windows: int
) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    """Return what happened (bool[windows, n]), how busy windows are (float64[windows]), what an oracle expects."""
    scale, gain = parameters["trigger_days"] * 24, parameters["branching"]
    base = profile(parameters, 0, windows * WINDOW_H).reshape(windows, WINDOW_H).sum(axis=1)
    hit = np.zeros((windows, len(ground)), dtype=bool)
    known = np.empty((windows, len(ground)))
    edges = np.searchsorted(stream.times, np.arange(windows + 1) * WINDOW_H)
    left = _excite(np.zeros(len(ground)), ground, parameters, stream, slice(0, int(edges[0])), 0.0)
    fade = math.exp(-WINDOW_H / scale)
    for k in range(windows):
        known[k] = ground.background * base[k] + gain * left * (1 - fade)
        inside = slice(int(edges[k]), int(edges[k + 1]))
        hit[k, stream.places[inside]] = True
        left = _excite(left * fade, ground, parameters, stream, inside, (k + 1) * WINDOW_H)
    return hit, base, known


def _excite(  # noqa: PLR0917
    left: NDArray[np.float64], ground: Ground, parameters: Parameters, stream: Stream, which: slice, now: float
) -> NDArray[np.float64]:
    """Add what the events ``which`` may still set off at ``now`` (as shares of one event), and return ``left``."""
    places = stream.places[which]
    weight = np.exp((stream.times[which] - now) / (parameters["trigger_days"] * 24))
    same = parameters["same_place"]
    np.add.at(left, places, same * weight)
    np.add.at(left, ground.neighbours[places].ravel(), np.repeat((1 - same) / 8 * weight, 8))
    return left


def _response(stream: Stream, start: float) -> tuple[float, float]:
    """Return how many events are followed by another in their place within the window, and how many there are."""
    order = np.lexsort((stream.times, stream.places))
    time, place = stream.times[order], stream.places[order]
    asked = (time[:-1] >= start) & (time[:-1] < stream.hours - WINDOW_H)
    soon = (place[1:] == place[:-1]) & (time[1:] - time[:-1] <= WINDOW_H)
    return float((asked & soon).sum()), float(asked.sum())
