"""Which assumptions move the answer most? Morris screening: one number is moved at a time, from many starting points.

Reference: Morris 1991, Technometrics 33; the mean absolute effect as in Campolongo, Cariboni and Saltelli 2007.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from answerable.lab.engine import Policy, simulate
from answerable.lab.ground import make_ground
from answerable.lab.parameters import Parameters
from answerable.lab.result import Result
from answerable.lab.stream import draw_stream

SIZE = 12
PLACES, EVENTS = 300, 1200
FACTORS = (
    "branching", "trigger_days", "same_place", "place_sigma", "week_peak", "reporting", "patrol_effect",
    "patrol_half_days", "displacement", "confidence_hit", "confidence_half_weeks",
)  # fmt: skip
OUTPUTS = ("coincide, of 100", "prevented, of 100", "person-years of confidence, per 100")
_LEVELS = 4


def trajectory(count: int, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return ``count`` + 1 points of the unit cube, each one step of 2/3 from the last, and which factor moved."""
    step = _LEVELS / (2 * (_LEVELS - 1))
    low = rng.integers(0, _LEVELS // 2, count) / (_LEVELS - 1)
    up = rng.random(count) < 0.5
    point = np.where(up, low, low + step)
    order = rng.permutation(count)
    points = [point.copy()]
    for factor in order:
        point[factor] += step if up[factor] else -step
        points.append(point.copy())
    return np.array(points), order.astype(np.int64)


def respond(parameters: Parameters, seed: int) -> NDArray[np.float64]:
    """Return the three outputs of responding to every report for a year; the same seed is the same luck."""
    rng = np.random.default_rng(seed)
    ground = make_ground(parameters, PLACES, rng, events_per_year=EVENTS)
    stream = draw_stream(ground, parameters, 1, rng)
    run = simulate(stream, ground, parameters, Policy("respond", responds=True))
    n = max(run.deployments, 1)
    saved = ((stream.times >= 0) & ~run.happened).sum()
    return np.array([100 * run.coincided / n, 100 * saved / n, 100 * run.confidence_lost / n])


def experiment(parameters: Parameters, seed: int, size: int) -> Result:
    """Walk ``size`` trajectories through the plausible ranges of eleven parameters."""
    low = np.array([parameters.entries[name].low for name in FACTORS])
    wide = np.array([parameters.entries[name].high for name in FACTORS]) - low
    effects = np.zeros((size, len(FACTORS), len(OUTPUTS)))
    for k, child in enumerate(np.random.default_rng(seed).spawn(size)):
        points, order = trajectory(len(FACTORS), child)
        luck = int(child.integers(2**31))
        found = [respond(parameters.changed(**dict(zip(FACTORS, low + wide * p, strict=True))), luck) for p in points]
        for step, factor in enumerate(order):
            moved = points[step + 1, factor] - points[step, factor]
            effects[k, factor] = (found[step + 1] - found[step]) / moved
    mean = np.abs(effects).mean(axis=0)
    error = 1.96 * np.abs(effects).std(axis=0, ddof=1) / np.sqrt(size)
    first = {out: [FACTORS[i] for i in np.argsort(-mean[:, k])] for k, out in enumerate(OUTPUTS)}
    rows = tuple(
        (name, *(f"{mean[i, k]:.2f} +/- {error[i, k]:.2f}" for k in range(len(OUTPUTS))))
        for i, name in sorted(enumerate(FACTORS), key=lambda pair: -mean[pair[0], 0])
    )
    answer = (
        f"How often a response coincides with further violence depends most on {first[OUTPUTS[0]][0]} and "
        f"{first[OUTPUTS[0]][1]}; what it prevents on {first[OUTPUTS[1]][0]} and {first[OUTPUTS[1]][1]}; what it costs "
        f"in confidence on {first[OUTPUTS[2]][0]}. These are the numbers to measure first."
    )
    return Result(
        name="sensitivity", title="Which assumptions matter", answer=answer,
        error=f"{size} trajectories; 95 % errors of the mean absolute effects in the table.",
        figures={name: dict(zip(OUTPUTS, map(float, mean[i]), strict=True)) for i, name in enumerate(FACTORS)}
        | {"ranking": first},
        head=("parameter, over its plausible range", *OUTPUTS), rows=rows, parameters=parameters, seed=seed, size=size,
    )  # fmt: skip
