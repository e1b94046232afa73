"""Calibration weights and their placebos: Seattle's drug market intervention, and targets that nothing can match."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.evaluate.calibrate import calibrate_weights
from answerable.evaluate.many_areas import matched_areas

OUTCOMES = ("i_felony", "i_misdemea", "i_drugs", "any_crime")
CENSUS = (
    "TotalPop", "BLACK", "HISPANIC", "Males_1521", "HOUSEHOLDS", "FAMILYHOUS", "FEMALE_HOU", "RENTER_HOU", "VACANT_HOU",
)  # fmt: skip


def seattle(shared_data):
    """Counts by quarter of every outcome, what blocks are matched on, and which were treated."""
    rows = pl.read_parquet(shared_data / "causal_seattle_dmi" / "seattle_dmi.parquet").sort("ID", "time")
    blocks = rows["ID"].n_unique()

    def by_quarter(name):
        return rows[name].to_numpy().reshape(blocks, 16).astype(float)

    counts = {name: by_quarter(name) for name in OUTCOMES}
    listed = [np.ones(blocks), *(by_quarter(name)[:, 0] for name in CENSUS), *(counts[n][:, :12].T for n in OUTCOMES)]
    return counts, np.vstack(listed).T, by_quarter("Intervention")[:, -1].astype(bool)


@pytest.mark.realdata
def test_seattle_to_the_published_digit(shared_data) -> None:
    counts, x, treated = seattle(shared_data)
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


@pytest.mark.slow
@pytest.mark.realdata
def test_seattle_s_permutations_say_what_the_published_ones_say(shared_data) -> None:
    counts, x, treated = seattle(shared_data)
    after = {name: counts[name][:, 12:].sum(axis=1) for name in OUTCOMES}
    found = matched_areas(after, x, treated, rng=np.random.default_rng(1), level=0.9)
    # The package's p of 250 permutations for a fall, and its linearised 90 % interval in percent.
    published = {
        "i_felony": (0.012, -50.3, -8.4), "i_misdemea": (0.024, -52.8, -16.7), "i_drugs": (0.312, -46.4, 32.1),
        "any_crime": (0.012, -32.9, -4.9),
    }  # fmt: skip
    for name, (p, low, high) in published.items():
        ours = found[name]
        assert ours.draws == 250
        assert (ours.p_fall <= 0.05) == (p <= 0.05), name
        assert ours.p_fall == pytest.approx(p, abs=0.11), name
        assert 100 * (ours.low - 1) == pytest.approx(low, abs=5), name
        assert 100 * (ours.high - 1) == pytest.approx(high, abs=9), name


def blocks(rng, *, effect=1.0, burst=None, areas=300, treated=12):
    """Small areas with levels of their own, twelve of them treated: counts after, what they are matched on."""
    level = rng.gamma(2.0, 2.0, areas)
    rate = level * (1.0 if burst is None else rng.gamma(burst, 1 / burst, areas))
    which = np.zeros(areas, dtype=bool)
    which[rng.choice(areas, treated, replace=False)] = True
    before = rng.poisson(level[:, None], (areas, 3))
    after = rng.poisson(rate * np.where(which, effect, 1.0))
    return after, np.column_stack([np.ones(areas), before]).astype(float), which


@pytest.mark.parametrize("burst", [None, 2.0])
def test_areas_in_which_nothing_changed_are_seldom_said_to_have_changed(burst) -> None:
    told = held = 0
    seeds = 40
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        after, x, which = blocks(rng, burst=burst, areas=120, treated=8)
        found = matched_areas({"all": after}, x, which, rng=rng, draws=19)["all"]
        told += found.p <= 0.05
        held += found.low <= 1 <= found.high
    assert told <= 0.06 * seeds + 2 * np.sqrt(0.06 * 0.94 * seeds)
    assert held >= 0.93 * seeds - 2


def test_half_as_many_are_found_in_treated_areas_and_not_in_another_outcome() -> None:
    rng = np.random.default_rng(3)
    after, x, which = blocks(rng, effect=0.4)
    other = rng.poisson(3.0, len(x))
    found = matched_areas({"all": after, "other": other}, x, which, rng=rng, draws=99)
    assert found["all"].low < 0.4 < found["all"].high < 1
    assert found["all"].p_fall <= 0.02
    assert found["other"].p > 0.05
    assert 12 < found["all"].alike <= 288


def test_no_events_anywhere_cannot_be_told() -> None:
    _, x, which = blocks(np.random.default_rng(4))
    found = matched_areas({"none": np.zeros(len(x))}, x, which, rng=np.random.default_rng(1), draws=19)["none"]
    assert np.isnan(found.ratio)
    assert (found.low, found.high, found.p) == (0.0, np.inf, 1.0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"outcomes": {}}, "Every area needs"),
        ({"outcomes": {"all": np.zeros(3)}}, "Every area needs"),
        ({"outcomes": {"all": np.full(300, np.nan)}}, "without holes"),
        ({"outcomes": {"all": np.full(300, -1.0)}}, "without holes"),
        ({"treated": np.zeros(300, dtype=bool)}, "Not assessable"),
        ({"treated": np.ones(300, dtype=bool)}, "Not assessable"),
        ({"draws": 5}, "Not assessable: only 5 of 5"),
    ],
)
def test_many_areas_that_cannot_be_assessed(change, says) -> None:
    after, x, which = blocks(np.random.default_rng(4))
    given = {"outcomes": {"all": after}, "matching": x, "treated": which, "draws": 19} | change
    with pytest.raises(InputError, match=says):
        matched_areas(**given, rng=np.random.default_rng(1))


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
