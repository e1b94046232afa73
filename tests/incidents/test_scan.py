"""Ten million rows or one file: every row is kept or rejected for a stated reason, and another engine agrees."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import duckdb
import numpy as np
import polars as pl
import pytest

from answerable.errors import InputError, UsageError
from answerable.incidents import street
from answerable.incidents.scan import ScanSummary, count_repeats, scan_street
from answerable.incidents.tally import REASONS, month_name
from answerable.place import BRITISH_NATIONAL_GRID, Projection

HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)
Write = Callable[..., Path]


def row(
    *,
    crime_id: str = "ab" * 32,
    month: str = "2018-11",
    lon: str = "-0.1276",
    lat: str = "51.5072",
    kind: str = "Robbery",
    outcome: str = "Local resolution",
) -> str:
    return f"{crime_id},{month},Force,Force,{lon},{lat},On or near High Street,E01000001,Place 001A,{kind},{outcome},"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(*rows: str, name: str = "2018-11-force-street.csv", header: str = HEADER) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf8")
        return path

    return write


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "make_police_uk.py"
    spec = importlib.util.spec_from_file_location("make_police_uk", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def made(maker: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ScanSummary]:
    """A made file of 50,000 rows with 1.25 per cent bad ones, and its scan."""
    folder = tmp_path_factory.mktemp("made")
    maker.make(folder / "street.csv", 50_000, points=4_000, seed=11)
    return folder / "street.csv", scan_street(folder / "street.csv", folder / "slim")


def rows_of(summary: ScanSummary) -> pl.DataFrame:
    return pl.read_parquet(summary.out / "rows" / "*.parquet")


def counts_of(summary: ScanSummary) -> pl.DataFrame:
    return pl.read_parquet(summary.out / "counts" / "*.parquet")


def duckdb_view(source: Path) -> duckdb.DuckDBPyConnection:
    """The same checks in SQL, on text; places are projected by PROJ itself, one small batch after another."""
    db = duckdb.connect()
    db.execute("create table raw as select * from read_csv(?, all_varchar = true, header = true)", [str(source)])
    db.execute(
        """create table place as select distinct Longitude as lon_text, Latitude as lat_text,
           try_cast(Longitude as double) as lon, try_cast(Latitude as double) as lat from raw
           where try_cast(Longitude as double) between -12 and 6 and try_cast(Latitude as double) between 48 and 63"""
    )
    places = db.execute("select lon_text, lat_text, lon, lat from place").fetchnumpy()
    few = [slice(start, start + 1000) for start in range(0, len(places["lon"]), 1000)]
    grid = [Projection(BRITISH_NATIONAL_GRID).forward(places["lon"][part], places["lat"][part]) for part in few]
    metres = pl.DataFrame(
        {
            "lon_text": places["lon_text"].astype(str),
            "lat_text": places["lat_text"].astype(str),
            "x": np.concatenate([x for x, _ in grid]),
            "y": np.concatenate([y for _, y in grid]),
        }
    ).write_csv()
    path = source.with_name("metres.csv")
    path.write_text(metres)
    db.execute(
        "create table metres as select * from read_csv(?, types = {'lon_text': 'varchar', 'lat_text': 'varchar'})",
        [str(path)],
    )
    types = ", ".join(f"'{name}'" for name in street.TYPES)
    db.execute(
        f"""create table checked as select *, case
            when not coalesce(regexp_full_match(Month, '20[0-9]{{2}}-(0[1-9]|1[0-2])'), false) or Month < '2010-12'
                then 'bad month'
            when "Crime type" is null or "Crime type" not in ({types}) then 'unknown crime type'
            when Longitude is null or Latitude is null then 'missing place'
            when x is null or x < 0 or x >= 700000 or y < 0 or y >= 1300000 then 'place out of bounds'
            else 'kept' end as reason
            from raw left join metres on Longitude = lon_text and Latitude = lat_text"""
    )
    return db


def test_duckdb_counts_the_same_rejects_by_reason(made: tuple[Path, ScanSummary]) -> None:
    source, summary = made
    theirs = dict(duckdb_view(source).execute("select reason, count(*) from checked group by 1").fetchall())
    assert {**summary.rejected, "kept": summary.kept} == theirs
    assert summary.read == sum(theirs.values()) == 50_000
    assert all(summary.rejected[reason] > 0 for reason in REASONS)


def test_duckdb_counts_the_same_in_every_cell_month_and_type(made: tuple[Path, ScanSummary]) -> None:
    source, summary = made
    theirs = (
        duckdb_view(source)
        .execute(
            """select Month, (y // 250) * 65536 + x // 250 as cell, "Crime type", count(*) from checked
               where reason = 'kept' group by all order by all"""
        )
        .fetchall()
    )
    ours = [(month_name(m), cell, street.TYPES[kind], n) for m, cell, kind, n in counts_of(summary).rows()]
    assert sorted(ours) == theirs
    assert summary.counts == len(theirs)


def test_duckdb_reads_the_same_ids_and_outcomes(made: tuple[Path, ScanSummary]) -> None:
    source, summary = made
    theirs = (
        duckdb_view(source)
        .execute(
            """select ('0x' || left("Crime ID", 16))::ubigint, "Last outcome category", x, y from checked
               where reason = 'kept' order by all"""
        )
        .fetchall()
    )
    rows = rows_of(summary)
    named = {0: None} | dict(enumerate(street.OUTCOMES, 1))
    ours = [(i, named[o], x, y) for i, o, x, y in rows.select("crime_id", "outcome", "x", "y").rows()]
    assert sorted(ours, key=repr) == sorted(theirs, key=repr)
    assert summary.without_id == rows["crime_id"].null_count() > 0


def test_each_bad_row_counts_once_under_the_first_reason_that_holds(write: Write, tmp_path: Path) -> None:
    source = write(
        row(),
        row(month="2018-13", kind="Misc", lon=""),
        row(month="2010-11"),
        row(month=""),
        row(kind="Misc", lon=""),
        row(lon=""),
        row(lat="n/a"),
        row(lon="51.5072", lat="-0.1276"),
        row(lon="-11.9"),
    )
    summary = scan_street(source, tmp_path / "slim")
    assert summary.rejected == {
        "bad month": 3,
        "unknown crime type": 1,
        "missing place": 2,
        "place out of bounds": 2,
    }
    assert summary.kept == 1


def test_a_row_keeps_what_the_manifest_says_it_keeps(write: Write, tmp_path: Path) -> None:
    summary = scan_street(write(row(crime_id="00000000000000ff" + "0" * 48)), tmp_path / "slim")
    (kept,) = rows_of(summary).to_dicts()
    manifest = json.loads((summary.out / "manifest.json").read_text())
    x, y = Projection(BRITISH_NATIONAL_GRID).forward([-0.1276], [51.5072])
    assert list(kept) == list(manifest["columns"])
    assert kept["crime_id"] == 255
    assert divmod(kept["month"], 12) == (2018, 10)
    assert manifest["types"][kept["kind"]] == "Robbery"
    assert manifest["outcomes"][kept["outcome"] - 1] == "Local resolution"
    assert (kept["x"], kept["y"]) == (x[0], y[0])
    assert (kept["cell"] & 65_535, kept["cell"] >> 16) == (x[0] // 250, y[0] // 250)
    assert "EPSG:1314" in manifest["transform"]


def test_an_outcome_nobody_listed_is_kept_and_counted(write: Write, tmp_path: Path) -> None:
    summary = scan_street(write(row(outcome="Sent to the moon"), row(outcome="")), tmp_path / "slim")
    assert rows_of(summary)["outcome"].to_list() == [street.OTHER_OUTCOME, street.NO_OUTCOME]
    assert summary.outcomes_not_listed == 1


@pytest.mark.parametrize("crime_id", ["", "12", "-" * 64, "g" * 64])
def test_what_is_not_a_64_digit_id_is_no_id(write: Write, tmp_path: Path, crime_id: str) -> None:
    summary = scan_street(write(row(crime_id=crime_id)), tmp_path / "slim")
    assert rows_of(summary)["crime_id"].to_list() == [None]
    assert summary.without_id == 1


def test_repeated_ids_are_counted_in_a_second_pass(write: Write, tmp_path: Path) -> None:
    first, second = "a" * 64, "b" * 64
    source = write(*(row(crime_id=i) for i in (first, second, first, first, "", "")))
    assert count_repeats(scan_street(source, tmp_path / "slim").out) == 2


@pytest.mark.parametrize("cell_m", [20, 1000])
def test_counts_add_up_to_the_rows_at_any_cell_size(
    made: tuple[Path, ScanSummary], tmp_path: Path, cell_m: int
) -> None:
    summary = scan_street(made[0], tmp_path / "slim", cell_m=cell_m)
    rows = rows_of(summary).group_by("month", "cell", "kind").len("n").sort("month", "cell", "kind")
    assert counts_of(summary).equals(rows)
    assert ((rows_of(summary)["x"] // cell_m) == (rows_of(summary)["cell"] & 65_535).cast(pl.Int32)).all()


def test_a_download_folder_is_read_whole_and_what_is_left_aside_is_named(write: Write, tmp_path: Path) -> None:
    write(row(), name="all/2018-10/2018-10-force-street.csv")
    write(row(), row(), name="all/2018-11/2018-11-force-street.csv")
    write("x", name="all/2018-11/2018-11-force-stop-and-search.csv", header="Type,Date,Legislation,Object of search")
    write(
        "x",
        name="all/2018-11/2018-11-force-outcomes.csv",
        header="Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Outcome type",
    )
    write("a,b", name="all/notes.csv", header="one,two")
    summary = scan_street(tmp_path / "all", tmp_path / "slim")
    skipped = dict(summary.skipped)
    assert (summary.files, summary.kept) == (2, 3)
    assert "never a model input" in skipped["2018-11/2018-11-force-stop-and-search.csv"]
    assert "Outcomes" in skipped["2018-11/2018-11-force-outcomes.csv"]
    assert "not a street file" in skipped["notes.csv"]


def test_a_file_given_twice_is_read_once(write: Write, tmp_path: Path) -> None:
    source = write(row(), name="in/2018-11-force-street.csv")
    assert scan_street([source, source.parent], tmp_path / "slim").read == 1


def test_columns_may_stand_in_another_order(write: Write, tmp_path: Path) -> None:
    header = "Month,Crime type,Latitude,Longitude,Last outcome category,Crime ID"
    write("2018-11,Robbery,51.5072,-0.1276,Local resolution," + "ab" * 32, name="in/b-street.csv", header=header)
    write(row(), name="in/a-street.csv")
    rows = rows_of(scan_street(tmp_path / "in", tmp_path / "slim"))
    assert rows.height == 2
    assert rows.is_duplicated().all()


def refused(given: Path, out: Path) -> InputError:
    """The error that a scan ends with, having left nothing behind."""
    before = sorted(out.parent.rglob("*"))
    with pytest.raises(InputError) as caught:
        scan_street(given, out)
    assert sorted(out.parent.rglob("*")) == before
    return caught.value


def test_a_stop_and_search_file_is_refused_with_the_reason(write: Write, tmp_path: Path) -> None:
    header = "Type,Date,Part of a policing operation,Latitude,Longitude,Gender,Legislation,Object of search,Outcome"
    error = refused(write("x", header=header), tmp_path / "slim")
    assert "stop-and-search" in error.what
    assert "never a model input" in error.what


def test_a_missing_column_is_named(write: Write, tmp_path: Path) -> None:
    error = refused(write("x", header=HEADER.replace("Month,", "")), tmp_path / "slim")
    assert "'Month'" in error.what
    assert error.where.endswith("row 1")


def test_a_street_file_with_a_bad_header_is_an_error_even_in_a_folder(write: Write, tmp_path: Path) -> None:
    write(row(), name="in/2018-10-force-street.csv")
    write("x", name="in/2018-11-force-street.csv", header="something,else")
    assert "2018-11-force-street.csv" in refused(tmp_path / "in", tmp_path / "slim").where


def test_two_columns_of_one_name_are_an_error(write: Write, tmp_path: Path) -> None:
    assert "'Month'" in refused(write("x", header=HEADER + ",Month"), tmp_path / "slim").what


def test_an_empty_folder_says_what_to_give(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    assert "-street.csv" in refused(tmp_path / "in", tmp_path / "slim").fix


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PAR1\x80\xff\x00\n", "not text"),
        (HEADER.encode() + b"\n", "No row passed"),
        (HEADER.encode() + b"\n" + row().encode().replace(b"High", b"H\xefgh") + b"\n", "not UTF-8"),
        (f"{HEADER}\n{row()}\n{row().replace('On or', chr(34) + 'On or')}\n{row()}\n".encode(), "never closed"),
        (f"{HEADER}\n{row(lon='51.5', lat='-0.1')}\n".encode(), "No row passed"),
    ],
)
def test_a_damaged_file_is_an_error_and_leaves_nothing_behind(tmp_path: Path, content: bytes, words: str) -> None:
    source = tmp_path / "2018-11-force-street.csv"
    source.write_bytes(content)
    error = refused(source, tmp_path / "slim")
    assert words in error.what
    assert source.name in error.where


def test_the_row_with_the_torn_quotation_is_named(write: Write, tmp_path: Path) -> None:
    source = write(row(), row(), row().replace("On or", '"On or'), row())
    assert refused(source, tmp_path / "slim").where.endswith("row 4")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "nowhere.csv" in refused(tmp_path / "nowhere.csv", tmp_path / "slim").where


def test_an_existing_folder_is_never_written_over(write: Write, tmp_path: Path) -> None:
    (tmp_path / "slim").mkdir()
    with pytest.raises(UsageError, match="exists already"):
        scan_street(write(row()), tmp_path / "slim")
    with pytest.raises(UsageError, match="20 to 100,000"):
        scan_street(write(row()), tmp_path / "other", cell_m=5)


def test_the_same_file_makes_the_same_bytes(made: tuple[Path, ScanSummary], tmp_path: Path) -> None:
    again = scan_street(made[0], tmp_path / "slim")
    files = [path.relative_to(again.out) for path in again.out.rglob("*") if path.is_file()]
    assert len(files) > 3
    assert all((again.out / file).read_bytes() == (made[1].out / file).read_bytes() for file in files)


def test_progress_ends_at_the_size_of_the_files(made: tuple[Path, ScanSummary], tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    scan_street(made[0], tmp_path / "slim", progress=lambda done, total, what: told.append((done, total, what)))
    assert told[-1][1] == made[0].stat().st_size
    assert 0.9 < told[-1][0] / told[-1][1] <= 1


def test_the_summary_is_plain_json(made: tuple[Path, ScanSummary]) -> None:
    document = json.loads(json.dumps(made[1].as_json()))
    assert document["read"] == document["kept"] + sum(document["rejected"].values())
    assert (document["first_month"], document["last_month"]) == ("2016-01", "2018-12")


@pytest.mark.realdata
def test_one_real_month_of_the_city_of_london(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "police_uk_raw_sample" / "2018-08-city-of-london-street.csv"
    summary = scan_street(source, tmp_path / "slim")
    theirs = dict(
        duckdb_view_copy(source, tmp_path).execute("select reason, count(*) from checked group by 1").fetchall()
    )
    # 715 rows, of which the publisher gives 72 no place; 118 are anti-social behaviour, which has no Crime ID.
    assert (summary.read, summary.kept, summary.rejected["missing place"]) == (715, 643, 72)
    assert theirs == {"kept": 643, "missing place": 72}
    assert summary.outcomes_not_listed == 0
    assert summary.first_month == summary.last_month == "2018-08"


def duckdb_view_copy(source: Path, folder: Path) -> duckdb.DuckDBPyConnection:
    """The DuckDB view of a file whose own folder is read-only."""
    copy = folder / source.name
    copy.write_bytes(source.read_bytes())
    return duckdb_view(copy)


@pytest.mark.realdata
def test_the_real_folder_with_a_stop_and_search_file_scans_the_street_file_only(
    shared_data: Path, tmp_path: Path
) -> None:
    summary = scan_street(shared_data / "police_uk_raw_sample", tmp_path / "slim")
    assert summary.files == 1
    assert [name for name, _ in summary.skipped] == ["2016-06-metropolitan-stop-and-search.csv"]
