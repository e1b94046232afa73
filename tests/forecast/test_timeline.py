"""The timeline: at every instant it knows exactly what the table of incidents says was known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.forecast.timeline import Timeline, instant, microseconds
from answerable.incidents import Incidents
from answerable.place import Grid

Make = Callable[..., Incidents]


def revised(table: Incidents, seed: int) -> Incidents:
    """Every fifth incident is later moved, withdrawn (no violence after all) or made known twice at one instant."""
    rng = np.random.default_rng(seed)
    picked = table.frame.gather(np.flatnonzero(rng.random(len(table)) < 0.2))
    late = pl.Series(rng.integers(0, 60, picked.height)) * timedelta(days=1)
    other = picked.with_columns(
        x=pl.col("x") + 1000,
        severity=pl.Series(rng.choice(["none", "fatal", "injury"], picked.height)),
        known_at=(pl.col("known_at") + late).cast(picked["known_at"].dtype),
    )
    return Incidents(pl.concat([table.frame, other]).sample(fraction=1, shuffle=True, seed=seed), table.manifest)


@settings(max_examples=25)
@given(st.integers(0, 2**31 - 1), st.integers(-5, 800))
def test_it_knows_what_the_table_says_was_known(two_years: Incidents, grid: Grid, seed: int, day: int) -> None:
    table = revised(two_years, seed)
    at = two_years.frame["occurred_from"].min() + timedelta(days=day)  # type: ignore[operator]
    line = Timeline.of(table, grid)
    known = line.known(at)
    told = table.known(at).serious()
    assert int(known.sum()) == len(told)
    x, y = told.points()
    assert np.array_equal(np.bincount(line.cell[known & (line.cell >= 0)], minlength=len(grid)), grid.counts(x, y)[0])


def test_counts_are_half_open_and_leave_out_what_was_not_known(
    make_incidents: Make, grid: Grid, issued: datetime
) -> None:
    table = make_incidents([0.0, 10.0, 24.0], 700, 700)
    first = table.frame["occurred_from"][0] + timedelta(seconds=30)
    line = Timeline.of(table, grid)
    assert line.counts(first, first + timedelta(hours=24)).sum() == 2
    assert line.counts(first, first + timedelta(hours=24), at=first + timedelta(hours=5)).sum() == 1
    assert line.counts(first, first + timedelta(hours=25), at=issued).sum() == 3


def test_instants_come_back_as_they_went_in(issued: datetime) -> None:
    assert instant(microseconds(issued)) == issued
