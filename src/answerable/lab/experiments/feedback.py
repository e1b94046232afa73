"""Whether the system feeds on what its own patrols discover: one allocator on two records.

First in an even city, where any hot spot is invented; then in the simulated city, whose places differ, where reports
go on coming from everywhere and hold the loop back.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from answerable.lab.chart import Bar
from answerable.lab.discovery import discovered_by_place
from answerable.lab.engine import Candidates, Policy, simulate
from answerable.lab.ground import make_ground
from answerable.lab.parameters import Parameters
from answerable.lab.result import Result
from answerable.lab.stream import draw_stream

SIZE = 60
AREAS, DAYS, RATE = 20, 1000, 5.0
PLACES, EVENTS, SENT, YEARS = 200, 400, 365, 6


def allocate(*, origin_kept: bool, runs: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return deployments by area (int64[runs, AREAS]) in a city whose areas are all alike.

    One patrol a day goes to an area with the chance that is its share of past incidents. With ``origin_kept`` only
    reported incidents count, wherever the patrol was; without, those that the patrol discovered.
    """
    known = np.ones((runs, AREAS))
    sent = np.zeros((runs, AREAS), dtype=np.int64)
    every = np.arange(runs)
    for _ in range(DAYS):
        chance = np.cumsum(known, axis=1)
        area = (rng.random(runs)[:, None] * chance[:, -1:] > chance).sum(axis=1)
        sent[every, area] += 1
        if origin_kept:
            known += rng.poisson(RATE, (runs, AREAS))
        else:
            known[every, area] += rng.poisson(RATE, runs)
    return sent


def patrolled(parameters: Parameters, rng: np.random.Generator, *, origin_kept: bool) -> tuple[float, float]:
    """Return the Gini of a last year's patrols in the simulated city, and that of patrols by the true rates.

    Each year ``SENT`` patrols go to places with the chance that is their share of the record; the record begins with a
    year's reported incidents. Without ``origin_kept`` what deployments discover is added to it.
    """
    ground = make_ground(parameters, PLACES, rng, events_per_year=EVENTS)
    known, plan = np.zeros(PLACES), None
    sent = np.zeros(PLACES, dtype=np.int64)
    for _ in range(YEARS + 1):
        stream = draw_stream(ground, parameters, 1, rng)
        run = simulate(stream, ground, parameters, Policy("by share of the record", planned=plan))
        sent = np.bincount(run.place, minlength=PLACES).astype(np.int64)
        known += np.bincount(run.places[run.reported & run.happened], minlength=PLACES)
        if not origin_kept:
            known += discovered_by_place(run, parameters, PLACES)
        windows = stream.hours // 12
        place = rng.choice(PLACES, SENT, p=known / known.sum())
        plan = Candidates.of(rng.integers(windows, size=SENT), place, np.ones(SENT), windows)
    by_truth = rng.multinomial(SENT, ground.background / ground.background.sum())
    return float(gini(sent[None])[0]), float(gini(by_truth[None])[0])


def gini(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the Gini coefficient of each row: 0 where all are equal, near 1 where one has everything."""
    ordered = np.sort(counts, axis=1).astype(float)
    n = counts.shape[1]
    rank = 2 * np.arange(1, n + 1) - n - 1
    return np.asarray((ordered * rank).sum(axis=1) / (n * ordered.sum(axis=1)))


def experiment(parameters: Parameters, seed: int, size: int) -> Result:
    """Allocate ``size`` cities on either record, and beside them by lot."""
    rng = np.random.default_rng(seed)
    fair = gini(rng.multinomial(DAYS, np.full(AREAS, 1 / AREAS), size))
    kept = gini(allocate(origin_kept=True, runs=size, rng=rng))
    fed = gini(allocate(origin_kept=False, runs=size, rng=rng))
    z = float((kept.mean() - fair.mean()) / np.hypot(kept.std(ddof=1), fair.std(ddof=1)) * np.sqrt(size))
    seeds = rng.integers(2**63, size=size)
    much = parameters.changed(discovered_per_hour=parameters.entries["discovered_per_hour"].high)
    told, added, flooded = (
        np.array([patrolled(city, np.random.default_rng(one), origin_kept=kept) for one in seeds])
        for city, kept in ((parameters, True), (parameters, False), (much, False))
    )
    found = {
        "even city, by lot": fair, "even city, on reported incidents": kept,
        "even city, on discovered incidents": fed, "uneven city, by true rates": told[:, 1],
        "uneven city, on reported incidents": told[:, 0], "uneven city, on reported and discovered": added[:, 0],
        "uneven city, where much is discovered": flooded[:, 0],
    }  # fmt: skip
    wide = {name: 1.96 * float(one.std(ddof=1) / np.sqrt(size)) for name, one in found.items()}
    rows = tuple((name, f"{one.mean():.3f}", f"{wide[name]:.3f}") for name, one in found.items())
    answer = (
        "In a city whose areas are all alike, an allocator that learns from reported incidents spreads patrols as a "
        f"lot would (Gini {kept.mean():.2f} against {fair.mean():.2f}). The same allocator, fed what its own patrols "
        f"discover, invents hot spots (Gini {fed.mean():.2f}). Where places differ and reports go on coming in, the "
        f"loop is weaker: patrols follow true rates with a Gini of {told[:, 1].mean():.2f}, reports with "
        f"{told[:, 0].mean():.2f}, and {added[:, 0].mean():.2f} to {flooded[:, 0].mean():.2f} once discoveries are "
        "added. That is why every incident keeps its origin, and why discovered ones are no input of a forecast."
    )
    return Result(
        name="feedback", title="What patrols discover must not steer patrols", answer=answer,
        error=f"{size} cities of {AREAS} areas and {DAYS:,} days, and of {PLACES} places and {YEARS} years, for each "
        "record; 95 % errors in the table.",
        figures={
            "gini_lot": float(fair.mean()), "gini_reported": float(kept.mean()), "gini_discovered": float(fed.mean()),
            "z_reported": z, "ratio_discovered": float(fed.mean() / fair.mean()),
            "uneven": {name.removeprefix("uneven city, "): float(one.mean()) for name, one in found.items()
                       if name.startswith("uneven")},
        },
        bars=tuple(Bar(name, float(one.mean()), wide[name]) for name, one in found.items()),
        axes=("", "Gini of patrols over places (0: all alike, 1: all in one), with 95 % error"),
        head=("patrols go", "Gini of patrols", "plus or minus"), rows=rows, parameters=parameters, seed=seed, size=size,
        limits=("How much a patrol discovers is assumed; the last row has the most that is thought possible.",),
    )  # fmt: skip
