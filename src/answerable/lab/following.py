"""A city in which what events set off comes in busy hours too: the one that the published table of London fits.

In equation 1 of the lab busy hours multiply a place's own rate alone. Here they multiply all of it, and they are twice
as busy as the mean for whole windows of twelve hours, not for one hour at their height.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from answerable.lab.ground import SIDES, Ground
from answerable.lab.kernel import WINDOW_H
from answerable.lab.parameters import Parameters
from answerable.lab.rates import stretched
from answerable.lab.stream import MARKS, Stream, profile


def busy_windows(parameters: Parameters, windows: int) -> NDArray[np.float64]:
    """Return how busy each hour is over the mean hour (float64[12 windows]), the same within a window.

    The busiest window is ``week_peak``, the quietest ``week_trough``, the mean 1.
    """
    means = profile(parameters, 0, windows * WINDOW_H).reshape(windows, WINDOW_H).mean(axis=1)
    return np.repeat(stretched(means, parameters["week_trough"], parameters["week_peak"]), WINDOW_H)


def draw_following(
    ground: Ground, parameters: Parameters, busy: NDArray[np.float64], rng: np.random.Generator
) -> Stream:
    """Draw a stream over ``busy`` (float64[hours]) in which an event's offspring keep to busy hours too.

    Each event would set off ``branching`` others times the busiest hour; those that fall into an hour are kept with
    ``busy`` over the busiest (thinning). It begins with an empty past.
    """
    hours, most = len(busy), float(busy.max())
    by_hour, by_place = np.cumsum(busy), np.cumsum(ground.background)
    count = rng.poisson(by_hour[-1] * by_place[-1])
    times = np.searchsorted(by_hour, rng.random(count) * by_hour[-1], side="right") + rng.random(count)
    places = np.searchsorted(by_place, rng.random(count) * by_place[-1], side="right").astype(np.int64)
    every_time, every_place = [times], [places]
    while len(times):
        children = rng.poisson(parameters["branching"] * most, len(times))
        times, places = np.repeat(times, children), np.repeat(places, children)
        times = times + rng.exponential(parameters["trigger_days"] * 24, len(times))
        stays = rng.random(len(times)) < parameters["same_place"]
        places = np.where(stays, places, ground.neighbours[places, rng.integers(0, SIDES, len(times))])
        inside = times < hours
        times, places = times[inside], places[inside]
        kept = rng.random(len(times)) < busy[times.astype(np.int64)] / most
        times, places = times[kept], places[kept]
        every_time.append(times)
        every_place.append(places)
    time, place = np.concatenate(every_time), np.concatenate(every_place)
    order = np.argsort(time, kind="stable")
    none = np.full(len(order), -1, dtype=np.int64)
    return Stream(hours, time[order], place[order], none, none, np.zeros((len(order), len(MARKS))))
