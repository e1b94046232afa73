"""K14: a malicious source is found out. Its reports name a rival's streets when it knows that nothing is planned there.

Reports are of the size that a force acts on (25 places, 72 hours); the forecast for each is the closed form of a base
rate, and the ratio of the source's cell is learned as the real engine learns it. A source that invents at
random is worth nothing and no less: its ratio is 1, and thirty reports cannot tell 1 from 1.5.
"""

from __future__ import annotations

import math

import numpy as np

from answerable.intel.outcome import Trial
from answerable.intel.reliability import measure
from answerable.lab.ground import make_ground
from answerable.lab.known.answer import Answers, between
from answerable.lab.parameters import Parameters, load_parameters
from answerable.lab.stream import draw_stream, profile

RUNS, REPORTS = 60, 30
_PLACES, _WIDE, _WINDOW_H, _CELL = 100, 25, 72, "3x5x2 3D"


def trials(parameters: Parameters, rng: np.random.Generator, *, knows: bool) -> list[Trial]:
    """Return ``REPORTS`` resolved reports about one rival's area; ``knows``: only where nothing is coming."""
    events = parameters["london_injuries"] * _PLACES / parameters["london_places"]
    ground = make_ground(parameters, _PLACES, rng, events_per_year=events)
    stream = draw_stream(ground, parameters, 2, rng)
    area = np.zeros(_PLACES, dtype=bool)
    area[rng.choice(_PLACES, _WIDE, replace=False)] = True
    windows = stream.hours // _WINDOW_H
    inside = (stream.times >= 0) & (stream.times < windows * _WINDOW_H) & area[stream.places]
    came = np.bincount((stream.times[inside] // _WINDOW_H).astype(int), minlength=windows) > 0
    busy = profile(parameters, 0, windows * _WINDOW_H).reshape(windows, _WINDOW_H).sum(axis=1)
    expected = ground.background[area].sum() / (1 - parameters["branching"]) * busy
    open_to_it = np.flatnonzero(~came) if knows else np.arange(windows)
    named = rng.choice(open_to_it, REPORTS, replace=False)
    return [Trial(_CELL, -math.expm1(-expected[w]), "materialised" if came[w] else "nothing_found") for w in named]


def source() -> Answers:
    """K14: the upper 95 % bound of its cell's likelihood ratio after 30 resolved reports."""
    parameters = load_parameters()
    bounds: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for child in np.random.default_rng(14).spawn(RUNS):
        for knows in (True, False):
            told = trials(parameters, child, knows=knows)
            ratio = measure(told).ratio(_CELL, float(np.median([one.prior or 0.5 for one in told])))
            bounds[knows].append((ratio.low, ratio.high))
    below = float(np.mean([high < 1.5 for _, high in bounds[True]]))
    held = float(np.mean([low <= 1 <= high for low, high in bounds[False]]))
    yield between(
        "K14", "malicious: upper bound of its ratio below 1.5, share of runs", "must be", 0.95, below, 0.95, 1
    )
    yield between("K14", "invented at random: interval holds 1, share of runs", "by its level", 0.9, held, 0.85, 1)
