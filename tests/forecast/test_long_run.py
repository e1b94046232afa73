"""The long-run map: finds the corner, sums to the level, never says never, and looks at nothing later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.forecast.base import Forecast, model, models
from answerable.forecast.long_run import LongRun
from answerable.forecast.uniform import Uniform
from answerable.incidents import Incidents
from answerable.place import Area, Grid, Projection, Window
from answerable.present.writers import forecast_parquet
from answerable.score import information_gain

Make = Callable[..., Incidents]


def night(fitted_on: Incidents, grid: Grid, at: datetime, hours: float = 8) -> Forecast:
    return LongRun().fit(fitted_on, grid, at).predict(Window.of_hours(at, hours))


def finite(forecast: Forecast) -> bool:
    parts = (forecast.expected, forecast.low, forecast.high, forecast.p, forecast.p_low, forecast.p_high)
    return all(np.isfinite(part).all() and (part >= 0).all() for part in parts)


def test_the_corner_where_half_of_it_happens_is_found(two_years: Incidents, grid: Grid, issued: datetime) -> None:
    forecast = night(two_years, grid, issued)
    x, y = grid.centres
    best = int(forecast.order[0])
    assert np.hypot(x[best] - 401_200, y[best] - 301_200) < 500
    assert forecast.p[best] > 5 * forecast.p_base


def test_the_cells_sum_to_the_level_and_their_mean_is_the_base_rate(
    two_years: Incidents, grid: Grid, issued: datetime
) -> None:
    forecast = night(two_years, grid, issued, hours=24)
    assert forecast.expected.sum() == pytest.approx(2, rel=0.1)
    assert forecast.base_rate == pytest.approx(forecast.expected.mean())
    assert forecast.base_rate == pytest.approx(
        Uniform().fit(two_years, grid, issued).predict(forecast.window).expected[0]
    )


def test_it_beats_the_uniform_forecast_on_what_came_after(two_years: Incidents, grid: Grid, issued: datetime) -> None:
    half = issued - timedelta(days=365)
    later = two_years.frame.filter(pl.col("occurred_from") >= half)
    count = np.bincount(grid.locate(later["x"].to_numpy(), later["y"].to_numpy()), minlength=len(grid))
    year = Window(half, issued)
    long_run, uniform = (model(name).fit(two_years, grid, half).predict(year) for name in ("long_run", "uniform"))
    assert information_gain(long_run.expected, uniform.expected, count) > 0.3


def test_nowhere_is_impossible(two_years: Incidents, grid: Grid, issued: datetime) -> None:
    forecast = night(two_years, grid, issued)
    assert forecast.expected.min() >= 0.0199 * forecast.base_rate


def test_the_true_rate_lies_in_the_interval_about_as_often_as_it_says(
    make_incidents: Make, grid: Grid, issued: datetime
) -> None:
    x, y = grid.centres
    truth = 1 + 9 * np.exp(-(np.square(x - 402_000) + np.square(y - 302_000)) / (2 * 900**2))
    held = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        cell = rng.choice(len(grid), 1500, p=truth / truth.sum())
        east = grid.columns[cell] * 500 - 400_000 + rng.integers(0, 500, 1500)
        north = grid.rows[cell] * 500 - 300_000 + rng.integers(0, 500, 1500)
        forecast = night(make_incidents(np.sort(rng.uniform(0, 731 * 24, 1500)), east, north), grid, issued, 24)
        rate = 1500 / 731 * truth / truth.sum()
        held.append((forecast.low <= rate) & (rate <= forecast.high))
    assert 0.8 <= np.mean(held) <= 0.99


@settings(max_examples=3)
@given(st.integers(20, 700), st.sampled_from(["deleted", "changed"]), st.integers(0, 2**32 - 1))
def test_nothing_known_later_changes_a_single_byte(
    two_years: Incidents, grid: Grid, day: int, done: str, seed: int
) -> None:
    at = datetime(2016, 1, 15, tzinfo=UTC) + timedelta(days=day)
    rng = np.random.default_rng(seed)
    # A third of the incidents become known late, so that "later" is about knowledge and not about the event.
    late = pl.Series(np.where(rng.random(len(two_years)) < 0.3, 40, 0)) * timedelta(days=1)
    frame = two_years.frame.with_columns(known_at=pl.col("known_at") + late)
    future = pl.col("known_at") > at
    if done == "deleted":
        other = frame.filter(~future)
    else:
        elsewhere = pl.when(future).then(402_345).otherwise(pl.col("x")).cast(pl.Int32)
        corrected = frame.with_columns(x=elsewhere, severity=pl.when(future).then(pl.lit("none")).otherwise("severity"))
        # A correction that comes later stands beside the old version, as it would in a real library.
        revised = frame.head(50).with_columns(x=pl.lit(404_000, pl.Int32), known_at=pl.lit(at + timedelta(seconds=1)))
        other = pl.concat([corrected, revised.with_columns(known_at=pl.col("known_at").cast(frame["known_at"].dtype))])
    window = Window.of_hours(at, 24)
    for make in models().values():
        before, after = (
            make().fit(Incidents(rows, two_years.manifest), grid, at).predict(window) for rows in (frame, other)
        )
        assert forecast_parquet(before) == forecast_parquet(after)
        assert before.data_hash == after.data_hash
        assert before.as_json(0) == after.as_json(0)


def test_the_order_of_the_rows_changes_nothing(two_years: Incidents, grid: Grid, issued: datetime) -> None:
    shuffled = Incidents(two_years.frame.sample(fraction=1, shuffle=True, seed=1), two_years.manifest)
    assert forecast_parquet(night(two_years, grid, issued)) == forecast_parquet(night(shuffled, grid, issued))


def test_one_incident_is_too_few_for_a_map_and_the_base_rate_takes_over(
    make_incidents: Make, grid: Grid, issued: datetime
) -> None:
    forecast = night(make_incidents([5000.0], 700, 700), grid, issued)
    assert forecast.model == "uniform"
    assert "too few to tell places apart" in forecast.notes[0]
    assert np.ptp(forecast.expected) == 0
    assert finite(forecast)


def test_all_at_one_point_stays_a_forecast(make_incidents: Make, grid: Grid, issued: datetime) -> None:
    forecast = night(make_incidents(np.arange(0, 17_000, 100.0), 700, 700), grid, issued)
    assert finite(forecast)
    assert forecast.expected.max() / forecast.expected.sum() > 0.8


def test_no_incident_at_all_is_an_error_that_says_so(make_incidents: Make, grid: Grid, issued: datetime) -> None:
    for make in models().values():
        with pytest.raises(InputError, match="No incident was known"):
            make().fit(make_incidents([], [], []), grid, issued)


def test_a_time_of_issue_before_the_data_is_an_error_that_says_so(two_years: Incidents, grid: Grid) -> None:
    with pytest.raises(InputError, match="No incident was known"):
        LongRun().fit(two_years, grid, datetime(2015, 6, 1, tzinfo=UTC))


def test_a_grid_of_one_cell_is_the_city(two_years: Incidents, town: Area, issued: datetime) -> None:
    forecast = night(two_years, Grid.cover(town, 500_000), issued, 24)
    assert len(forecast.expected) == 1
    assert forecast.expected[0] == pytest.approx(forecast.base_rate)


def test_a_quarter_of_a_million_cells_are_no_trouble(two_years: Incidents, issued: datetime) -> None:
    plain = Area("plain", shapely.box(400_000, 300_000, 450_000, 350_000), Projection("EPSG:27700"))
    forecast = night(two_years, Grid.cover(plain, 100), issued)
    assert len(forecast.expected) == 250_000
    assert finite(forecast)


def test_month_data_give_a_month(make_incidents: Make, grid: Grid) -> None:
    firsts = [datetime(2016 + i // 12, i % 12 + 1, 1, tzinfo=UTC) for i in range(25)]
    begin, end = ([first for first in part for _ in range(6)] for part in (firsts[:-1], firsts[1:]))
    rng = np.random.default_rng(9)
    table = make_incidents(
        np.zeros(144), rng.integers(0, 5000, 144), rng.integers(0, 4000, 144), occurred_from=begin, occurred_to=end,
        known_at=end, precision="month",
    )  # fmt: skip
    at = datetime(2018, 1, 1, tzinfo=UTC)
    fitted = LongRun().fit(table, grid, at)
    month = fitted.predict(Window(at, datetime(2018, 2, 1, tzinfo=UTC)))
    assert month.expected.sum() == pytest.approx(6, rel=0.1)
    assert finite(month)
    with pytest.raises(InputError, match="known to the month only"):
        fitted.predict(Window.of_hours(at, 8))


def test_the_kernels_width_can_be_fixed(two_years: Incidents, grid: Grid, issued: datetime) -> None:
    sharp, smooth = (
        LongRun(bandwidth_m=width).fit(two_years, grid, issued).predict(Window.of_hours(issued, 8))
        for width in (100, 3000)
    )
    assert sharp.p.max() > smooth.p.max()
