"""Whether the system feeds on what its own patrols discover: one allocator on two records of an even city."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from answerable.lab.chart import Bar
from answerable.lab.parameters import Parameters
from answerable.lab.result import Result

SIZE = 60
AREAS, DAYS, RATE = 20, 1000, 5.0


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
    error = {n: float(v.std(ddof=1) / np.sqrt(size)) for n, v in (("lot", fair), ("kept", kept), ("fed", fed))}
    z = float((kept.mean() - fair.mean()) / np.hypot(error["kept"], error["lot"]))
    rows = (
        ("by lot", f"{fair.mean():.3f}", f"{1.96 * error['lot']:.3f}"),
        ("on reported incidents (origin kept apart)", f"{kept.mean():.3f}", f"{1.96 * error['kept']:.3f}"),
        ("on incidents that patrols discovered", f"{fed.mean():.3f}", f"{1.96 * error['fed']:.3f}"),
    )
    answer = (
        "In a city whose areas are all alike, an allocator that learns from reported incidents spreads patrols as a "
        f"lot would (Gini {kept.mean():.2f} against {fair.mean():.2f}). The same allocator, fed what its own patrols "
        f"discover, invents hot spots (Gini {fed.mean():.2f}). That is why every incident keeps its origin, and why "
        "discovered ones are no input of a forecast."
    )
    return Result(
        name="feedback", title="What patrols discover must not steer patrols", answer=answer,
        error=f"{size} cities of {AREAS} areas and {DAYS:,} days on each record; 95 % errors in the table.",
        figures={
            "gini_lot": float(fair.mean()), "gini_reported": float(kept.mean()), "gini_discovered": float(fed.mean()),
            "z_reported": z, "ratio_discovered": float(fed.mean() / fair.mean()),
        },
        bars=tuple(
            Bar(name, float(found.mean()), 1.96 * error[short])
            for name, found, short in (
                ("by lot", fair, "lot"),
                ("on reported incidents", kept, "kept"),
                ("on discovered incidents", fed, "fed"),
            )
        ),
        axes=("", "Gini of patrols over areas that are all alike, with 95 % error"),
        head=("patrols go", "Gini of patrols", "plus or minus"), rows=rows, parameters=parameters, seed=seed, size=size,
    )  # fmt: skip
