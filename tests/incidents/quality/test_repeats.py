"""An incident that stands in the table twice is found, however large the table; two real incidents are not."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.incidents.quality import Check
from answerable.incidents.quality.repeats import _Sweep

Sound = Callable[..., pl.DataFrame]
Find = Callable[..., Check]


def copies(frame: pl.DataFrame, n: int, *, minutes: int = 0, metres: int = 0, kind: str | None = None) -> pl.DataFrame:
    """Add the first ``n`` incidents again under other ids, a little later and further east."""
    again = frame.head(n).with_columns(
        incident_id="again " + pl.col("incident_id"),
        x=pl.col("x") + metres,
        kind=pl.lit(kind) if kind else pl.col("kind"),
        **{c: pl.col(c) + timedelta(minutes=minutes) for c in ("occurred_from", "occurred_to", "known_at")},
    )
    return pl.concat([frame, again.cast(dict(frame.schema))])


def test_the_same_row_under_another_id_is_a_duplicate(sound: Sound, find: Find) -> None:
    frame = sound()
    check = find(copies(frame, 20), "duplicates")
    assert (check.count, check.level) == (20, "look")
    assert check.where[0] == "again 0"


def test_a_file_joined_to_itself_is_wrong(sound: Sound, find: Find) -> None:
    frame = sound()
    check = find(copies(frame, frame.height), "duplicates")
    assert (check.count, check.share, check.level) == (frame.height, 0.5, "wrong")


@pytest.mark.parametrize(("minutes", "metres"), [(1, 0), (0, 30), (10, 50), (7, 49)])
def test_two_reports_of_one_event_are_near_duplicates(sound: Sound, find: Find, minutes: int, metres: int) -> None:
    check = find(copies(sound(), 30, minutes=minutes, metres=metres), "near_duplicates")
    assert (check.count, check.level) == (30, "look")
    assert all(name.startswith("again") for name in check.where)


@pytest.mark.parametrize(("minutes", "metres", "kind"), [(11, 0, None), (0, 51, None), (5, 10, "stabbing")])
def test_what_is_further_off_or_of_another_kind_is_not(
    sound: Sound, find: Find, minutes: int, metres: int, kind: str | None
) -> None:
    check = find(copies(sound(), 30, minutes=minutes, metres=metres, kind=kind), "near_duplicates")
    assert (check.count, check.level) == (0, "ok")


def test_a_busy_corner_where_chance_brings_incidents_together_is_not_flagged(sound: Sound, find: Find) -> None:
    # Ten incidents a day in one square of 100 m: many pairs are near, as many as a day later.
    rng = np.random.default_rng(3)
    frame = sound(20_000).with_columns(
        x=pl.Series(rng.integers(0, 100, 20_000), dtype=pl.Int32)[: sound(20_000).height],
        y=pl.Series(rng.integers(0, 100, 20_000), dtype=pl.Int32)[: sound(20_000).height],
    )
    check = find(frame, "near_duplicates", excused=("snapped_places", "duplicates"))
    assert check.count is not None
    assert check.count > 500
    assert check.share == pytest.approx(check.expected, rel=0.25)
    assert check.level == "ok"


def frame_of(points: list[tuple[int, int, int, int]]) -> pl.DataFrame:
    x, y, minute, kind = zip(*points, strict=True)
    return pl.DataFrame(
        {
            "x": pl.Series(x, dtype=pl.Int32),
            "y": pl.Series(y, dtype=pl.Int32),
            "occurred_from": pl.Series([m * 60_000_000 for m in minute]).cast(pl.Datetime("us", "UTC")),
            "kind": [str(k) for k in kind],
        }
    )


POINT = st.tuples(st.integers(-120, 120), st.integers(-120, 120), st.integers(0, 40), st.integers(0, 1))


@given(st.lists(POINT, min_size=1, max_size=40), st.sampled_from([0, 15]))
@settings(max_examples=150)
def test_the_sweep_finds_exactly_what_comparing_all_pairs_finds(
    points: list[tuple[int, int, int, int]], later: int
) -> None:
    found = _Sweep(frame_of(points), 50).followers(later, 10)
    expected = [
        any(
            (x - u) ** 2 + (y - v) ** 2 <= 2500 and k == other and abs(m - t - later) <= 10 and (m, i) > (t, j)
            for j, (u, v, t, other) in enumerate(points)
            if i != j
        )
        for i, (x, y, m, k) in enumerate(points)
    ]
    assert found.tolist() == expected


def test_a_table_where_all_share_one_place_and_minute_is_still_swept_in_no_time() -> None:
    start = time.process_time()
    found = _Sweep(frame_of([(0, 0, 0, 0)] * 30_000), 50).followers(0, 10)
    assert time.process_time() - start < 5
    assert found.sum() > 29_000
