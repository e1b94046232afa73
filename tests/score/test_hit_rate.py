"""Hit rates: fair to ties, exact about area, and beside what hindsight allows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.score import best_hit_rate, hit_rate, pai, pei

counts = st.lists(st.integers(0, 5), min_size=2, max_size=30).filter(any)
areas = st.floats(0.01, 1)


@given(counts, areas)
def test_a_forecast_without_skill_hits_exactly_its_share_of_the_area(count: list[int], area: float) -> None:
    assert hit_rate([0.1] * len(count), count, area) == pytest.approx(area)
    assert pai([0.1] * len(count), count, area) == pytest.approx(1)


@given(counts, areas)
def test_the_order_of_the_cells_cannot_matter(count: list[int], area: float) -> None:
    rng = np.random.default_rng(len(count))
    expected = rng.integers(1, 4, len(count)).astype(float)
    shuffled = rng.permutation(len(count))
    assert hit_rate(expected[shuffled], np.array(count)[shuffled], area) == pytest.approx(
        hit_rate(expected, count, area)
    )


@given(counts, areas)
def test_no_forecast_beats_hindsight(count: list[int], area: float) -> None:
    expected = np.random.default_rng(len(count)).random(len(count))
    assert hit_rate(expected, count, area) <= best_hit_rate(count, area) + 1e-12
    assert 0 <= pei(expected, count, area) <= 1 + 1e-12


@given(counts)
def test_the_whole_area_holds_everything(count: list[int]) -> None:
    assert hit_rate(np.arange(len(count)), count, 1.0) == 1


@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(1, 4))
def test_hit_rate_pai_and_pei_are_counted_cell_by_cell(seed: int, flagged: int, windows: int) -> None:
    rng = np.random.default_rng(seed)
    expected, count = rng.random((windows, 40)), rng.poisson(0.5, (windows, 40))
    count[0, 0] += 1
    found = best = 0
    for forecast, seen in zip(expected.tolist(), count.tolist(), strict=True):
        ranked = sorted(zip(forecast, seen, strict=True), reverse=True)
        found += sum(n for _, n in ranked[:flagged])
        best += sum(sorted(seen, reverse=True)[:flagged])
    area = flagged / 40
    assert hit_rate(expected, count, area) == pytest.approx(found / count.sum())
    assert pai(expected, count, area) == pytest.approx(found / count.sum() / area)
    assert pei(expected, count, area) == pytest.approx(found / best)


def test_windows_are_ranked_apart_and_their_incidents_pooled() -> None:
    expected = [[4.0, 3.0, 2.0, 1.0], [1.0, 2.0, 3.0, 4.0]]
    assert hit_rate(expected, [[3, 0, 0, 0], [0, 0, 0, 1]], 0.25) == 1
    assert hit_rate(expected, [[3, 0, 0, 0], [1, 0, 0, 0]], 0.25) == 0.75


def test_half_a_cell_counts_half() -> None:
    assert hit_rate([3.0, 2.0, 1.0, 0.5], [0, 4, 0, 0], 0.375) == 0.5


def test_finding_half_of_what_could_be_found_is_an_efficiency_of_one_half() -> None:
    assert pei([4.0, 3.0, 2.0, 1.0], [1, 1, 2, 0], 0.25) == 0.5


@pytest.mark.parametrize("area", [0.0, 1.5, np.nan])
def test_an_area_is_a_share(area: float) -> None:
    with pytest.raises(InputError, match="share"):
        hit_rate([1.0], [1], area)


def test_without_incidents_there_is_no_hit_rate() -> None:
    with pytest.raises(InputError, match="no hit rate"):
        hit_rate([1.0, 2.0], [0, 0], 0.5)
