"""K1 to K4: the urn, with equal rates in closed form and with Oakland's rates against published runs."""

from __future__ import annotations

import numpy as np

from answerable.lab.known.answer import Answers, between, near
from answerable.lab.urn import Urn, limit_share, simulate_urn

POLYA = "Polya's urn in closed form: Beta(1, 1), and 5/6"
ENSIGN = "Ensign and others 2018, settings of Oakland; figures of an independent run"
# Incidents a day in the top area, the second and a random one; balls after the same period (Ensign and others, code).
TOP, SECOND, OTHER = 3.68511, 2.816466, 2.35592
PRIOR_SECOND, PRIOR_OTHER = (609, 379), (609, 7)
DECAY = 0.01


def polya() -> Answers:
    """K1: nothing but chance decides between two equal areas, and then for good."""
    rng = np.random.default_rng(1)
    even = simulate_urn(Urn((1, 1), (1, 1), random=False), draws=2000, runs=2000, rng=rng)
    yield near("K1", "equal rates: mean share", POLYA, 0.5, even.mean(), 0.02)
    yield near("K1", "equal rates: standard deviation", POLYA, np.sqrt(1 / 12), even.std(ddof=1), 0.01)
    first = simulate_urn(Urn((1, 1), (5, 1), random=False), draws=2000, runs=2000, rng=rng)
    yield near("K1", "equal rates, five balls to one: mean share", POLYA, 5 / 6, first.mean(), 0.02)


def oakland() -> Answers:
    """K2 and K3: Oakland's rates run away, and the repair finds them again."""
    rng = np.random.default_rng(2)
    share = {}
    for name, other, prior in (("second", SECOND, PRIOR_SECOND), ("random", OTHER, PRIOR_OTHER)):
        for repair in (False, True):
            urn = Urn((TOP, other), prior, decay=DECAY, repair=repair)
            share[name, repair] = simulate_urn(urn, draws=1000, runs=1000, rng=rng).mean()
    yield near("K2", "top two areas, as it is", ENSIGN, 0.933, share["second", False], 0.01)
    yield near("K2", "top two areas, repaired", ENSIGN, 0.567, share["second", True], 0.01)
    yield between("K3", "top and random area, as it is", ENSIGN, 0.994, share["random", False], 0.985, 1)
    yield near("K3", "top and random area, repaired", ENSIGN, 0.610, share["random", True], 0.012)


def mixed() -> Answers:
    """K4: what is reported anyway attenuates the loop to a known limit, and does not remove it."""
    rng = np.random.default_rng(4)
    for weight in (0.9, 0.8, 0.7, 0.6, 0.5):
        urn = Urn((TOP, SECOND), PRIOR_SECOND, discovered=weight, decay=DECAY)
        share = simulate_urn(urn, draws=1000, runs=400, rng=rng).mean()
        within = 0.025 if weight == 0.9 else 0.015
        yield near("K4", f"{weight:.0%} discovered: share", "root of the quadratic", limit_share(urn), share, within)
        fixed = Urn((TOP, SECOND), PRIOR_SECOND, discovered=weight, decay=DECAY, repair=True)
        share = simulate_urn(fixed, draws=1000, runs=400, rng=rng).mean()
        yield near("K4", f"{weight:.0%} discovered, repaired", "true share", fixed.truth, share, 0.015)
