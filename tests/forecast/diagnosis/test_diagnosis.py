"""Echoes, concentration, stability, breaks: on data made to have them, on data made not to, and on real ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from answerable.errors import InputError
from answerable.forecast.diagnosis.breaks import find_break
from answerable.forecast.diagnosis.concentration import concentration_curve, hot_spot_stability
from answerable.forecast.diagnosis.echoes import find_echoes


def test_echoes_are_grouped_and_duplicates_counted_apart() -> None:
    x, y = [0, 100, 5000, 5000, 9000], [0, 0, 0, 0, 0]
    hours = [1.0, 1.0 + 20 / 3600, 2.0, 2.0, 3.0]
    found = find_echoes(x, y, hours)
    assert (found.incidents, found.duplicates, found.echoes) == (5, 1, 2)
    assert found.group[0] == found.group[1] != found.group[2] == found.group[3] != found.group[4]
    assert "2 of 5 incidents follow another within 60 seconds" in found.warning


def test_a_quiet_table_has_no_warning_and_nonsense_is_refused() -> None:
    rng = np.random.default_rng(1)
    assert find_echoes(rng.uniform(0, 1e4, 500), rng.uniform(0, 1e4, 500), rng.uniform(0, 8760, 500)).warning == ""
    assert find_echoes([], [], []).echoes == 0
    with pytest.raises(InputError):
        find_echoes([np.nan], [0], [0])


def test_an_even_spread_is_as_concentrated_as_chance_and_a_hot_spot_more() -> None:
    rng = np.random.default_rng(2)
    even = concentration_curve(rng.multinomial(300, np.full(1000, 1e-3)), rng)
    assert even.share == pytest.approx(even.by_chance, abs=0.05)
    assert even.gini == pytest.approx(even.gini_by_chance, abs=0.03)
    hot = concentration_curve(rng.multinomial(300, np.append(np.full(990, 0.5 / 990), np.full(10, 0.05))), rng)
    assert hot.share[0] > even.by_chance[0] + 0.2
    with pytest.raises(InputError):
        concentration_curve(np.zeros(9), rng)


def test_a_map_that_stays_is_as_stable_as_two_samples_of_it_and_one_that_moves_is_not() -> None:
    rng = np.random.default_rng(3)
    chances = rng.dirichlet(np.full(400, 0.1))
    stays = hot_spot_stability(rng.multinomial(800, chances), rng.multinomial(800, chances), rng)
    moves = hot_spot_stability(rng.multinomial(800, chances), rng.multinomial(800, chances[::-1]), rng)
    assert stays.found == pytest.approx(stays.if_nothing_changed, abs=0.06)
    assert moves.found < moves.if_nothing_changed - 0.2
    with pytest.raises(InputError):
        hot_spot_stability([1, 0], [0, 0], rng)


@pytest.mark.parametrize("at", [15, 30, 45])
def test_a_step_is_found_where_it_is(at: int) -> None:
    rng = np.random.default_rng(at)
    t = np.arange(60)
    mean = 400 * np.exp(0.004 * t + 0.2 * np.sin(t * 2 * np.pi / 12)) * np.where(t >= at, 1.5, 1)
    found = find_break(rng.poisson(mean), rng, period=12, deals=199)
    assert abs(found.at - at) <= 1
    assert found.p <= 0.01
    assert found.factor == pytest.approx(1.5, abs=0.15)


def test_a_trend_without_a_step_claims_one_no_more_often_than_nominal() -> None:
    rng = np.random.default_rng(8)
    t = np.arange(48)
    claims = [find_break(rng.poisson(200 * np.exp(0.01 * t)), rng, deals=39).p <= 0.05 for _ in range(100)]
    assert sum(claims) <= 12


@pytest.mark.realdata
def test_the_change_of_recording_in_london_is_found_in_2014(shared_data: Path) -> None:
    monthly = pl.read_parquet(shared_data / "london_monthly_2010_2018" / "borough_month.parquet")
    for category in ("VIOLENCE WITH INJURY", "VIOLENCE WITHOUT INJURY"):
        series = monthly.filter(pl.col("category") == category).group_by("month").agg(pl.col("count").sum())
        series = series.sort("month")
        found = find_break(series["count"].to_numpy(), np.random.default_rng(1), period=12, deals=199)
        assert series["month"][found.at].startswith("2014")
        assert found.p <= 0.01
        assert found.factor > 1.2
    yearly = pl.read_parquet(shared_data / "london_lsoa_year_2011_2018" / "lsoa_year.parquet")
    violence = yearly.group_by("year").agg(pl.col("violence").sum()).sort("year")
    found = find_break(violence["violence"].to_numpy(), np.random.default_rng(1), trend=False)
    assert violence["year"][found.at] in {2014, 2015}
    assert found.p < 0.1


@pytest.mark.parametrize("series", [[1, 2, 3], [1, 2, 3, 4, 5, np.nan], [1, 2, 3, 4, 5, -1]])
def test_a_series_too_short_or_broken_is_refused(series: list[float]) -> None:
    with pytest.raises(InputError):
        find_break(series, np.random.default_rng(1))


def test_a_series_that_never_changes_has_no_step() -> None:
    assert find_break(np.full(20, 7), np.random.default_rng(1), deals=19).p == 1.0
