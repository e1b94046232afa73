"""Observed against expected, crossover lots, displacement, interrupted series, funnels, and many questions at once."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, nbinom, poisson

from answerable.errors import InputError
from answerable.evaluate.crossover import assign, crossover_test
from answerable.evaluate.displacement import check_apart, displacement, rings
from answerable.evaluate.funnel import funnel
from answerable.evaluate.interrupted import interrupted_series
from answerable.evaluate.multiplicity import benjamini_hochberg, e_benjamini_hochberg
from answerable.evaluate.observed_expected import at_most, observed_expected, quantile
from answerable.place import Area
from answerable.place.projection import Projection

GRID = Projection("EPSG:27700")


def scattered(rng, mean, scatter, shape):
    return rng.poisson(np.full(shape, mean) if scatter is None else rng.gamma(scatter, mean / scatter, shape))


class TestObservedExpected:
    def test_none_where_one_in_twenty_was_expected(self) -> None:
        found = observed_expected(0, 0.05)
        assert (found.as_few, found.as_many) == (pytest.approx(math.exp(-0.05)), 1.0)
        assert (found.low, found.high, found.ratio) == (0, 0, 0)

    @settings(max_examples=60)
    @given(mean=st.floats(0.01, 80), size=st.floats(0.3, 50), count=st.integers(0, 120))
    def test_the_tails_are_those_of_an_independent_distribution(self, mean, size, count) -> None:
        assert at_most(count, mean, size) == pytest.approx(nbinom.cdf(count, size, size / (size + mean)), abs=1e-9)
        assert at_most(count, mean) == pytest.approx(poisson.cdf(count, mean), abs=1e-9)

    @settings(max_examples=60)
    @given(mean=st.floats(0.01, 80), p=st.floats(0.01, 0.99))
    def test_a_quantile_is_the_first_count_that_is_enough(self, mean, p) -> None:
        found = quantile(p, mean)
        assert at_most(found, mean) >= p
        assert found == 0 or at_most(found - 1, mean) < p

    def test_a_forecast_that_was_twice_too_high_is_set_right(self) -> None:
        found = observed_expected(5, 10.0, comparison_observed=50, comparison_logged=100.0)
        assert found.expected == pytest.approx(5.05)
        assert found.low < 5 < found.high

    def test_what_is_known_less_well_has_a_wider_range(self) -> None:
        sure = observed_expected(5, 10.0, comparison_observed=1000, comparison_logged=1000.0)
        unsure = observed_expected(5, 10.0, comparison_observed=4, comparison_logged=4.5)
        assert unsure.high - unsure.low > sure.high - sure.low

    @pytest.mark.parametrize("mean", [0.05, 1, 20])
    def test_its_range_holds_what_it_should(self, mean) -> None:
        rng = np.random.default_rng(8)
        inside = 0
        for _ in range(400):
            compared = int(rng.poisson(10 * mean))
            found = observed_expected(
                int(rng.poisson(mean)), mean, comparison_observed=compared, comparison_logged=10 * mean
            )
            inside += found.low <= found.observed <= found.high
        assert inside / 400 >= 0.87

    @pytest.mark.parametrize(
        "call",
        [
            lambda: observed_expected(-1, 1.0),
            lambda: observed_expected(1, 0.0),
            lambda: observed_expected(1, math.inf),
            lambda: observed_expected(1, 1.0, dispersion=0.5),
            lambda: observed_expected(1, 1.0, comparison_observed=3, comparison_logged=0.0),
        ],
    )
    def test_what_it_refuses(self, call) -> None:
        with pytest.raises(InputError):
            call()


class TestCrossover:
    def test_the_lot_is_the_same_with_the_same_seed(self) -> None:
        one, other = (assign(90, 20, 8, rng=np.random.default_rng(5)) for _ in range(2))
        assert (one == other).all()
        assert (one.sum(axis=1) == 8).all()
        assert one.sum(axis=0).min() > 20

    @pytest.mark.parametrize("scatter", [None, 5, 1])
    @pytest.mark.parametrize("mean", [0.05, 0.3, 5])
    def test_size(self, scatter, mean) -> None:
        found = 0
        for seed in range(150):
            rng = np.random.default_rng(seed)
            lot = assign(30, 10, 4, rng=rng)
            found += crossover_test(scattered(rng, mean, scatter, (30, 10)), lot, rng=rng, redraws=99).p <= 0.05
        assert found <= 0.06 * 150 + 2 * math.sqrt(0.06 * 0.94 * 150)

    @pytest.mark.parametrize(("mean", "fall", "power"), [(0.1, 0.40, 0.87), (0.1, 0.14, 0.23), (0.05, 0.40, 0.60)])
    def test_the_power_of_southend_s_design(self, mean, fall, power) -> None:
        found = 0
        for seed in range(200):
            rng = np.random.default_rng(seed)
            lot = assign(90, 20, 8, rng=rng)
            counts = rng.poisson(mean * np.where(lot, 1 - fall, 1.0))
            found += crossover_test(counts, lot, rng=rng, redraws=199).p_fall <= 0.05
        assert found / 200 == pytest.approx(power, abs=0.09)

    @pytest.mark.parametrize(
        "call",
        [
            lambda rng: assign(5, 4, 4, rng=rng),
            lambda rng: assign(0, 4, 2, rng=rng),
            lambda rng: crossover_test(np.ones((2, 3)), np.ones((3, 2)), rng=rng),
            lambda rng: crossover_test(np.ones((2, 3)), np.ones((2, 3)), rng=rng),
            lambda rng: crossover_test(-np.ones((2, 3)), [[1, 0, 0], [0, 1, 0]], rng=rng),
        ],
    )
    def test_what_it_refuses(self, call) -> None:
        with pytest.raises(InputError):
            call(np.random.default_rng(1))


class TestDisplacement:
    def test_what_went_next_door_moved_nearby(self) -> None:
        found = displacement((400, 280), (400, 400), {"0 to 300 m": ((400, 520), (400, 400))})
        assert found.verdict == "moved nearby"
        assert found.total.estimate == 0

    def test_what_stayed_away_fell(self) -> None:
        found = displacement((400, 200), (400, 400), {"0 to 300 m": ((400, 395), (400, 400))})
        assert found.verdict == "fell"

    def test_what_rose_rose(self) -> None:
        assert displacement((400, 600), (400, 400), {"ring": ((400, 405), (400, 400))}).verdict == "rose"

    def test_a_little_less_here_cannot_be_told(self) -> None:
        assert displacement((40, 36), (40, 40), {"ring": ((40, 42), (40, 40))}).verdict == "cannot tell"

    def test_a_third_that_moved_is_found_to_have_moved(self) -> None:
        rng = np.random.default_rng(11)
        said = []
        for _ in range(200):
            before, control = rng.poisson(1000, 2), rng.poisson(1000, 2)
            moved = rng.binomial(1000, 0.3)
            treated = (before[0], max(0, rng.poisson(1000) - moved))
            ring = (before[1], rng.poisson(1000) + moved)
            found = displacement(treated, tuple(control), {"ring": (ring, tuple(rng.poisson(1000, 2)))})
            said.append(found.verdict)
        assert said.count("moved nearby") >= 0.9 * 200
        assert said.count("fell") <= 0.06 * 200

    def test_rings_leave_the_area_out_and_touch(self) -> None:
        area = Area("square", shapely.box(0, 0, 200, 200), GRID)
        near, far = rings(area)
        assert not near.geometry.intersection(area.geometry).area
        assert not near.geometry.intersection(far.geometry).area
        whole = area.geometry.buffer(1000)
        assert area.geometry.area + near.geometry.area + far.geometry.area == pytest.approx(whole.area, rel=1e-3)

    def test_a_control_ring_that_shares_ground_is_refused(self) -> None:
        here = Area("treated", shapely.box(0, 0, 200, 200), GRID)
        beside = Area("control", shapely.box(500, 0, 700, 200), GRID)
        areas = {"treated ring": rings(here)[1], "control ring": rings(beside)[1]}
        with pytest.raises(InputError, match="share"):
            check_apart(areas)
        check_apart({"treated": here, "control": beside})

    @pytest.mark.parametrize("bounds", [(0,), (300, 0), (0, 0), (-5, 10)])
    def test_rings_need_rising_distances(self, bounds) -> None:
        with pytest.raises(InputError, match="rising"):
            rings(Area("square", shapely.box(0, 0, 1, 1), GRID), bounds)

    def test_no_ring_no_answer(self) -> None:
        with pytest.raises(InputError, match="at least one ring"):
            displacement((40, 36), (40, 40), {})


class TestInterrupted:
    @pytest.mark.parametrize("scatter", [None, 5, 1])
    @pytest.mark.parametrize("mean", [1, 5, 100])
    def test_size(self, scatter, mean) -> None:
        found = tried = 0
        for seed in range(300):
            rng = np.random.default_rng(seed)
            y, c = scattered(rng, mean, scatter, (2, 48))
            tried += 1
            found += interrupted_series(y, c, 36).p <= 0.05
        assert found <= 0.06 * tried + 2 * math.sqrt(0.06 * 0.94 * tried)

    def test_a_step_is_found_and_what_happened_everywhere_is_not(self) -> None:
        rng = np.random.default_rng(4)
        season = 100 * (1 + 0.3 * np.sin(np.arange(60) / 6))
        control = rng.poisson(season)
        step = np.where(np.arange(60) >= 40, 0.5, 1.0)
        found = interrupted_series(rng.poisson(season * step), control, 40, season=12)
        assert found.low < 0.5 < found.high < 1
        everywhere = interrupted_series(rng.poisson(season * step), rng.poisson(season * step), 40)
        assert everywhere.low < 1 < everywhere.high

    @pytest.mark.parametrize(
        ("y", "c", "start", "says"),
        [
            (np.ones(40), np.ones(39), 30, "control"),
            (np.ones(40), np.full(40, np.nan), 30, "control"),
            (np.ones(40), np.ones(40), 23, "24 periods before"),
            (np.ones(40), np.ones(40), 38, "3 after"),
            (np.zeros(40), np.ones(40), 30, "events in both"),
        ],
    )
    def test_what_it_refuses(self, y, c, start, says) -> None:
        with pytest.raises(InputError, match=says):
            interrupted_series(y, c, start)


class TestFunnel:
    def test_chance_alone_leaves_hardly_anyone_outside(self) -> None:
        rng = np.random.default_rng(9)
        expected = rng.uniform(20, 200, 400)
        found = funnel(rng.poisson(expected), expected, level=0.95)
        assert found.between < 0.08
        assert 0.02 < found.outside.mean() < 0.09

    def test_scatter_between_areas_is_allowed_for(self) -> None:
        rng = np.random.default_rng(9)
        expected = rng.uniform(20, 200, 400)
        found = funnel(rng.poisson(expected * rng.gamma(10, 0.1, 400)), expected, level=0.95)
        assert found.between > 0.1
        # Cutting the extremes makes the spread a little too small on purpose; from chance alone it would be 36 %.
        assert found.outside.mean() < 0.16
        alone = np.abs(np.sqrt(found.ratio) - 1) > 1.96 * 0.5 / np.sqrt(expected)
        assert alone.mean() > 0.3

    def test_the_one_that_stands_out_stands_out(self) -> None:
        expected = np.full(30, 50.0)
        observed = np.full(30, 50.0) + np.tile([-5, 5], 15)
        observed[3] = 150
        assert np.flatnonzero(funnel(observed, expected).outside).tolist() == [3]

    @pytest.mark.parametrize(
        ("o", "e"), [([1, 2], [1, 2]), ([1, 2, -1], [1, 2, 3]), ([1, 2, 3], [1, 0, 3]), ([1, 2, 3], [1, 2])]
    )
    def test_what_it_refuses(self, o, e) -> None:
        with pytest.raises(InputError):
            funnel(o, e)


class TestManyQuestions:
    @given(p=st.lists(st.floats(0, 1), min_size=1, max_size=40))
    def test_adjusted_as_an_independent_implementation_does(self, p) -> None:
        assert benjamini_hochberg(p) == pytest.approx(false_discovery_control(p))

    def test_none_is_none(self) -> None:
        assert benjamini_hochberg([]).size == 0

    @given(e=st.lists(st.floats(0, 1e6), min_size=1, max_size=30))
    def test_every_finding_is_as_large_as_its_rank_asks(self, e) -> None:
        found = e_benjamini_hochberg(e)
        k = int(found.sum())
        values = np.array(e)
        if k:
            assert values[found].min() >= len(e) / (0.05 * k) - 1e-9
            assert values[found].min() >= values[~found].max(initial=0)

    def test_areas_without_an_effect_are_seldom_named(self) -> None:
        rng = np.random.default_rng(3)
        # Likelihood ratios of a normal shift: e-values with mean one where nothing happens.
        named = [e_benjamini_hochberg(np.exp(2 * rng.normal(size=32) - 2)).any() for _ in range(400)]
        assert np.mean(named) <= 0.05

    @pytest.mark.parametrize(
        "call",
        [
            lambda: benjamini_hochberg([0.5, 1.5]),
            lambda: benjamini_hochberg([math.nan]),
            lambda: e_benjamini_hochberg([-1.0]),
            lambda: e_benjamini_hochberg([math.nan]),
            lambda: e_benjamini_hochberg([1.0], alpha=0),
        ],
    )
    def test_what_is_refused(self, call) -> None:
        with pytest.raises(InputError):
            call()
