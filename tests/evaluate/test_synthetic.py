"""Synthetic control and its relatives on Proposition 99, on panels with a known effect, and on holes."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.evaluate.panel import Panel
from answerable.evaluate.simplex import simplex_weights
from answerable.evaluate.synthetic import did, leave_one_out, placebo, placebo_rank, sdid, synthetic_control

ALL = (did, synthetic_control, sdid)


@pytest.fixture(scope="module")
def tobacco(shared_data) -> Panel:
    rows = pl.read_csv(shared_data / "causal_prop99" / "prop99.csv.gz")
    wide = rows.pivot(on="year", index="state", values="packs_per_capita").sort("state")
    states = tuple(wide["state"])
    return Panel.of(
        wide.drop("state").to_numpy(),
        [state == "California" for state in states],
        wide.columns[1:].index("1989"),
        states,
    )


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("estimator", "published"), [(did, -27.349111), (synthetic_control, -19.51), (sdid, -15.603828)]
)
def test_the_effect_on_tobacco(tobacco, estimator, published) -> None:
    assert estimator(tobacco).estimate == pytest.approx(published, abs=0.01)


@pytest.mark.realdata
def test_whom_california_is_compared_with(tobacco) -> None:
    weights = dict(zip(tobacco.control_names, sdid(tobacco).unit_weights, strict=True))
    published = {
        "Nevada": 0.1245, "New Hampshire": 0.1050, "Connecticut": 0.0783, "Delaware": 0.0704, "Colorado": 0.0575,
        "Illinois": 0.0534, "Nebraska": 0.0479, "Montana": 0.0451, "Utah": 0.0415, "New Mexico": 0.0406,
    }  # fmt: skip
    assert sorted(weights, key=weights.get, reverse=True)[:10] == list(published)
    assert weights == pytest.approx(weights | published, abs=6e-4)
    assert sdid(tobacco).time_weights[-3:] == pytest.approx([0.3665, 0.2065, 0.4271], abs=3e-4)
    classic = dict(zip(tobacco.control_names, synthetic_control(tobacco).unit_weights, strict=True))
    for state, weight in {"Utah": 0.3961, "Montana": 0.2323, "Nevada": 0.2044, "Connecticut": 0.1045}.items():
        assert classic[state] == pytest.approx(weight, abs=0.01)


@pytest.mark.realdata
def test_all_states_in_turn_play_the_treated_one(tobacco) -> None:
    found = placebo(tobacco, sdid)
    assert len(found.estimates) == 38
    assert found.se == pytest.approx(9.494, abs=0.01)
    assert found.p == pytest.approx(2 / 39)
    assert placebo(tobacco, did).se == pytest.approx(17.519, abs=0.001)


@pytest.mark.realdata
def test_no_single_state_carries_the_answer(tobacco) -> None:
    without = leave_one_out(tobacco, sdid)
    assert len(without) >= 10
    assert all(-20 < estimate < -11 for estimate in without.values())


panels = st.integers(0, 2**31).map(np.random.default_rng)


def drawn(rng, *, effect=0.0, areas=12, periods=20, start=15) -> Panel:
    level, slope = rng.normal(20, 5, (areas, 1)), rng.normal(0, 0.3, (areas, 1))
    y = level + slope * np.arange(periods) + rng.normal(0, 0.2, (areas, periods))
    treated = np.zeros(areas, dtype=bool)
    treated[0] = True
    # Inside what the others span, so that a weighted mean of them can follow it.
    y[0] = y[1:].mean(axis=0) + rng.normal(0, 0.2, periods)
    y[0, start:] += effect
    return Panel.of(y, treated, start)


@settings(max_examples=15)
@given(rng=panels)
@pytest.mark.parametrize("estimator", ALL)
def test_a_known_effect_is_found(estimator, rng) -> None:
    assert estimator(drawn(rng, effect=-5.0)).estimate == pytest.approx(-5.0, abs=1.5)


@settings(max_examples=15)
@given(rng=panels, shift=st.floats(-50, 50))
def test_a_level_of_its_own_changes_nothing_in_sdid(rng, shift) -> None:
    panel = drawn(rng)
    moved = panel.outcome.copy()
    moved[0] += shift
    other = Panel.of(moved, panel.treated, panel.start)
    assert sdid(other).estimate == pytest.approx(sdid(panel).estimate, abs=1e-5)


@settings(max_examples=15)
@given(rng=panels)
def test_weights_are_weights(rng) -> None:
    for estimator in ALL:
        found = estimator(drawn(rng))
        assert (found.unit_weights >= 0).all()
        assert found.unit_weights.sum() == pytest.approx(1)


@settings(max_examples=30)
@given(rng=panels, rows=st.integers(1, 12), columns=st.integers(2, 8))
def test_no_other_weights_do_better(rng, rows, columns) -> None:
    a, b = rng.normal(size=(rows, columns)), rng.normal(size=rows)
    best = simplex_weights(a, b, ridge=0.1)

    def loss(w):
        return ((a @ w - b) ** 2).sum() + 0.1 * (w**2).sum()

    others = rng.dirichlet(np.ones(columns), 200)
    nearby = 0.99 * best + 0.01 * others
    assert all(loss(best) <= loss(w) + 1e-7 for w in [*others, *nearby])


def test_a_rank_has_no_more_than_its_share() -> None:
    p = [placebo(drawn(np.random.default_rng(seed), areas=20), did).p for seed in range(100)]
    assert np.mean(np.array(p) <= 0.1) <= 0.18


@pytest.mark.parametrize("estimator", ALL)
def test_of_twelve_areas_alike_each_rank_comes_once(estimator) -> None:
    y = drawn(np.random.default_rng(8)).outcome
    ranks = [placebo_rank(Panel.of(y, np.arange(len(y)) == area, 15), estimator) for area in range(len(y))]
    assert sorted(ranks) == pytest.approx(np.arange(1, 13) / 12)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ((np.ones((3, 4)), [True, False], 2), "one row per area"),
        ((np.full((3, 4), np.nan), [True, False, False], 2), "12 holes"),
        ((np.ones((3, 4)), [False, False, False], 2), "treated area"),
        ((np.ones((2, 4)), [True, False], 2), "at least two to compare"),
        ((np.ones((3, 4)), [True, False, False], 1), "periods before"),
        ((np.ones((3, 4)), [True, False, False], 4), "one after"),
    ],
)
def test_what_is_not_assessable(given, says) -> None:
    with pytest.raises(InputError, match=says):
        Panel.of(*given)


def test_zeros_everywhere_are_no_effect() -> None:
    panel = Panel.of(np.zeros((5, 8)), [True, False, False, False, False], 5)
    assert [estimator(panel).estimate for estimator in ALL] == [0, 0, 0]
