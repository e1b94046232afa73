from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.incidents.reading import read_incidents

HEADER = "occurred_at,lon,lat"
GOOD = "2016-05-01T20:00:00,-73.9,40.7"
NEW_YORK = "America/New_York"
LAB = "incident_id,occurred_at,lon,lat,kind,severity,n_harmed,origin,known_at"


def test_what_is_not_on_the_list_is_dropped_and_named(read) -> None:
    reading = read(f"{HEADER},weather,Victim Age,suspect_name", f"{GOOD},rain,19,somebody", tz=NEW_YORK)

    assert reading.summary.dropped_columns == ("weather", "Victim Age", "suspect_name")
    assert reading.summary.person_columns == ("Victim Age", "suspect_name")
    assert reading.incidents.manifest.dropped_columns == ("weather", "Victim Age", "suspect_name")
    assert "somebody" not in reading.incidents.frame.write_csv()


def test_known_at_is_the_end_and_the_usual_delay_flagged_as_assumed(read) -> None:
    reading = read(HEADER, GOOD, tz=NEW_YORK)

    assert reading.incidents.frame["known_at"].item() == datetime(2016, 5, 3, 0, 1, tzinfo=UTC)
    assert reading.incidents.manifest.known_at_assumed
    assert "assumed" in " ".join(reading.summary.sentences())


def test_what_is_imported_is_known_by_then(read) -> None:
    just_after = datetime(2016, 5, 2, 0, 30, tzinfo=UTC)

    assert read(HEADER, GOOD, tz=NEW_YORK, now=just_after).incidents.frame["known_at"].item() == just_after


def test_known_at_can_be_said_but_never_before_the_end_of_the_event(read) -> None:
    later, earlier = datetime(2017, 1, 1, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC)

    said = read(HEADER, GOOD, tz=NEW_YORK, known_at=later)
    assert said.incidents.frame["known_at"].item() == later
    assert not said.incidents.manifest.known_at_assumed
    clipped = read(HEADER, GOOD, tz=NEW_YORK, known_at=earlier).incidents.frame
    assert clipped["known_at"].item() == clipped["occurred_to"].item()


def test_the_publishers_own_date_of_knowledge_is_used(read) -> None:
    reading = read(
        LAB,
        "a,2018-05-01T20:00:00,-0.1,51.5,stabbing,injury,1,reported,2018-05-01T21:30:00",
        "b,2018-05-02T20:00:00,-0.1,51.5,stabbing,injury,1,reported,2018-05-04",
        tz="Europe/London",
    )

    known = reading.incidents.frame["known_at"].to_list()
    assert known == [datetime(2018, 5, 1, 20, 30, tzinfo=UTC), datetime(2018, 5, 4, 23, tzinfo=UTC)]
    assert not reading.incidents.manifest.known_at_assumed


def test_rows_that_contradict_themselves_are_rejected(read) -> None:
    good = [f"{n},2018-05-01T20:00:00,-0.1,51.5,stabbing,injury,1,reported,2018-05-02" for n in range(6)]
    reading = read(
        LAB,
        *good,
        "early,2018-05-03T20:00:00,-0.1,51.5,stabbing,injury,1,reported,2018-05-01",
        "grave,2018-05-01T20:00:00,-0.1,51.5,stabbing,terrible,1,reported,2018-05-02",
        "count,2018-05-01T20:00:00,-0.1,51.5,stabbing,injury,-1,reported,2018-05-02",
        "origin,2018-05-01T20:00:00,-0.1,51.5,stabbing,injury,1,guessed,2018-05-02",
        "future,2036-05-01T20:00:00,-0.1,51.5,stabbing,injury,1,reported,2036-05-02",
        tz="Europe/London",
    )

    assert reading.summary.kept == 6
    assert reading.rejects.select("row", "column", "value").rows() == [
        (8, "known_at", "2018-05-01"),
        (9, "severity", "terrible"),
        (10, "n_harmed", "-1"),
        (11, "origin", "guessed"),
        (12, "occurred_at", "2036-05-01T20:00:00"),
    ]


def test_the_same_row_has_the_same_made_id_in_any_download(read) -> None:
    other = "2016-05-02T20:00:00,-73.8,40.6"
    ids = {
        name: set(read(HEADER, *rows, tz=NEW_YORK, ).incidents.frame["incident_id"])
        for name, rows in {"one": [GOOD, other], "two": [other, GOOD, GOOD]}.items()
    }  # fmt: skip

    assert len(ids["one"]) == 2
    assert len(ids["two"]) == 3
    assert ids["one"] < ids["two"]


def test_a_layout_that_knows_its_zone_says_that_another_was_not_used(read, shared_nyc_rows) -> None:
    reading = read(*shared_nyc_rows, tz="Europe/London")

    assert reading.incidents.manifest.tz == "America/New_York"
    assert any("Europe/London was not used" in sentence for sentence in reading.summary.sentences())


@pytest.fixture
def shared_nyc_rows() -> list[str]:
    return [
        "incident_id,occurred_at,lon,lat,n_victims,n_fatal,borough,precinct,jurisdiction",
        "1,2006-01-01T02:00:00,-73.894607,40.85777,1,0,BRONX,48,0",
    ]


@given(st.lists(st.sampled_from(["good", "placeless", "bad date", "bad point", "blank"]), min_size=1, max_size=20))
def test_every_row_read_is_kept_or_rejected(tmp_path_factory: pytest.TempPathFactory, kinds: list[str]) -> None:
    lines = {
        "good": GOOD, "placeless": "2016-05-01T20:00:00,,", "bad date": "soon,-73.9,40.7",
        "bad point": "2016-05-01T20:00:00,west,40.7", "blank": "",
    }  # fmt: skip
    path = tmp_path_factory.mktemp("rows") / "made.csv"
    path.write_text("\n".join([HEADER, GOOD, *[lines[kind] for kind in kinds]]) + "\n", encoding="utf-8")

    reading = read_incidents(path, tz=NEW_YORK, now=datetime(2026, 1, 1, tzinfo=UTC), lenient=True)

    summary = reading.summary
    assert summary.read == 1 + sum(kind != "blank" for kind in kinds)
    assert summary.read == summary.kept + summary.rejected
    assert summary.rejected == reading.rejects.height == sum(kind.startswith("bad") for kind in kinds)
    assert summary.without_place == kinds.count("placeless")
    bad_lines = [n + 3 for n, kind in enumerate(kinds) if kind.startswith("bad")]
    assert reading.rejects["row"].to_list() == bad_lines


def test_files_of_two_layouts_are_read_together(read, write) -> None:
    one = write(HEADER, GOOD, name="points.csv")
    two = write(
        "incident_id,occurred_at,lon,lat,n_victims,n_fatal,borough,precinct,jurisdiction",
        "1,2006-01-01T02:00:00,-73.894607,40.85777,1,1,BRONX,48,0",
        name="nyc.csv",
    )
    reading = read([one, two], tz=NEW_YORK)

    assert reading.summary.layout == "points, nyc-shootings"
    assert reading.incidents.frame.select("source", "severity").rows() == [
        ("nyc-shootings", "fatal"),
        ("points", "unknown"),
    ]


def test_progress_ends_with_all_files_read(write, now: datetime) -> None:
    told: list[tuple[int, int, str]] = []
    read_incidents(write(HEADER, GOOD), tz=NEW_YORK, now=now, progress=lambda *step: told.append(step))

    assert told[-1] == (1, 1, "reading")


def test_parquet_with_typed_columns_reads_like_text(tmp_path: Path, read, write) -> None:
    path = tmp_path / "made.parquet"
    pl.DataFrame(
        {"occurred_at": [datetime.fromisoformat("2016-05-01T20:00")], "lon": [-73.9], "lat": [40.7]}
    ).write_parquet(path)

    typed, text = read(path, tz=NEW_YORK), read(HEADER, GOOD, tz=NEW_YORK)

    assert typed.incidents.data_hash == text.incidents.data_hash


def test_parquet_times_with_a_zone_need_no_other(tmp_path: Path, read) -> None:
    path = tmp_path / "made.parquet"
    at = datetime(2016, 5, 2, tzinfo=UTC)
    pl.DataFrame({"occurred_at": [at, at + timedelta(minutes=1)], "lon": [-73.9] * 2, "lat": [40.7] * 2}).write_parquet(
        path
    )

    assert read(path).incidents.frame["occurred_from"].to_list() == [at, at + timedelta(minutes=1)]
