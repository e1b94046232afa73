from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from answerable.errors import InputError, IntegrityError
from answerable.incidents import library as library_module
from answerable.incidents.library import IncidentLibrary
from answerable.incidents.reading import Reading, read_incidents

HEADER = "incident_id,occurred_at,lon,lat,n_victims,n_fatal,borough,precinct,jurisdiction"
FIRST = "1,2006-01-01T02:00:00,-73.894607,40.85777,1,0,BRONX,48,0"
SECOND = "2,2006-01-01T02:22:00,-73.947386,40.8077,1,1,MANHATTAN,28,0"
DIED = FIRST.replace(",1,0,BRONX", ",1,1,BRONX")
DAY_ONE, DAY_TWO = datetime(2017, 1, 1, tzinfo=UTC), datetime(2017, 1, 2, tzinfo=UTC)


@pytest.fixture
def library(tmp_path: Path) -> IncidentLibrary:
    return IncidentLibrary(tmp_path / "data")


def add_in_own_process(folder: str, path: str) -> None:
    reading = read_incidents(Path(path), now=DAY_ONE)
    IncidentLibrary(Path(folder)).add(reading)


def test_an_empty_library_says_so(library: IncidentLibrary) -> None:
    assert library.projection is None
    assert len(library) == 0
    with pytest.raises(InputError, match="No incidents have been imported"):
        library.load()


def test_what_was_added_is_read_back_the_same(library: IncidentLibrary, read) -> None:
    reading = read(HEADER, FIRST, SECOND, now=DAY_ONE)
    summary = library.add(reading)

    assert (summary.read, summary.kept, summary.already_known, summary.revised) == (2, 2, 0, 0)
    assert library.load().data_hash == reading.incidents.data_hash
    assert library.load().manifest == reading.incidents.manifest
    assert library.projection == reading.incidents.projection


def test_the_same_file_again_adds_nothing(library: IncidentLibrary, read) -> None:
    library.add(read(HEADER, FIRST, SECOND, now=DAY_ONE))
    before = sorted(library.folder.iterdir())
    summary = library.add(read(HEADER, FIRST, SECOND, now=DAY_TWO))

    assert (summary.read, summary.kept, summary.already_known) == (2, 0, 2)
    assert sorted(library.folder.iterdir()) == before


def test_a_changed_row_becomes_a_version_known_from_its_import(library: IncidentLibrary, read) -> None:
    library.add(read(HEADER, FIRST, SECOND, now=DAY_ONE))
    summary = library.add(read(HEADER, DIED, SECOND, now=DAY_TWO))

    assert (summary.kept, summary.revised, summary.already_known) == (1, 1, 1)
    both = library.load()
    assert len(both) == 3
    assert both.known(DAY_TWO - timedelta(seconds=1)).frame["severity"].to_list() == ["injury", "fatal"]
    assert both.known(DAY_TWO).frame["severity"].to_list() == ["fatal", "fatal"]


def test_the_old_file_after_its_successor_changes_nothing(library: IncidentLibrary, read) -> None:
    library.add(read(HEADER, FIRST, SECOND, now=DAY_ONE))
    library.add(read(HEADER, DIED, SECOND, now=DAY_TWO))
    summary = library.add(read(HEADER, FIRST, SECOND, now=DAY_TWO + timedelta(days=1)))

    assert (summary.kept, summary.already_known) == (0, 2)


def test_a_publisher_may_go_back_to_an_older_version(library: IncidentLibrary, read) -> None:
    library.add(read(HEADER, FIRST, SECOND, now=DAY_ONE))
    library.add(read(HEADER, DIED, SECOND, now=DAY_TWO))
    third = SECOND.replace("2,2006-01-01", "3,2006-01-02")
    summary = library.add(read(HEADER, FIRST, SECOND, third, now=DAY_TWO + timedelta(days=1)))

    assert (summary.kept, summary.revised) == (2, 1)
    newest = library.load().known(DAY_TWO + timedelta(days=1)).frame
    assert newest["severity"].to_list() == ["injury", "fatal", "fatal"]


def test_rows_that_vanish_from_a_newer_file_stay(library: IncidentLibrary, read) -> None:
    library.add(read(HEADER, FIRST, SECOND, now=DAY_ONE))
    library.add(read(HEADER, SECOND, now=DAY_TWO))

    assert len(library.load().known(DAY_TWO)) == 2


def test_two_versions_of_one_instant_keep_their_order(library: IncidentLibrary, read) -> None:
    library.add(read(HEADER, FIRST, now=DAY_ONE, known_at=DAY_ONE))
    library.add(read(HEADER, DIED, now=DAY_ONE))

    assert library.load().known(DAY_ONE + timedelta(seconds=1)).frame["severity"].to_list() == ["fatal"]


def test_the_publishers_own_date_of_a_revision_is_kept(library: IncidentLibrary, read) -> None:
    head = "incident_id,occurred_at,lon,lat,kind,severity,n_harmed,origin,known_at"
    row = "a,2018-05-01T20:00:00,-0.1,51.5,stabbing,{},1,reported,{}"
    late = datetime(2020, 1, 1, tzinfo=UTC)
    library.add(read(head, row.format("injury", "2018-05-02T10:00Z"), tz="Europe/London", now=late))
    library.add(read(head, row.format("fatal", "2018-06-02T10:00Z"), tz="Europe/London", now=late))

    known = library.load().frame.sort("known_at")["known_at"].to_list()
    assert known == [datetime(2018, 5, 2, 10, tzinfo=UTC), datetime(2018, 6, 2, 10, tzinfo=UTC)]


def test_another_projection_is_refused_and_leaves_nothing(library: IncidentLibrary, read) -> None:
    library.add(read(HEADER, FIRST, now=DAY_ONE))
    london = read("occurred_at,lon,lat", "2016-05-01T20:00,-0.1,51.5", tz="Europe/London", now=DAY_ONE)

    with pytest.raises(InputError, match="two projections"):
        library.add(london)
    assert len(library) == 1


def test_the_manifest_tells_where_the_rows_came_from(library: IncidentLibrary, read) -> None:
    reading = read(HEADER, FIRST, now=DAY_ONE)
    library.add(reading)
    document = json.loads((library.folder / "batch-000001.json").read_text("utf-8"))

    assert document["imported_at"] == "2017-01-01T00:00:00+00:00"
    assert document["counts"]["read"] == 1
    manifest = document["manifest"]
    assert (manifest["crs"], manifest["tz"]) == ("EPSG:32618", "America/New_York")
    assert manifest["dropped_columns"] == ["borough", "precinct", "jurisdiction"]
    assert manifest["files"][0]["sha256"] == reading.incidents.manifest.files[0].sha256


def test_altered_or_lost_rows_raise_an_alarm(library: IncidentLibrary, read) -> None:
    library.add(read(HEADER, FIRST, now=DAY_ONE))
    rows = next(library.folder.glob("*.parquet"))
    rows.write_bytes(rows.read_bytes()[:-1] + b"x")

    with pytest.raises(IntegrityError, match="altered"):
        library.load()
    rows.unlink()
    with pytest.raises(IntegrityError, match="gone"):
        library.load()


def test_a_crash_before_the_manifest_imports_nothing(
    library: IncidentLibrary, read, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = read(HEADER, FIRST, now=DAY_ONE)
    real = library_module.write_file

    def power_cut(path: Path, content: bytes) -> None:
        if path.suffix == ".json":
            raise OSError("power cut")
        real(path, content)

    monkeypatch.setattr(library_module, "write_file", power_cut)
    with pytest.raises(OSError, match="power cut"):
        library.add(reading)
    monkeypatch.undo()

    assert len(library) == 0
    assert library.add(reading).kept == 1
    assert len(list(library.folder.glob("*.parquet"))) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_killed_import_leaves_nothing_and_frees_the_lock(library: IncidentLibrary, read, write) -> None:
    path = write(HEADER, FIRST)
    program = textwrap.dedent(
        """
        import sys, time
        from datetime import UTC, datetime
        from pathlib import Path
        from answerable.incidents import library
        from answerable.incidents.reading import read_incidents
        real = library.write_file
        def slow(path, content):
            if path.suffix == ".json":
                print("rows written", flush=True)
                time.sleep(60)
            real(path, content)
        library.write_file = slow
        reading = read_incidents(Path(sys.argv[1]), now=datetime(2017, 1, 1, tzinfo=UTC))
        library.IncidentLibrary(Path(sys.argv[2])).add(reading)
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path), str(library.folder)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"rows written\n"
        os.kill(process.pid, signal.SIGKILL)

    assert len(library) == 0
    began = time.monotonic()
    assert library.add(read(path, now=DAY_ONE)).kept == 1
    assert time.monotonic() - began < 10


def test_two_processes_that_import_the_same_file_add_it_once(library: IncidentLibrary, write) -> None:
    path = write(HEADER, FIRST, SECOND)
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(2) as pool:
        pool.starmap(add_in_own_process, [(str(library.folder), str(path))] * 2)

    assert len(library.load()) == 2
    assert len(library) == 1


def test_a_reading_taken_before_another_import_is_still_compared(library: IncidentLibrary, read) -> None:
    early: Reading = read(HEADER, FIRST, now=DAY_ONE)
    library.add(read(HEADER, FIRST, SECOND, now=DAY_ONE))

    assert library.add(replace(early, read_at=DAY_TWO)).already_known == 1
