"""Calibration weights: Seattle's drug market intervention, and targets that nothing can match."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.evaluate.calibrate import calibrate_weights

OUTCOMES = ("i_felony", "i_misdemea", "i_drugs", "any_crime")
CENSUS = (
    "TotalPop", "BLACK", "HISPANIC", "Males_1521", "HOUSEHOLDS", "FAMILYHOUS", "FEMALE_HOU", "RENTER_HOU", "VACANT_HOU",
)  # fmt: skip


@pytest.mark.realdata
def test_seattle_to_the_published_digit(shared_data) -> None:
    rows = pl.read_parquet(shared_data / "causal_seattle_dmi" / "seattle_dmi.parquet").sort("ID", "time")
    blocks = rows["ID"].n_unique()

    def by_quarter(name):
        return rows[name].to_numpy().reshape(blocks, 16).astype(float)

    treated = by_quarter("Intervention")[:, -1].astype(bool)
    counts = {name: by_quarter(name) for name in OUTCOMES}
    listed = [np.ones(blocks), *(by_quarter(name)[:, 0] for name in CENSUS), *(counts[n][:, :12].T for n in OUTCOMES)]
    x = np.vstack(listed).T
    found = calibrate_weights(x[~treated], x[treated].sum(axis=0))
    assert (found.weights >= 0).all()
    assert found.weights.sum() == pytest.approx(39)
    published = {
        "i_felony": (46, 68.222, 37.560),
        "i_misdemea": (45, 71.800, 34.570),
        "i_drugs": (20, 23.759, 14.580),
        "any_crime": (788, 986.439, 504.052),
    }
    for name, (seen, to_16, to_14) in published.items():
        control = found.weights @ counts[name][~treated]
        assert counts[name][treated][:, 12:].sum() == seen
        assert control[12:].sum() == pytest.approx(to_16, abs=0.01)
        assert control[12:14].sum() == pytest.approx(to_14, abs=0.01)


@settings(max_examples=30)
@given(seed=st.integers(0, 2**31), areas=st.integers(30, 200), listed=st.integers(1, 6))
def test_what_can_be_matched_is_matched_exactly(seed, areas, listed) -> None:
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(areas), rng.poisson(5, (areas, listed))])
    truth = rng.dirichlet(np.full(areas, 5.0)) * 10
    found = calibrate_weights(x, truth @ x)
    assert (found.weights >= 0).all()
    assert found.weights @ x == pytest.approx(truth @ x, rel=1e-6)


def test_columns_that_repeat_others_do_no_harm() -> None:
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(50), rng.poisson(4, 50)])
    twice = np.column_stack([x, x])
    targets = x[:5].sum(axis=0)
    once = calibrate_weights(x, targets).weights
    assert calibrate_weights(twice, np.tile(targets, 2)).weights == pytest.approx(once, abs=1e-6)


def test_targets_out_of_reach_are_refused() -> None:
    x = np.column_stack([np.ones(20), np.arange(20.0)])
    with pytest.raises(InputError, match="No weights"):
        calibrate_weights(x, [2.0, 100.0])


@pytest.mark.parametrize("x", [np.ones(3), np.full((3, 2), np.nan), np.ones((3, 3))])
def test_tables_that_are_none_are_refused(x) -> None:
    with pytest.raises(InputError, match="without holes"):
        calibrate_weights(x, [1.0, 1.0])
