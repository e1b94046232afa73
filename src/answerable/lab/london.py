"""London in figures: of 100 deployments of one place and window, how many would coincide with violence.

A deployment is one small area for twelve hours. The city has log-normal long-run rates, busy and quiet hours, and
events that set off others. Five ways of choosing are tried, up to an oracle who knows every true rate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from answerable.lab.following import draw_following
from answerable.lab.ground import Ground, make_ground
from answerable.lab.parameters import Parameters
from answerable.lab.rates import YEAR_HOURS
from answerable.lab.stream import Stream, draw_stream, profile

WINDOW_H = 12
TOPS = (1000, 365, 100, 50, 12)
Busy = NDArray[np.float64]


@dataclass(frozen=True)
class Way:
    """One way of choosing: ``per_100`` coincidences in 100 deployments, with its Monte Carlo standard error.

    ``expected`` is what the true rates at each deployment's start lead one to expect, 100 times the mean of
    1 - exp(-Lambda), with ``expected_error``, which is smaller since no luck of single events is in it (NaN where the
    deployments are not windows of the grid). ``deployments`` are those of one of ``cities`` cities.
    """

    name: str
    per_100: float
    error: float
    deployments: float
    cities: int
    expected: float
    expected_error: float


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


def coincidences(
    parameters: Parameters, cities: int, rng: np.random.Generator, following: Busy | None = None
) -> tuple[Way, ...]:
    """Simulate ``cities`` cities of two years, choose by the first, and count in the second.

    With ``following``, how busy each of the hours of both years is, what events set off keeps to busy hours too.
    """
    found: dict[str, list[tuple[float, float, float]]] = {}
    for child in rng.spawn(cities):
        for name, *counted in _one(parameters, child, following):
            found.setdefault(name, []).append((counted[0], counted[1], counted[2]))
    return tuple(_way(name, np.array(counted)) for name, counted in found.items())


def _way(name: str, counted: NDArray[np.float64]) -> Way:
    hits, expected, deployments = counted.sum(axis=0)
    n = len(counted)
    rate, wanted = (100 * one / deployments if deployments else math.nan for one in (hits, expected))
    seen, thought = (_ratio_error(counted[:, k], counted[:, 2]) for k in (0, 1))
    # Of one city alone, the error of a count.
    seen = np.nanmax([seen, 100 * math.sqrt(hits) / max(deployments, 1)])
    return Way(name, float(rate), float(seen), deployments / n, n, float(wanted), thought)


def _ratio_error(counts: NDArray[np.float64], deployments: NDArray[np.float64]) -> float:
    """Return the standard error of 100 counts over deployments, over independent cities; NaN for one city."""
    n = len(counts)
    if n < 2:
        return math.nan
    scatter = counts - counts.sum() / deployments.sum() * deployments
    return float(100 * math.sqrt(n / (n - 1) * (scatter**2).sum()) / deployments.sum())


def _one(
    parameters: Parameters, rng: np.random.Generator, following: Busy | None
) -> list[tuple[str, float, float, float]]:
    """Return for each way of choosing how many deployments met something, were expected to, and how many there were."""
    ground = knife_ground(parameters, rng)
    if following is None:
        stream = draw_stream(ground, parameters, 2, rng)
    else:
        stream = draw_following(ground, parameters, following, rng)
    windows = stream.hours // WINDOW_H
    half = windows // 2
    hit, base, known = pictures(ground, parameters, stream, windows, following)
    first = stream.places[(stream.times >= 0) & (stream.times < half * WINDOW_H)]
    counts = np.bincount(first, minlength=len(ground)).astype(float)
    busy = base / base.mean()
    chance = -np.expm1(-known[half:])
    rows = [("random place and time", float(hit[half:].sum()), float(chance.sum()), float(chance.size))]
    met, asked = _response(stream, half * WINDOW_H)
    rows.append(("the place of the last event", met, math.nan, asked))
    scores = {
        "last year's counts": counts * busy[half:, None],
        "true long-run rates": ground.background * busy[half:, None],
        "oracle": known[half:],
    }
    for name, score in scores.items():
        flat = score.ravel()
        best = np.argpartition(-flat, TOPS[0])[: TOPS[0]]
        best = best[np.argsort(-flat[best], kind="stable")]
        happened, thought = hit[half:].ravel()[best], chance.ravel()[best]
        rows += [
            (f"{name}, top {top} a year", float(happened[:top].sum()), float(thought[:top].sum()), float(top))
            for top in TOPS
        ]
    return rows


def pictures(
    ground: Ground, parameters: Parameters, stream: Stream, windows: int, following: Busy | None = None
) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    """Return what happened (bool[windows, n]), how busy windows are (float64[windows]), what an oracle expects."""
    scale, gain = parameters["trigger_days"] * 24, parameters["branching"]
    busy = profile(parameters, 0, windows * WINDOW_H) if following is None else following[: windows * WINDOW_H]
    hours = busy.reshape(windows, WINDOW_H)
    base = hours.sum(axis=1)
    # What of an event's influence falls into each hour of a window that begins with all of it left.
    falls = np.exp(-np.arange(WINDOW_H) / scale) * -math.expm1(-1 / scale)
    share = hours @ falls if following is not None else np.full(windows, falls.sum())
    hit = np.zeros((windows, len(ground)), dtype=bool)
    known = np.empty((windows, len(ground)))
    edges = np.searchsorted(stream.times, np.arange(windows + 1) * WINDOW_H)
    left = _excite(np.zeros(len(ground)), ground, parameters, stream, slice(0, int(edges[0])), 0.0)
    fade = math.exp(-WINDOW_H / scale)
    for k in range(windows):
        known[k] = ground.background * base[k] + gain * left * share[k]
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
