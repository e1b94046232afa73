"""The rolling backtest: it sees nothing early, loses nothing when stopped, and scores what it says it scores."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answerable.errors import InputError, UsageError
from answerable.forecast.backtest import Outcome, chosen, run, warming
from answerable.forecast.chunk import experts, months_between, stretches, windows_between
from answerable.forecast.timeline import Timeline
from answerable.forecast.verdict import verdict
from answerable.incidents import Incidents
from answerable.place import Grid, Window
from answerable.score import (
    brier_score,
    calibration_slope,
    hit_rate,
    information_gain,
    pei,
    poisson_log_score,
)
from answerable.score.corp import corp
from answerable.score.decision import act_everywhere, net_benefit
from answerable.work import Work

START = datetime(2016, 1, 1, tzinfo=UTC)
QUICK = ("cell_mean", "long_run", "near_repeat", "seasonal", "mixture")


@pytest.fixture(scope="module")
def windows(issued: datetime) -> list[Window]:
    return windows_between(issued - timedelta(days=60), issued, 24)


def backtested(table: Incidents, grid: Grid, windows: list[Window], folder: Path, **more: Any) -> Outcome:
    asked = more.pop("asked", QUICK)
    with Work(folder, workers=more.pop("workers", 1)) as work:
        return run(Timeline.of(table, grid), windows, asked, work, **more)


@pytest.fixture(scope="module")
def done(
    two_years: Incidents, grid: Grid, windows: list[Window], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Outcome, pl.DataFrame]:
    folder = tmp_path_factory.mktemp("backtest")
    outcome = backtested(two_years, grid, windows, folder, predictions=folder / "p.parquet")
    return outcome, pl.read_parquet(folder / "p.parquet")


def matrices(outcome: Outcome, told: pl.DataFrame, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Expected and counts, (windows, cells), from the written forecasts and the table of incidents alone."""
    cells = len(outcome.timeline.grid)
    rows = told.filter(pl.col("model") == name).sort("window_from", maintain_order=True)
    expected = rows["expected"].to_numpy().astype(float).reshape(-1, cells)
    frame = outcome.timeline.incidents.frame
    count = np.zeros_like(expected)
    at = outcome.timeline.grid.locate(frame["x"].to_numpy(), frame["y"].to_numpy())
    middle = (frame["occurred_from"] + (frame["occurred_to"] - frame["occurred_from"]) / 2).to_list()
    for when, cell in zip(middle, at, strict=True):
        for w, window in enumerate(outcome.windows):
            if window.contains(when):
                count[w, cell] += 1
    return expected, count


def test_the_written_forecasts_are_every_cell_and_window_of_every_model(done: tuple[Outcome, pl.DataFrame]) -> None:
    outcome, told = done
    assert told.columns == [
        "model", "issued_at", "window_from", "window_to", "cell_id", "lon", "lat", "expected", "p",
    ]  # fmt: skip
    assert told.height == len(outcome.shown) * 60 * len(outcome.timeline.grid)
    assert told.select(pl.col("expected", "p").is_finite().all()).row(0) == (True, True)
    assert (told["issued_at"] <= told["window_from"]).all()
    assert np.allclose(told["p"], -np.expm1(-told["expected"].cast(pl.Float64)), rtol=1e-5)
    assert told.group_by("model", "window_from").agg(pl.col("cell_id").n_unique())["cell_id"].unique().to_list() == [80]


@pytest.mark.parametrize("name", ["long_run", "mixture", "near_repeat"])
def test_the_scores_are_those_of_the_written_forecasts(done: tuple[Outcome, pl.DataFrame], name: str) -> None:
    outcome, told = done
    expected, count = matrices(outcome, told, name)
    uniform, _ = matrices(outcome, told, "uniform")
    scored = verdict(outcome)["models"][name]
    assert scored["log_score"] == pytest.approx(poisson_log_score(expected, count).sum(), rel=1e-5)
    assert scored["gain_bits_per_event"] == pytest.approx(information_gain(expected, uniform, count), abs=1e-5)
    assert scored["brier"] == pytest.approx(brier_score(-np.expm1(-expected), count > 0), abs=1e-7)
    assert scored["calibration_slope"] == pytest.approx(calibration_slope(expected, count), abs=5e-3)
    for percent in ("0.5", "1", "5", "20"):
        share = float(percent) / 100
        assert scored["hit_rate"][percent] == pytest.approx(hit_rate(expected, count, share), abs=2e-3)
        assert scored["pei"][percent] == pytest.approx(pei(expected, count, share), abs=4e-3)


@pytest.mark.parametrize("name", ["long_run", "mixture"])
def test_calibration_and_decisions_are_those_of_the_written_forecasts(
    done: tuple[Outcome, pl.DataFrame], name: str
) -> None:
    outcome, told = done
    expected, count = matrices(outcome, told, name)
    p, happened = -np.expm1(-expected), count > 0
    scored = verdict(outcome)["models"][name]
    parts = corp(p, happened, np.random.default_rng(1), draws=2)
    for part, whole in scored["brier_parts"].items():
        assert whole == pytest.approx(getattr(parts, part), abs=2e-3 * parts.uncertainty)
    rates = [band["expected"] / band["cells"] for band in scored["reliability"]]
    assert rates == sorted(rates)
    whole = {part: sum(band[part] for band in scored["reliability"]) for part in ("cells", "expected", "observed")}
    assert whole["cells"] == expected.size
    assert whole["observed"] == count.sum()
    assert whole["expected"] == pytest.approx(expected.sum(), rel=1e-4)
    for one in scored["decision_curve"]:
        by_hand = net_benefit(p, happened, [one["threshold"]])[0]
        assert one["net_benefit"] == pytest.approx(by_hand, abs=0.03 * happened.mean())
        assert one["everywhere"] == pytest.approx(act_everywhere(happened, [one["threshold"]])[0], abs=1e-12)


def test_the_transform_of_totals_is_a_share_of_all_windows(done: tuple[Outcome, pl.DataFrame]) -> None:
    shares = verdict(done[0])["models"]["mixture"]["pit"]
    assert len(shares) == 10
    assert sum(shares) == pytest.approx(1)
    # 60 windows, 6 expected in each tenth: 16 and more would be once in a thousand.
    assert max(shares) < 16 / 60


def test_false_alarms_are_counted_by_hand(done: tuple[Outcome, pl.DataFrame]) -> None:
    outcome, told = done
    expected, count = matrices(outcome, told, "long_run")
    flagged = np.argsort(-expected, axis=1)[:, :4]
    held = np.take_along_axis(count, flagged, axis=1)
    by_hand = (held == 0).sum() / held.sum()
    assert verdict(outcome)["models"]["long_run"]["false_alarms_per_event"]["5"] == pytest.approx(by_hand, rel=0.02)


def test_the_mixture_is_within_its_bound(done: tuple[Outcome, pl.DataFrame]) -> None:
    told = verdict(done[0])["mixture"]
    assert told["worse_than_best_nats"] <= told["bound_nats"] + 1e-9
    assert told["weights_at_the_end"]


@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 12), st.sampled_from(["deleted", "changed"]))
def test_nothing_known_later_changes_a_forecast(
    two_years: Incidents,
    grid: Grid,
    windows: list[Window],
    tmp_path_factory: pytest.TempPathFactory,
    cut: int,
    how: str,
) -> None:
    shown = windows[: cut + 1]
    at = shown[-1].start
    future = pl.col("known_at") > at
    moved = two_years.frame.with_columns(x=pl.when(future).then(402_345).otherwise("x").cast(pl.Int32))
    other = two_years.frame.filter(~future) if how == "deleted" else moved
    folder = tmp_path_factory.mktemp("leak")
    for name, frame in (("a", two_years.frame), ("b", other)):
        backtested(
            Incidents(frame, two_years.manifest),
            grid,
            shown,
            folder / name,
            predictions=folder / f"{name}.parquet",
            warm=timedelta(days=8),
        )
    assert (folder / "a.parquet").read_bytes() == (folder / "b.parquet").read_bytes()


def test_it_goes_on_where_it_was_stopped_and_in_processes_it_is_the_same(
    two_years: Incidents, grid: Grid, windows: list[Window], tmp_path: Path
) -> None:
    plain = ("long_run", "near_repeat")
    twice = [backtested(two_years, grid, windows, tmp_path / "one", asked=plain) for _ in range(2)]
    files = sorted(path.stat().st_mtime_ns for path in (tmp_path / "one").glob("*.npz"))
    again = backtested(two_years, grid, windows, tmp_path / "one", asked=plain)
    pool = backtested(two_years, grid, windows, tmp_path / "two", asked=plain, workers=2)
    for name in ("hits", "total", "above"):
        for other in (twice[1], again, pool):
            assert np.array_equal(twice[0].sums[name], other.sums[name])
    assert files == sorted(path.stat().st_mtime_ns for path in (tmp_path / "one").glob("*.npz"))
    (tmp_path / "one" / f"{sorted(path.name for path in (tmp_path / 'one').glob('*tally*'))[0]}").unlink()
    mended = backtested(two_years, grid, windows, tmp_path / "one", asked=plain)
    assert np.array_equal(mended.sums["hits"], twice[0].sums["hits"])


def test_windows_are_whole_half_open_and_cut_into_stretches(issued: datetime) -> None:
    found = windows_between(issued, issued + timedelta(days=3, hours=5), 8)
    assert len(found) == 9
    assert all(a.end == b.start for a, b in pairwise(found))
    assert [len(s) for s in stretches(found, timedelta(days=1))] == [3, 3, 3]
    assert [len(s) for s in stretches(found, timedelta(days=28), most=4)] == [4, 4, 1]
    months = months_between(issued - timedelta(days=1), issued + timedelta(days=70), "Europe/London")
    assert [m.start.month for m in months] == [1, 2]


def test_all_is_every_expert_and_the_mixtures(issued: datetime) -> None:
    raced, shown = chosen(("all",))
    assert set(raced) == {name for name in experts() if name != "boost"}
    assert {"mixture", "fixed_share", "uniform"} < set(shown)
    assert chosen(("long_run",)) == (("long_run", "uniform"), ("long_run", "uniform"))
    with pytest.raises(UsageError, match="no such forecast model"):
        chosen(("crystal_ball",))


def test_no_window_and_no_incident_are_said(two_years: Incidents, grid: Grid, issued: datetime, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no window"):
        backtested(two_years, grid, [], tmp_path)
    quiet = windows_between(issued + timedelta(days=400), issued + timedelta(days=403), 24)
    with pytest.raises(InputError, match="No incident happened in the windows"):
        verdict(backtested(two_years, grid, quiet, tmp_path, asked=("long_run",)))


def test_incidents_all_at_one_point_have_scores_and_no_slope(
    make_incidents: Callable[..., Incidents], grid: Grid, issued: datetime, tmp_path: Path
) -> None:
    table = make_incidents(np.arange(1000) * 24.0, 700, 700)
    told = verdict(backtested(table, grid, windows_between(issued - timedelta(days=20), issued, 24), tmp_path))
    assert told["models"]["cell_mean"]["gain_bits_per_event"] > 1
    assert told["models"]["cell_mean"]["calibration_slope"] is None


@pytest.mark.parametrize("late_days", [1, 90])
def test_outcomes_are_waited_for_until_they_are_known_however_late_and_rough_their_times_are(
    make_incidents: Callable[..., Incidents], grid: Grid, issued: datetime, tmp_path: Path, late_days: int
) -> None:
    # Known to the day, the day beginning in the middle of a window; known a day or a quarter after it has ended.
    rng = np.random.default_rng(8)
    days = np.sort(rng.integers(0, 730, 900))
    begin = [START + timedelta(days=int(d), hours=1) for d in days]
    end = [at + timedelta(days=1) for at in begin]
    known = [at + timedelta(days=late_days) for at in end]
    table = make_incidents(
        np.zeros(900), rng.integers(0, 5000, 900), rng.integers(0, 4000, 900),
        occurred_from=begin, occurred_to=end, known_at=known, precision="day",
    )  # fmt: skip
    windows = windows_between(issued - timedelta(days=150), issued - timedelta(days=90), 24)
    outcome = backtested(table, grid, windows, tmp_path, asked=QUICK, refit=timedelta(days=400))
    assert outcome.wait == timedelta(days=late_days, hours=1)
    told = verdict(outcome)
    assert 0.8 < told["models"]["mixture"]["observed_over_predicted"] < 1.25
    assert told["mixture"]["worse_than_best_nats"] <= told["mixture"]["bound_nats"]


def test_weights_warm_up_on_months_before_a_test_of_months_and_only_where_something_was_known(
    two_years: Incidents, make_incidents: Callable[..., Incidents], grid: Grid, issued: datetime
) -> None:
    months = months_between(issued - timedelta(days=100), issued, "Europe/London")
    before = warming(Timeline.of(two_years, grid), months, timedelta(days=84))
    assert before[-1].end == months[0].start
    assert all(a.end == b.start for a, b in pairwise(before))
    assert 8 <= len(before) <= 12
    late = [START + timedelta(days=600)] * 40
    table = make_incidents(np.arange(40) * 400.0, 700, 700, known_at=late)
    assert warming(
        Timeline.of(table, grid), windows_between(issued, issued + timedelta(days=9), 24), timedelta(84)
    ) == [Window.of_hours(issued - timedelta(days=i), 24) for i in range(84, 0, -1)]
    nothing = [START + timedelta(days=720)] * 40
    table = make_incidents(np.arange(40) * 400.0, 700, 700, known_at=nothing)
    found = warming(Timeline.of(table, grid), windows_between(issued, issued + timedelta(days=9), 24), timedelta(84))
    assert found[0].start >= START + timedelta(days=720)
