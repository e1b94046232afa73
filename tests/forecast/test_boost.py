"""Boosted trees: they find what the long-run map cannot, leave it alone where nothing is, and need their extra."""

from __future__ import annotations

import importlib
from datetime import datetime

import numpy as np
import pytest

from answerable.errors import UsageError
from answerable.forecast.backtest import chosen
from answerable.forecast.boost import Boost, TreeShape
from answerable.forecast.now import Now
from answerable.forecast.timeline import Timeline
from answerable.incidents import Incidents
from answerable.place import Grid, Window


def test_trees_are_the_same_bytes_each_time(two_years: Incidents, grid: Grid, issued: datetime) -> None:
    now = Now.begin(Timeline.of(two_years, grid), issued)
    window = Window.of_hours(issued, 24)
    one, two = (Boost().learn(now).share(now, window) for _ in range(2))
    assert one.tobytes() == two.tobytes()


def test_they_follow_a_hot_spot_that_has_moved(make_incidents, grid: Grid, issued: datetime) -> None:
    rng = np.random.default_rng(5)
    n = 2000
    hours = np.sort(rng.uniform(0, 731 * 24, n))
    # Every ten weeks the spot jumps to another corner: what counts is where it was last week.
    corner = (hours // (24 * 70)).astype(int) % 4
    east = (1000 + 3000 * (corner % 2) + rng.normal(0, 250, n)).clip(0, 4999).astype(int)
    north = (800 + 2400 * (corner // 2) + rng.normal(0, 250, n)).clip(0, 3999).astype(int)
    now = Now.begin(Timeline.of(make_incidents(hours, east, north), grid), issued)
    learned = Boost().learn(now)
    assert isinstance(learned, TreeShape)
    share = learned.share(now, Window.of_hours(issued, 24))
    last = now.history.cell[now.history.hours > now.history.span - 24 * 14]
    long_ago = np.bincount(now.history.cell, minlength=len(grid)) / len(now.history)
    assert np.log(share[last]).mean() > np.log(np.maximum(long_ago[last], 1e-6)).mean() + 0.5


def test_without_lightgbm_it_says_what_to_install(
    two_years: Incidents, grid: Grid, issued: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.import_module

    def missing(name: str, package: str | None = None) -> object:
        if name == "lightgbm":
            raise ModuleNotFoundError(name)
        return real(name, package)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(UsageError, match=r"LightGBM.*not installed"):
        Boost().fit(two_years, grid, issued)


def test_it_takes_part_only_where_it_is_named() -> None:
    assert "boost" not in chosen(("all",))[0]
    raced, shown = chosen(("all", "boost"))
    assert "boost" in raced
    assert {"boost", "mixture", "long_run"} <= set(shown)
