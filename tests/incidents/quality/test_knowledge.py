"""When incidents became known decides what a backtest may use, and how full the newest months are."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from answerable.incidents.quality import quality_report
from answerable.incidents.table import Incidents

Sound = Callable[..., pl.DataFrame]
Table = Callable[..., Incidents]
ROW = pl.int_range(pl.len())


def test_an_assumed_time_of_knowledge_is_said_to_be_assumed(sound: Sound, table: Table) -> None:
    frame = sound().with_columns(known_at=pl.col("occurred_to") + pl.duration(days=7))
    report = quality_report(table(frame, assumed=True))
    assert report["known_at"].level == "look"
    assert report["known_at"].count == frame.height
    assert report["fill_in"].cannot_tell


def test_where_only_some_are_assumed_the_others_still_tell_the_delay(sound: Sound, table: Table) -> None:
    usual = pl.when(ROW % 2 == 0).then(pl.col("occurred_to") + pl.duration(days=7)).otherwise(pl.col("known_at"))
    report = quality_report(table(sound().with_columns(known_at=usual), assumed=True))
    assert report["known_at"].share == pytest.approx(0.5, abs=0.01)
    assert not report["fill_in"].cannot_tell
    assert report["fill_in"].level == "ok"


def test_late_reports_are_measured(sound: Sound, table: Table) -> None:
    late = pl.when(ROW % 10 == 0).then(pl.col("occurred_to") + pl.duration(days=45)).otherwise(pl.col("known_at"))
    check = quality_report(table(sound().with_columns(known_at=late)))["fill_in"]
    assert check.level == "look"
    assert check.share == pytest.approx(0.1, abs=0.001)
    assert "95 % within 45" in check.says


def test_a_revision_is_not_late_knowledge(sound: Sound, table: Table) -> None:
    frame = sound()
    revised = frame.with_columns(known_at=pl.col("known_at") + pl.duration(days=400))
    assert quality_report(table(pl.concat([frame, revised])))["fill_in"].level == "ok"
