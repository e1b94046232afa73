"""CRPS against its other definition: mean distance to the outcome less half the mean distance of two draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from answerable.errors import InputError
from answerable.score.crps import crps_count


@given(st.floats(0.05, 30), st.floats(0, 1.5), st.integers(0, 60))
def test_it_is_the_energy_form(mean: float, cv: float, seen: int) -> None:
    shape = 1 / max(cv, 1e-9) ** 2
    law = nbinom(shape, shape / (shape + mean)) if cv > 1e-3 else poisson(mean)
    k = np.arange(int(mean + seen + 40 * (np.sqrt(mean + (cv * mean) ** 2) + 1)))
    p = law.pmf(k)
    below = np.cumsum(p)
    # E|X - X'| = 2 sum F (1 - F).
    energy = p @ np.abs(k - seen) - (below * (1 - below)).sum()
    assert crps_count(mean, cv if cv > 1e-3 else 0.0, seen) == pytest.approx(energy, abs=1e-5)


def test_the_right_forecast_scores_best_on_average() -> None:
    seen = np.random.default_rng(1).poisson(4.0, 4000)
    right, low, wide = (crps_count(m, cv, seen).mean() for m, cv in ((4.0, 0.0), (2.5, 0.0), (4.0, 1.0)))
    assert right < min(low, wide)


@pytest.mark.parametrize(("mean", "cv", "seen"), [(0.0, 0.1, 1), (np.nan, 0.1, 1), (1.0, 0.1, -1), (1e9, 2.0, 1)])
def test_what_cannot_be_scored_is_refused(mean: float, cv: float, seen: float) -> None:
    with pytest.raises(InputError):
        crps_count(mean, cv, seen)


def test_nothing_scores_nothing() -> None:
    assert crps_count([], [], []).shape == (0,)
