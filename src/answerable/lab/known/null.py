"""K7: in a city without differences, an allocator on reported data is a lottery; one on discovered data runs away."""

from __future__ import annotations

import numpy as np

from answerable.lab.experiments.feedback import AREAS, DAYS, allocate, gini
from answerable.lab.known.answer import Answers, between


def allocators() -> Answers:
    """K7: both allocators in 40 cities."""
    rng, runs = np.random.default_rng(7), 40
    fair = gini(rng.multinomial(DAYS, np.full(AREAS, 1 / AREAS), runs))
    kept = gini(allocate(origin_kept=True, runs=runs, rng=rng))
    fed = gini(allocate(origin_kept=False, runs=runs, rng=rng))
    z = (kept.mean() - fair.mean()) / np.hypot(kept.std(ddof=1), fair.std(ddof=1)) * np.sqrt(runs)
    yield between("K7", "reported data: distance from a lottery, in standard errors", "a lottery", 0, z, -3, 3)
    ratio = fed.mean() / fair.mean()
    yield between("K7", "discovered data: Gini over that of a lottery", "must run away", 1.5, ratio, 1.5, np.inf)
