"""Made data with exactly one defect each, and the real files whose defects are known."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from answerable.errors import InputError
from answerable.incidents import Incidents, Manifest
from answerable.incidents.quality import quality_report
from answerable.incidents.quality.breaks import find_steps
from answerable.incidents.quality.thresholds import thresholds
from answerable.incidents.table import SCHEMA
from answerable.place import Area, Projection

MANIFEST = Manifest("EPSG:27700", "seven parameters", "Atlantic/Reykjavik")
NIGHT = np.array([9, 9, 8, 6, 3, 2, 1, 1, 2, 2, 3, 4, 4, 4, 5, 5, 6, 7, 7, 8, 8, 9, 9, 9], float)
Frame = pl.DataFrame
ReadFile = Callable[..., Any]


def sound(n: int = 6000, seed: int = 1) -> Frame:
    """Incidents of three years as a sound source would give them: to the minute, busy at night, spread over a town."""
    rng = np.random.default_rng(seed)
    days = rng.integers(0, 1095, n)
    hours = rng.choice(24, n, p=NIGHT / NIGHT.sum())
    minutes = days * 1440 + hours * 60 + rng.integers(0, 60, n)
    start = datetime(2015, 1, 1, tzinfo=UTC)
    at = [start + timedelta(minutes=int(m)) for m in minutes]
    return pl.DataFrame(
        {
            "incident_id": [f"i{i}" for i in range(n)],
            "occurred_from": at,
            "occurred_to": [t + timedelta(minutes=1) for t in at],
            "precision": ["minute"] * n,
            "x": rng.normal(530_000, 4000, n).astype(np.int32),
            "y": rng.normal(180_000, 4000, n).astype(np.int32),
            "place_precision": ["point"] * n,
            "kind": ["shooting"] * n,
            "severity": ["injury"] * n,
            "n_harmed": [1] * n,
            "origin": ["reported"] * n,
            "known_at": [t + timedelta(hours=5) for t in at],
            "source": ["made"] * n,
        },
        schema=SCHEMA,
    )


def report(frame: Frame, **how: Any) -> Any:
    return quality_report(Incidents(frame, MANIFEST), **how)


def at_minute(frame: Frame, rows: pl.Expr, minute_of_day: int) -> Frame:
    moved = pl.col("occurred_from").dt.truncate("1d") + pl.duration(minutes=minute_of_day)
    start = pl.when(rows).then(moved).otherwise(pl.col("occurred_from"))
    return frame.with_columns(occurred_from=start, occurred_to=start + pl.duration(minutes=1))


EVERY_TENTH = pl.int_range(pl.len()) % 10 == 0


def test_sound_data_raises_no_alarm() -> None:
    found = report(sound())
    assert [check.name for check in (*found.at("wrong"), *found.at("look"))] == []


def test_steady_data_are_seldom_said_to_break() -> None:
    # The nominal rate is one in a hundred; three alarms in sixty would happen once in some four hundred runs.
    alarms = sum(report(sound(2500, seed))["breaks"].level != "ok" for seed in range(60))
    assert alarms <= 3


@pytest.mark.parametrize(
    ("defect", "name", "level"),
    [
        (lambda f: at_minute(f, EVERY_TENTH, 0), "midnight", "look"),
        (lambda f: at_minute(f, pl.lit(value=True), 0), "midnight", "wrong"),
        (lambda f: f.with_columns(pl.when(EVERY_TENTH).then(None).otherwise(pl.col("x", "y")).name.keep()), "", "look"),
        (lambda f: pl.concat([f, f.head(40).with_columns(incident_id=pl.format("d{}", "incident_id"))]), "dup", "look"),
        (lambda f: pl.concat([f, f.with_columns(incident_id=pl.format("d{}", "incident_id"))]), "dup", "wrong"),
        (lambda f: f.with_columns(x=pl.lit(530_000, pl.Int32), y=pl.lit(180_000, pl.Int32)), "snapped_places", "look"),
    ],
    ids=["a tenth at midnight", "all at midnight", "a tenth nowhere", "forty twice", "all twice", "one point"],
)
def test_one_defect_is_found_by_the_check_that_looks_for_it(
    defect: Callable[[Frame], Frame], name: str, level: str
) -> None:
    found = report(defect(sound()))
    check = found[{"": "missing_places", "dup": "duplicates"}.get(name, name)]
    assert check.level == level, check.says
    assert check.count
    assert check.says.endswith((".", "?"))


def test_times_rounded_to_the_half_hour_are_counted_exactly() -> None:
    frame = at_minute(sound(), EVERY_TENTH, 21 * 60 + 30)
    by_hand = sum(t.minute in (0, 30) for t in frame["occurred_from"])
    check = report(frame)["round_times"]
    assert check.count == by_hand
    assert check.expected == pytest.approx(2 / 60)
    assert check.level == "look"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda hour: (hour + 11) % 12 + 1, "12"),
        (lambda hour: (hour + 11) % 24, "quiet"),
    ],
    ids=["no afternoon", "shifted by eleven hours"],
)
def test_a_clock_that_is_wrong_shows_in_the_hours_of_the_day(change: Callable[[pl.Expr], pl.Expr], says: str) -> None:
    hour = change(pl.col("occurred_from").dt.hour().cast(pl.Int64))
    start = pl.col("occurred_from").dt.truncate("1d") + pl.duration(
        minutes=hour * 60 + pl.col("occurred_from").dt.minute()
    )
    check = report(sound().with_columns(occurred_from=start, occurred_to=start + pl.duration(minutes=1)))["day_profile"]
    assert check.level != "ok"
    assert says in check.says


def test_where_times_are_coarser_than_an_hour_nobody_can_tell() -> None:
    day = pl.col("occurred_from").dt.truncate("1d")
    frame = sound().with_columns(occurred_from=day, occurred_to=day + pl.duration(days=1), precision=pl.lit("day"))
    check = report(frame)["day_profile"]
    assert check.count is None
    assert "annot tell" in check.says


def test_a_month_without_incidents_and_a_halving_are_found() -> None:
    frame = sound(9000)
    gap = frame.filter(~pl.col("occurred_from").dt.strftime("%Y-%m").eq("2016-05"))
    assert "2016-05" in report(gap)["missing_months"].says
    later = pl.col("occurred_from") >= datetime(2016, 9, 1, tzinfo=UTC)
    halved = frame.filter(~later | (pl.int_range(pl.len()) % 2 == 0))
    step = report(halved)["breaks"]
    assert step.level == "look"
    assert "2016-0" in step.says or "2016-1" in step.says


def test_a_step_is_placed_where_it_is() -> None:
    rng = np.random.default_rng(3)
    counts = np.concatenate([rng.poisson(100, 30), rng.poisson(160, 30)]).astype(float)
    (step,) = find_steps(counts, 0.01)
    assert abs(step.at - 30) <= 2


def test_places_outside_the_study_area_are_counted_not_lost() -> None:
    frame = sound()
    area = Area.outline([526_000, 534_000, 526_000, 534_000], [176_000, 176_000, 184_000, 184_000], margin_m=1,
                        projection=Projection("EPSG:27700"), name="the town")  # fmt: skip
    by_hand = int((~area.contains(frame["x"].to_numpy(), frame["y"].to_numpy())).sum())
    check = report(frame, area=area)["places_outside"]
    assert check.count == by_hand > 0
    assert "the town" in check.says


def test_assumed_dates_of_knowledge_are_said_to_be_assumed() -> None:
    incidents = Incidents(sound(), replace(MANIFEST, known_at_assumed=True))
    assert quality_report(incidents)["known_at"].level == "look"


def test_nothing_to_check_is_an_error_and_not_a_clean_bill() -> None:
    with pytest.raises(InputError, match="no incidents"):
        report(sound().clear())


def test_the_report_reads_as_sentences_and_as_json() -> None:
    found = report(at_minute(sound(), EVERY_TENTH, 0))
    document = json.loads(json.dumps(found.as_json()))
    assert document["level"] == "look"
    assert {"name", "title", "count", "share", "expected", "level", "says", "where"} <= set(document["checks"][0])
    assert found.prose().startswith("6,000 incidents were checked.")
    assert "To look at" in found.prose()


def test_every_threshold_is_a_number_with_unit_status_and_source(root: Path) -> None:
    import yaml

    path = root / "src" / "answerable" / "incidents" / "quality" / "thresholds.yaml"
    read = yaml.safe_load(path.read_text(encoding="utf8"))["thresholds"]
    assert set(read) == set(thresholds())
    for name, entry in read.items():
        assert set(entry) == {"value", "unit", "status", "source"}, name
        assert entry["status"] in {"design", "measured", "literature", "assumption"}, name


@pytest.mark.realdata
def test_new_york_rounds_its_times_and_is_otherwise_sound(shared_data: Path, read: ReadFile) -> None:
    path = shared_data / "nyc_shootings_2006_2016" / "incidents.csv.gz"
    found = quality_report(read(path, tz="America/New_York").incidents)
    assert found.incidents == 14_713
    # Its README says about 13 per cent; counted here from the file's own text.
    minutes = pl.read_csv(path)["occurred_at"].str.slice(14, 2)
    assert found["round_times"].count == pytest.approx(int(minutes.is_in(["00", "30"]).sum()), abs=10)
    assert found["day_profile"].level == "ok"
    assert found["ambiguous_times"].count == 10


@pytest.mark.realdata
def test_south_yorkshire_misses_a_month_and_gathers_on_map_points(shared_data: Path, read: ReadFile) -> None:
    found = quality_report(read(shared_data / "south_yorkshire_street_2018_2019" / "incidents.parquet").incidents)
    assert "2019-07" in found["missing_months"].says
    assert found["missing_places"].count == 6542
    assert found["snapped_places"].level == "look"
    assert found["day_profile"].count is None


@pytest.mark.realdata
def test_portland_s_dates_say_nothing_about_hours(shared_data: Path, read: ReadFile) -> None:
    incidents = read(shared_data / "portland_calls_2016_08" / "calls.csv.gz", tz="America/Los_Angeles").incidents
    found = quality_report(incidents)
    assert found["precision"].level == "look"
    assert "annot tell" in found["day_profile"].says
