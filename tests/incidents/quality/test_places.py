"""Places that are missing, far away, outside, or not where it happened but on a map point."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
import shapely

from answerable.incidents.quality import Check, quality_report
from answerable.incidents.table import Incidents
from answerable.place import Area, Projection

Sound = Callable[..., pl.DataFrame]
Find = Callable[..., Check]
Table = Callable[..., Incidents]
UTM = Projection("EPSG:32618")
ROW = pl.int_range(pl.len())


def without_place(frame: pl.DataFrame, rows: pl.Expr) -> pl.DataFrame:
    return frame.with_columns(pl.when(rows).then(None).otherwise(pl.col(c)).alias(c) for c in ("x", "y"))


@pytest.mark.parametrize(("every", "level"), [(500, "ok"), (20, "look"), (2, "wrong")])
def test_missing_places_are_counted_and_named(sound: Sound, find: Find, every: int, level: str) -> None:
    frame = sound()
    check = find(without_place(frame, ROW % every == 0), "missing_places")
    assert check.count == -(-frame.height // every)
    assert check.share == pytest.approx(1 / every, abs=0.001)
    assert check.level == level
    assert check.where[:2] == ("0", str(every))


def test_no_place_at_all_leaves_the_other_checks_unable_to_tell(sound: Sound, table: Table) -> None:
    report = quality_report(table(without_place(sound(), pl.lit(value=True))))
    assert report["missing_places"].level == "wrong"
    assert all(report[name].cannot_tell for name in ("places_outside", "snapped_places", "duplicates"))


def test_a_place_in_another_country_is_far_from_all_others(sound: Sound, find: Find) -> None:
    far = pl.when(ROW == 7).then(pl.col("x") + 2_000_000).otherwise(pl.col("x"))
    check = find(sound().with_columns(x=far), "places_outside")
    assert (check.count, check.level, check.where) == (1, "look", ("7",))


def test_a_study_area_decides_what_is_outside(sound: Sound, table: Table) -> None:
    frame = sound()
    west = Area("the west", shapely.box(580_000, 4_490_000, 590_000, 4_510_000), UTM)
    check = quality_report(table(frame), west)["places_outside"]
    assert check.count == frame.filter(pl.col("x") > 590_000).height
    assert check.level == "wrong"
    assert "the west" in check.says


def test_a_study_area_in_another_projection_is_brought_over(sound: Sound, table: Table) -> None:
    frame = sound()
    here = Area("all", shapely.box(579_000, 4_489_000, 601_000, 4_511_000), UTM)
    elsewhere = Area.from_degrees(here.degrees(), projection=Projection("EPSG:32617"), name="all")
    assert quality_report(table(frame), elsewhere)["places_outside"].count == 0


def test_map_points_show_as_many_incidents_on_few_points(sound: Sound, find: Find) -> None:
    frame = sound().with_columns(x=pl.col("x") // 2000 * 2000, y=pl.col("y") // 2000 * 2000)
    check = find(frame, "snapped_places")
    points = frame.group_by("x", "y").len()
    assert check.level == "look"
    assert check.count == points.filter(pl.col("len") >= 10)["len"].sum()
    assert f"{points.height:,} points" in check.says


def test_one_busy_address_is_not_a_map_of_points(sound: Sound, find: Find) -> None:
    frame = sound().with_columns(pl.when(ROW % 10 == 0).then(pl.lit(590_000 + i)).otherwise(c).cast(pl.Int32).alias(c)
                                 for i, c in enumerate(("x", "y")))  # fmt: skip
    assert find(frame, "snapped_places", excused=("places_outside",)).level == "ok"


def test_places_that_the_publisher_says_are_snapped_are_always_said_to_be(sound: Sound, find: Find) -> None:
    check = find(sound().with_columns(place_precision=pl.lit("snapped")), "snapped_places")
    assert check.level == "look"
    assert "0 m" in check.says
