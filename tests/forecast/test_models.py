"""Every model, one contract: shares that sum to one, no cell impossible, and a clear word or a fallback on bad data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from answerable.errors import InputError
from answerable.forecast.base import Forecast, model, models
from answerable.forecast.cell_mean import concentration
from answerable.forecast.chunk import experts
from answerable.forecast.hawkes import Hawkes
from answerable.forecast.near_repeat import prospective
from answerable.forecast.now import Now
from answerable.forecast.timeline import Timeline
from answerable.incidents import Incidents
from answerable.place import Grid, Window

Make = Callable[..., Incidents]
NAMES = sorted(models())


def whole(forecast: Forecast) -> bool:
    parts = (forecast.expected, forecast.low, forecast.high, forecast.p_low, forecast.p_high)
    ordered = (forecast.low <= forecast.expected).all() and (forecast.expected <= forecast.high).all()
    return bool(all(np.isfinite(part).all() for part in parts) and (forecast.expected > 0).all() and ordered)


@pytest.mark.parametrize("name", NAMES)
def test_a_forecast_is_whole(two_years: Incidents, grid: Grid, issued: datetime, name: str) -> None:
    fitted = model(name).fit(two_years, grid, issued)
    for hours in (24 * 3,) if name == "mixture" else (8, 24 * 7):
        forecast = fitted.predict(Window.of_hours(issued, hours))
        assert forecast.model == name
        assert whole(forecast)
        assert forecast.expected.sum() == pytest.approx(2 * hours / 24, rel=0.2)
        assert forecast.base_rate == pytest.approx(forecast.expected.mean())


@pytest.mark.parametrize(
    ("name", "how"),
    # The mixture asks all the others, and is slow: once is enough for it.
    [("mixture", "eleven")]
    + [(n, how) for how in ("one point", "one minute", "eleven", "a long silence") for n in NAMES if n != "mixture"],
)
def test_degenerate_data_give_a_forecast_or_a_clear_word(
    make_incidents: Make, grid: Grid, issued: datetime, name: str, how: str
) -> None:
    rng = np.random.default_rng(1)
    hours = np.sort(rng.uniform(0, 700 * 24, 120))
    east, north = rng.integers(0, 5000, 120), rng.integers(0, 4000, 120)
    if how == "one point":
        east, north = np.full(120, 700), np.full(120, 700)
    if how == "one minute":
        hours = np.full(120, 5000.0)
    if how == "eleven":
        hours, east, north = hours[::11], east[::11], north[::11]
    if how == "a long silence":
        hours = hours / 10
    table, window = make_incidents(hours, east, north), Window.of_hours(issued, 8)
    if how == "one minute":
        with pytest.raises(InputError, match="less than a day"):
            model(name).fit(table, grid, issued).predict(window)
    else:
        assert whole(model(name).fit(table, grid, issued).predict(window))


@pytest.mark.parametrize("name", NAMES)
def test_a_handful_falls_back_to_the_base_rate_and_says_so(
    make_incidents: Make, grid: Grid, issued: datetime, name: str
) -> None:
    few = make_incidents(np.arange(1, 6) * 3000.0, 700, 700)
    forecast = model(name).fit(few, grid, issued).predict(Window.of_hours(issued, 8))
    assert forecast.model == "uniform"
    assert name == "uniform" or f"uniform instead of {name}" in " ".join(forecast.notes)


def test_the_mixture_says_what_it_rests_on(two_years: Incidents, grid: Grid, issued: datetime) -> None:
    forecast = model("mixture").fit(two_years, grid, issued).predict(Window.of_hours(issued, 24))
    assert forecast.notes[0].startswith("Weighed by how the models did")
    assert "uniform" not in forecast.notes[0]


def test_recent_incidents_raise_their_neighbourhood_for_a_while(
    two_years: Incidents, grid: Grid, issued: datetime
) -> None:
    line = Timeline.of(two_years, grid)
    now = Now.begin(line, issued)
    near = prospective(now)
    recent = now.history.cell[now.history.hours > now.history.span - 24 * 7]
    assert near[recent].mean() > 2 * near.mean()
    now.move(issued + timedelta(weeks=9))
    assert prospective(now).sum() == 0


def test_the_self_exciting_model_tells_background_from_triggered(
    two_years: Incidents, grid: Grid, issued: datetime
) -> None:
    now = Now.begin(Timeline.of(two_years, grid), issued)
    learned = Hawkes().learn(now)
    background, triggered = learned.parts(now, Window.of_hours(issued, 24))
    assert background.sum() > 3 * triggered.sum() >= 0
    later, less = learned.parts(now, Window.of_hours(issued + timedelta(days=60), 24))
    assert later.sum() == pytest.approx(background.sum())
    assert less.sum() < triggered.sum()


def test_counts_like_chance_are_drawn_together_and_uneven_ones_are_not() -> None:
    rng = np.random.default_rng(2)
    assert concentration(rng.poisson(5.0, 400).astype(float)) > 20
    assert concentration(rng.poisson(rng.gamma(0.3, 5 / 0.3, 400)).astype(float)) == pytest.approx(0.3, rel=0.3)


def test_every_expert_learns_and_answers_along_the_way(two_years: Incidents, grid: Grid, issued: datetime) -> None:
    start = issued - timedelta(days=20)
    now = Now.begin(Timeline.of(two_years, grid), start)
    learned = {name: one.learn(now) for name, one in experts().items()}
    for days in (0, 3, 20):
        now.move(start + timedelta(days=days))
        for shape in learned.values():
            share = shape.share(now, Window.of_hours(now.at, 24))
            assert share.sum() == pytest.approx(1)
            assert share.min() > 0


def test_moved_along_it_knows_what_one_made_anew_knows(two_years: Incidents, grid: Grid, issued: datetime) -> None:
    line = Timeline.of(two_years, grid)
    moved = Now.begin(line, issued - timedelta(days=30))
    assert moved.bank.values.any()
    moved.move(issued)
    fresh = Now.begin(line, issued)
    assert np.allclose(moved.bank.values, fresh.bank.values, atol=1e-9)
    assert np.array_equal(moved.history.cell, fresh.history.cell)


def test_late_origins_of_a_long_span_are_in_utc(two_years: Incidents, grid: Grid) -> None:
    at = datetime(2017, 6, 1, tzinfo=UTC)
    forecast = model("seasonal").fit(two_years, grid, at).predict(Window.of_hours(at, 1))
    assert forecast.window.start.tzinfo is UTC


@pytest.mark.parametrize("name", NAMES)
def test_month_data_give_a_month_and_nothing_shorter(make_incidents: Make, grid: Grid, name: str) -> None:
    firsts = [datetime(2016 + i // 12, i % 12 + 1, 1, tzinfo=UTC) for i in range(25)]
    begin, end = ([first for first in part for _ in range(6)] for part in (firsts[:-1], firsts[1:]))
    rng = np.random.default_rng(9)
    table = make_incidents(
        np.zeros(144), rng.integers(0, 5000, 144), rng.integers(0, 4000, 144),
        occurred_from=begin, occurred_to=end, known_at=end, precision="month",
    )  # fmt: skip
    at = datetime(2018, 1, 1, tzinfo=UTC)
    fitted = model(name).fit(table, grid, at)
    month = fitted.predict(Window(at, datetime(2018, 2, 1, tzinfo=UTC)))
    assert whole(month)
    assert month.expected.sum() == pytest.approx(6, rel=0.2)
    with pytest.raises(InputError, match="known to the month only"):
        fitted.predict(Window.of_hours(at, 8))


@pytest.mark.parametrize("name", ["boost", "regression"])
def test_weekly_steps_are_not_learned_from_months(make_incidents: Make, grid: Grid, name: str) -> None:
    firsts = [datetime(2014 + i // 12, i % 12 + 1, 1, tzinfo=UTC) for i in range(49)]
    begin, end = ([first for first in part for _ in range(30)] for part in (firsts[:-1], firsts[1:]))
    rng = np.random.default_rng(10)
    n = len(begin)
    table = make_incidents(
        np.zeros(n), rng.normal(2500, 800, n).clip(0, 4999).astype(int),
        rng.normal(2000, 700, n).clip(0, 3999).astype(int),
        occurred_from=begin, occurred_to=end, known_at=end, precision="month",
    )  # fmt: skip
    at = datetime(2018, 1, 1, tzinfo=UTC)
    month = Window(at, datetime(2018, 2, 1, tzinfo=UTC))
    learned, map_ = (model(one).fit(table, grid, at).predict(month).expected for one in (name, "long_run"))
    assert np.corrcoef(np.log(learned), np.log(map_))[0, 1] > 0.9
