"""Every bad file ends in an error that names file, row and column; nothing is read from it."""

from __future__ import annotations

import contextlib
import gzip
import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.errors import AnswerableError, InputError, UsageError
from answerable.incidents.reading import read_incidents

DEFECTS = [
    ("empty.csv", "file is empty", "empty.csv"),
    ("header_only.csv", "header but no rows", "header_only.csv"),
    ("blank_first_line.csv", "first line.*is empty", "row 1"),
    ("ragged_short.csv", "Row 3 has 2 fields, but the header has 3", "row 3, column 2"),
    ("ragged_long.csv", "Row 4 has 4 fields, but the header has 3", "row 4, column 3"),
    ("utf16.csv", "UTF-16", "row 1"),
    ("utf16_without_mark.csv", "UTF-16", "row 1"),
    ("latin1.csv", "not UTF-8", "row 3, column place"),
    ("nul_byte.csv", "NUL bytes", "row 3, column lon"),
    ("picture.csv", "a picture", "picture.csv"),
    ("web_page.csv", "a web page", "web_page.csv"),
    ("archive.csv", "a ZIP archive", "archive.csv"),
    ("json.csv", "JSON, not a table", "json.csv"),
    ("old_excel.csv", "old Excel", "old_excel.csv"),
    ("unclosed_quotation.csv", "row 3 is never closed", "row 3"),
    ("two_date_formats.csv", "2016-05-01T20:00:00.* in row 2 and .*13/05/2016 20:00.* in row 4", "rows 2 and 4"),
    ("with_and_without_offset.csv", "with and without an offset", "rows 2 and 3, column occurred_at"),
    ("swapped_new_york.csv", "swapped", "row 2, columns lon and lat"),
    ("swapped_los_angeles.csv", "swapped", "row 2, columns lon and lat"),
    ("national_grid_as_degrees.csv", "eastings and northings", "row 2, columns lon and lat"),
    ("unknown_columns.csv", "match no known layout: a, b, c", "row 1"),
    ("two_columns_of_one_name.csv", "Two columns are named 'lat'", "column 4"),
    ("lone_carriage_returns.csv", "lone carriage return", "lone_carriage_returns.csv"),
    ("cut_short.csv.gz", "damaged or cut short", "cut_short.csv.gz"),
    ("half_the_rows_bad.csv", "1 of 2 rows cannot be imported.*soon", "row 3, column occurred_at"),
    ("damaged.parquet", "Parquet file is damaged", "damaged.parquet"),
]


@pytest.mark.parametrize(("name", "what", "where"), DEFECTS, ids=[name for name, _, _ in DEFECTS])
def test_a_defect_is_named_with_its_place(assets: Path, now: datetime, name: str, what: str, where: str) -> None:
    with pytest.raises(InputError, match=f"(?s){what}") as raised:
        read_incidents(assets / name, tz="America/New_York", now=now)

    assert raised.value.exit_code == 3
    assert where in raised.value.where
    assert name in raised.value.where
    assert raised.value.fix


def test_every_asset_has_its_test(assets: Path) -> None:
    tested = {name for name, _, _ in DEFECTS} | {"swapped_london.csv"}

    assert {path.name for path in assets.iterdir()} == tested


def test_swapped_points_of_london_are_seen_by_the_zone(assets: Path, now: datetime) -> None:
    with pytest.raises(InputError, match=r"lon is 51\.5 and lat is -0\.1"):
        read_incidents(assets / "swapped_london.csv", tz="Europe/London", now=now)


def test_a_line_of_two_gigabytes_fails_at_once_and_is_not_held(tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "endless.csv"
    with path.open("wb") as file:
        file.write(b"occurred_at,lon,lat\n" + b"a" * (6 << 20))
        file.truncate(2 << 30)
    tracemalloc.start()
    began = time.perf_counter()

    with pytest.raises(InputError, match="Row 2 is longer than 1,048,576 bytes"):
        read_incidents(path, tz="Europe/London", now=now)

    assert time.perf_counter() - began < 2
    assert tracemalloc.get_traced_memory()[1] < 100 << 20
    tracemalloc.stop()


def test_a_long_line_inside_a_file_is_found_by_its_row(tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"occurred_at,lon,lat\n2016-05-01,1,1\n" + b"a" * (1 << 21) + b"\n2016-05-01,1,1\n")

    with pytest.raises(InputError, match="Row 3 is longer"):
        read_incidents(path, tz="Europe/London", now=now)


def test_an_unclosed_quotation_mark_in_a_large_file_is_found_by_its_row(tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "torn.csv"
    line = b"2016-05-01T20:00:00,-73.9,40.7\n"
    path.write_bytes(b"occurred_at,lon,lat\n" + line * 10 + b'"' + line * 50_000)

    with pytest.raises(InputError, match="opens in row 12 is never closed"):
        read_incidents(path, tz="America/New_York", now=now)


def test_a_compressed_endless_line_fails_too(tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "endless.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b"occurred_at,lon,lat\n")
        for _ in range(64):
            file.write(b"a" * (1 << 20))

    with pytest.raises(InputError, match="Row 2 is longer"):
        read_incidents(path, tz="Europe/London", now=now)


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.sampled_from([b'"', b",", b"\n", b"\r", b"\0", b"\xff", b"1e999", b""]))
    ),
    st.integers(1, 400),
)
@settings(max_examples=60)
def test_whatever_is_wrong_with_the_bytes_the_answer_is_one_of_our_errors(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[tuple[int, bytes]], length: int
) -> None:
    whole = b"occurred_at,lon,lat\n" + b"2016-05-01T20:00:00,-73.9,40.7\n" * 12
    for at, put in cuts:
        whole = whole[:at] + put + whole[at + 1 :]
    path = tmp_path_factory.mktemp("bytes") / "made.csv"
    path.write_bytes(whole[:length])

    with contextlib.suppress(AnswerableError):
        summary = read_incidents(path, tz="America/New_York", now=datetime(2026, 1, 1, tzinfo=UTC)).summary
        assert summary.read == summary.kept + summary.rejected


def test_a_folder_that_is_no_download_is_refused(tmp_path: Path, now: datetime) -> None:
    with pytest.raises(InputError, match="folder") as raised:
        read_incidents(tmp_path, tz="Europe/London", now=now)

    assert raised.value.exit_code == 3


def test_a_missing_file_is_named(tmp_path: Path, now: datetime) -> None:
    with pytest.raises(InputError, match="cannot be opened"):
        read_incidents(tmp_path / "gone.csv", now=now)


def test_times_without_a_zone_ask_for_one(write, now: datetime) -> None:
    path = write("occurred_at,lon,lat", "2016-05-01T20:00:00,-73.9,40.7")

    with pytest.raises(UsageError, match="--tz") as raised:
        read_incidents(path, now=now)

    assert raised.value.exit_code == 2
    with pytest.raises(UsageError, match="not a known time zone"):
        read_incidents(path, tz="Mars/Olympus", now=now)


def test_an_unknown_layout_is_answered_with_the_known_ones(write, now: datetime) -> None:
    with pytest.raises(UsageError, match="police-uk"):
        read_incidents(write("a,b", "1,2"), layout="nowhere", now=now)


def test_a_named_layout_says_which_columns_the_file_lacks(write, now: datetime) -> None:
    with pytest.raises(InputError, match="nypd needs columns that this file lacks: INCIDENT_KEY"):
        read_incidents(write("a,b", "1,2"), layout="nypd", now=now)


def test_one_bad_file_stops_the_import_of_all(write, now: datetime, assets: Path) -> None:
    good = write("occurred_at,lon,lat", "2016-05-01T20:00:00,-73.9,40.7")

    with pytest.raises(InputError, match="ragged_long"):
        read_incidents([good, assets / "ragged_long.csv"], tz="America/New_York", now=now)


@pytest.mark.parametrize(
    ("name", "option"),
    [("utf16.csv", "utf-16"), ("utf16_without_mark.csv", "utf-16-le"), ("latin1.csv", "cp1252")],
)
def test_another_encoding_is_named_with_the_option_that_reads_it(
    assets: Path, now: datetime, name: str, option: str
) -> None:
    with pytest.raises(InputError) as raised:
        read_incidents(assets / name, tz="America/New_York", now=now)
    assert f"--encoding {option}" in raised.value.fix

    assert read_incidents(assets / name, encoding=option, tz="America/New_York", now=now).summary.kept >= 1


def test_bytes_that_windows_never_writes_are_not_said_to_be_windows_own(tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "mac.csv"
    path.write_bytes(b"place,lon\ncaf\x8e,1\n\x81,1\n")
    with pytest.raises(InputError, match="not UTF-8") as raised:
        read_incidents(path, tz="Europe/London", now=now)
    assert "cp1252" not in raised.value.fix
    assert "--encoding" in raised.value.fix


@pytest.mark.parametrize("name", ["klingon", "base64", "rot13", "undefined", "a\0b"])
def test_what_is_no_encoding_of_text_is_wrong_usage(assets: Path, now: datetime, name: str) -> None:
    with pytest.raises(UsageError, match="not a known encoding"):
        read_incidents(assets / "latin1.csv", encoding=name, now=now, tz="UTC")
