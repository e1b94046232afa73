"""Base rates: of 100 such deployments, how many would coincide with serious violence."""

from __future__ import annotations

import numpy as np

from answerable.lab.chart import Bar
from answerable.lab.london import Way, coincidences, random_per_100, response_per_100
from answerable.lab.parameters import Parameters
from answerable.lab.result import Result

SIZE = 8
_SHOWN = (
    "random place and time", "the place of the last event", "last year's counts, top 100 a year",
    "true long-run rates, top 100 a year", "oracle, top 100 a year",
)  # fmt: skip


def experiment(parameters: Parameters, seed: int, size: int) -> Result:
    """Simulate ``size`` cities of London's size, and choose in five ways."""
    ways = {way.name: way for way in coincidences(parameters, size, np.random.default_rng(seed))}
    rates = {name: _rate(way) for name, way in ways.items()}
    (best, _), free = rates["oracle, top 100 a year"], random_per_100(parameters)
    rows = tuple(
        (name, f"{rates[name][0]:.2f}", f"{1.96 * rates[name][1]:.2f}", f"{ways[name].per_100:.2f}",
         f"{100 / max(rates[name][0], 1e-9):,.0f}")
        for name in _SHOWN
    )  # fmt: skip
    answer = (
        f"Of 100 deployments of one small area for twelve hours, {free:.2f} would coincide with a knife injury at a "
        f"random place and time, {rates[_SHOWN[1]][0]:.1f} at the place of the last event, and {best:.1f} even if "
        "somebody knew the true rate of every place and hour. No forecast alone makes such a deployment likely to meet "
        "what it was sent for."
    )
    return Result(
        name="base-rates", title="Of 100 such deployments", answer=answer,
        error=f"{size} simulated cities; the 95 % Monte Carlo error of each row stands in the table. Shares are taken "
        "from the true rates where deployments go, which scatter less than the few events they meet (counted beside).",
        figures={
            "per_100": {name: rate for name, (rate, _) in rates.items()},
            "standard_error": {name: error for name, (_, error) in rates.items()},
            "counted_per_100": {name: way.per_100 for name, way in ways.items()},
            "closed_form": {"random": free, "response": response_per_100(parameters)},
        },
        bars=tuple(Bar(name, rates[name][0], 1.96 * rates[name][1]) for name in _SHOWN),
        axes=("", "of 100 deployments, with 95 % error"),
        head=("where deployments go", "coincide, of 100", "plus or minus", "counted", "deployments for each"),
        rows=rows, parameters=parameters, seed=seed, size=size,
        limits=("Places are independent of each other.", "Coinciding with violence is not preventing it."),
    )  # fmt: skip


def _rate(way: Way) -> tuple[float, float]:
    """Return coincidences in 100 and their error: from the true rates; after an event, as counted."""
    return (way.expected, way.expected_error) if np.isfinite(way.expected) else (way.per_100, way.error)
