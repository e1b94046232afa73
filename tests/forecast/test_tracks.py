"""The mixture's promise on real cities: never further behind the best expert than the bound that the report states."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from answerable.incidents import Incidents, Manifest
from answerable.incidents.table import SCHEMA
from answerable.service.backtest import Plan, backtest, read_for_backtest

pytestmark = pytest.mark.realdata

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def new_york(data: Path) -> tuple[Incidents, Plan]:
    """Shootings known a day late."""
    folder = data / "nyc_shootings_2006_2016"
    plan = Plan(train_from="2012-01-01", test_from="2014-01-01", test_to="2017-01-01", cell_m=2000)
    return read_for_backtest(folder / "incidents.csv.gz", plan, tz=None, now=NOW), plan


def chicago(data: Path) -> tuple[Incidents, Plan]:
    plan = Plan(test_from="2022-07-01", test_to="2023-01-01", cell_m=1500)
    file = data / "chicago_shootings_2022" / "events.csv.gz"
    return read_for_backtest(file, plan, tz="America/Chicago", now=NOW), plan


def washington(data: Path) -> tuple[Incidents, Plan]:
    """Acoustic gunfire, known at once; hours are since the beginning of 2010, places in kilometres."""
    raw = pl.read_csv(data / "dc_gunfire_2010" / "events.csv.gz").sort("t_hours")
    began = datetime(2010, 1, 1, tzinfo=UTC)
    when = pl.Series([began + timedelta(seconds=round(h * 3600)) for h in raw["t_hours"].to_list()])
    frame = pl.DataFrame({
        "incident_id": [str(i) for i in range(raw.height)], "occurred_from": when, "occurred_to": when,
        "precision": "minute", "x": (400_000 + raw["x_km"] * 1000).cast(pl.Int32),
        "y": (400_000 + raw["y_km"] * 1000).cast(pl.Int32), "place_precision": "point", "kind": "shooting",
        "severity": "unknown", "n_harmed": None, "origin": "reported", "known_at": when, "source": "test",
    })  # fmt: skip
    end = began + timedelta(hours=float(np.floor(raw["t_hours"].max())))  # type: ignore[arg-type]
    plan = Plan(test_from=(end - timedelta(days=165)).isoformat(), test_to=end.isoformat(), cell_m=1000)
    return Incidents(frame.cast(dict(SCHEMA)).select(list(SCHEMA)), Manifest("EPSG:27700", "", "UTC")), plan


TRACKS = {"New York": new_york, "Chicago": chicago, "Washington": washington}


def kept(report: dict[str, Any]) -> None:
    told = report["mixture"]
    experts = len(told["experts"])
    late = told["outcomes_late_by_windows"]
    assert told["bound_nats"] == pytest.approx((2 * (late + 1) if late else 1) * np.log(experts))
    assert told["worse_than_best_nats"] <= told["bound_nats"] + 1e-9
    # More than is promised where outcomes come late, and what is due on every track.
    assert told["worse_than_best_nats"] <= np.log(experts) + 1e-9
    # The bound is for the joint probabilities of windows. What is published per cell is the mean of expectations: with
    # hundreds of incidents in a window, and few windows to learn from, it lies a little further behind.
    best = max(m["log_score"] for n, m in report["models"].items() if n not in {"mixture", "fixed_share"})
    behind = best - report["models"]["mixture"]["log_score"]
    assert behind <= told["bound_nats"] + 0.015 * report["data"]["incidents"]
    assert report["models"]["mixture"]["gain_bits_per_event"] > 0.1


@pytest.mark.parametrize("name", TRACKS)
def test_in_a_few_long_windows_the_mixture_keeps_its_bound(shared_data: Path, name: str) -> None:
    incidents, plan = TRACKS[name](shared_data)
    kept(backtest(incidents, Plan(**{**vars(plan), "hours": 24 * 14, "refit_days": 400})))


@pytest.mark.slow
@pytest.mark.parametrize("name", TRACKS)
def test_day_by_day_the_mixture_keeps_its_bound(shared_data: Path, name: str) -> None:
    incidents, plan = TRACKS[name](shared_data)
    kept(backtest(incidents, Plan(**{**vars(plan), "hours": 24})))
