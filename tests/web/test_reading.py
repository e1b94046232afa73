"""The public record is re-hashed when any of its files has changed, and not for each request in between."""

from __future__ import annotations

import itertools
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from answerable.case.casefile import template
from answerable.case.event import Command
from answerable.clock import FixedClock
from answerable.record import readback
from answerable.record.errors import Altered, RecordError
from answerable.service.cases import act, open_case
from answerable.service.public_view import PublicView
from answerable.service.workspace import init_workspace, open_workspace
from answerable.web import reading
from answerable.web.reading import AGAIN_AFTER, PublicReader

FIVE = datetime(2018, 11, 30, 17, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(FIVE)


@pytest.fixture
def folder(tmp_path: Path, clock: FixedClock) -> Path:
    """A workspace with one case."""
    folder = tmp_path / "w"
    init_workspace(folder, time_zone="Europe/London", clock=clock)
    (tmp_path / "case.yaml").write_text(template(), encoding="utf8")
    with open_workspace(folder, clock) as workspace:
        open_case(workspace, tmp_path / "case.yaml", "applicant")
    return folder


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that were re-hashed, one for each time."""
    done: list[Path] = []
    real = reading.read_public

    def counted(folder: Path, **how: Any) -> reading.PublicLog:
        done.append(folder)
        return real(folder, **how)

    monkeypatch.setattr(reading, "read_public", counted)
    return done


def flip(path: Path) -> None:
    """Change one byte in place, and put the file's time of change back."""
    seen = path.stat()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))


def test_a_record_that_did_not_change_is_hashed_once(folder: Path, clock: FixedClock, hashed: list[Path]) -> None:
    read = PublicReader(folder / "public", clock)
    views = [read() for _ in range(5)]
    assert len(hashed) == 1
    assert all(view == views[0] for view in views)


def test_states_follow_the_clock_without_reading_again(folder: Path, clock: FixedClock, hashed: list[Path]) -> None:
    read = PublicReader(folder / "public", clock)
    assert read().cases[0].state == "DRAFT"
    clock.set(FIVE + AGAIN_AFTER - timedelta(seconds=1))
    assert read().as_of == clock.now()
    assert len(hashed) == 1


def test_a_new_entry_is_seen_at_once(folder: Path, clock: FixedClock, hashed: list[Path]) -> None:
    read = PublicReader(folder / "public", clock)
    before = read().size
    with open_workspace(folder, clock) as workspace:
        act(workspace, "2018-0001", Command("withdraw", reasons="Not needed."), "applicant")
    view = read()
    assert (view.size, view.cases[0].state) == (before + 1, "WITHDRAWN")
    assert len(hashed) == 2


@pytest.mark.parametrize("name", ["openings/1.json", "tile/entries/000.p/2", "checkpoint", "log-policy"])
def test_an_altered_file_is_an_alarm_at_the_next_request_even_with_its_old_time_and_size(
    folder: Path, clock: FixedClock, name: str
) -> None:
    read = PublicReader(folder / "public", clock)
    read()
    flip(folder / "public" / name)
    for _ in range(2):
        with pytest.raises(RecordError):
            read()


def test_what_was_mended_is_shown_again(folder: Path, clock: FixedClock) -> None:
    read = PublicReader(folder / "public", clock)
    view = read()
    opening = folder / "public" / "openings" / "1.json"
    flip(opening)
    with pytest.raises(Altered):
        read()
    flip(opening)
    assert read() == view


def test_a_removed_opening_is_counted_as_not_opened(folder: Path, clock: FixedClock) -> None:
    read = PublicReader(folder / "public", clock)
    assert read().unopened == 0
    (folder / "public" / "openings" / "1.json").unlink()
    assert read().unopened == 1


def test_it_is_hashed_again_after_a_while_whatever_the_files_look_like(
    folder: Path, clock: FixedClock, hashed: list[Path]
) -> None:
    read = PublicReader(folder / "public", clock)
    read()
    clock.set(FIVE + AGAIN_AFTER)
    read()
    assert len(hashed) == 2


def test_of_a_record_that_grew_only_new_openings_are_read_and_it_says_what_a_new_reading_says(
    folder: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, opened = PublicReader(folder / "public", clock), list[int]()
    before = read()
    real = readback.parse_opening
    monkeypatch.setattr(readback, "parse_opening", lambda raw: (opened.append(1), real(raw))[1])
    with open_workspace(folder, clock) as workspace:
        act(workspace, "2018-0001", Command("withdraw", reasons="Not needed."), "applicant")
        open_case(workspace, folder.parent / "case.yaml", "applicant")
    after = read()
    assert len(opened) == 2
    assert after.size == before.size + 2
    assert after == PublicReader(folder / "public", clock)()
    flip(folder / "public" / "openings" / "1.json")
    with pytest.raises(Altered):
        read()


def test_a_statement_altered_under_a_new_head_is_an_alarm_too(folder: Path, clock: FixedClock) -> None:
    read = PublicReader(folder / "public", clock)
    read()
    with open_workspace(folder, clock) as workspace:
        act(workspace, "2018-0001", Command("withdraw", reasons="Not needed."), "applicant")
    flip(folder / "public" / "openings" / "1.json")
    with pytest.raises(Altered):
        read()


def waited_for(read: PublicReader) -> None:
    """Wait until the check beside has ended."""
    running = read._rehashing._running
    assert running is not None
    running.join(60)
    assert not running.is_alive()


def test_a_long_record_is_hashed_again_where_nobody_waits_for_it(
    folder: Path, clock: FixedClock, hashed: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_WAITED", timedelta(0))
    read = PublicReader(folder / "public", clock)
    read()
    for _ in range(3):
        clock.set(clock.now() + AGAIN_AFTER)
        assert read().as_of == clock.now()
        waited_for(read)
        assert read().size == 2
    assert len(hashed) == 1


def test_a_disk_changed_behind_a_long_record_is_found_beside(
    folder: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = reading._looks(folder / "public")
    monkeypatch.setattr(reading, "_WAITED", timedelta(0))
    monkeypatch.setattr(reading, "_looks", lambda _folder: looks)
    read = PublicReader(folder / "public", clock)
    read()
    flip(folder / "public" / "openings" / "1.json")
    assert read().size == 2
    clock.set(FIVE + AGAIN_AFTER)
    assert read().size == 2
    waited_for(read)
    clock.set(FIVE + AGAIN_AFTER + timedelta(seconds=20))
    for _ in range(2):
        with pytest.raises(Altered):
            read()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything takes a fifth of a second by the stopwatch."""
    ticks = itertools.count()
    monkeypatch.setattr(reading, "_stopwatch", lambda: timedelta(milliseconds=200 * next(ticks)))


def test_a_view_that_takes_long_is_made_beside_and_a_new_head_is_still_seen_at_once(
    folder: Path, clock: FixedClock, slow: None
) -> None:
    read = PublicReader(folder / "public", clock)
    first = read()
    clock.set(FIVE + timedelta(seconds=2))
    assert read() is first
    for _ in range(1000):
        if read().as_of == clock.now():
            break
        time.sleep(0.01)
    second = read()
    assert second.as_of == clock.now()
    with open_workspace(folder, clock) as workspace:
        act(workspace, "2018-0001", Command("withdraw", reasons="Not needed."), "applicant")
    assert read().size == second.size + 1
    # So old that it would no longer be true enough: whoever asks waits.
    clock.set(FIVE + timedelta(seconds=13))
    assert read().as_of == clock.now()


def test_a_view_that_is_made_beside_is_prepared_before_it_is_shown(folder: Path, clock: FixedClock, slow: None) -> None:
    done, go_on = list[PublicView](), Event()

    def prepare(view: PublicView) -> None:
        go_on.wait(60)
        done.append(view)

    read = PublicReader(folder / "public", clock, prepare=prepare)
    first = read()
    assert not done, "who waits for the record does not wait for every page as well"
    clock.set(FIVE + timedelta(seconds=2))
    for _ in range(20):
        assert read() is first
        time.sleep(0.01)
    go_on.set()
    for _ in range(1000):
        if read() is not first:
            break
        time.sleep(0.01)
    assert [read()] == done


def test_who_finds_a_new_head_does_not_wait_for_pages_that_are_prepared(
    folder: Path, clock: FixedClock, slow: None
) -> None:
    begun, go_on = Event(), Event()

    def prepare(_view: PublicView) -> None:
        begun.set()
        go_on.wait(60)

    read = PublicReader(folder / "public", clock, prepare=prepare)
    first = read()
    clock.set(FIVE + timedelta(seconds=2))
    assert read() is first
    assert begun.wait(60)
    with open_workspace(folder, clock) as workspace:
        act(workspace, "2018-0001", Command("withdraw", reasons="Not needed."), "applicant")
    assert read().size == first.size + 1
    go_on.set()
    assert read().size == first.size + 1, "and the older view is not shown again"


def test_what_is_wrong_is_told_to_the_visitor_after_the_look_beside(
    folder: Path, clock: FixedClock, slow: None
) -> None:
    read = PublicReader(folder / "public", clock)
    first = read()
    flip(folder / "public" / "openings" / "1.json")
    clock.set(FIVE + timedelta(seconds=2))
    assert read() is first
    with pytest.raises(Altered):  # noqa: PT012 -- at one of the next requests
        for _ in range(1000):
            read()
            time.sleep(0.01)


def test_a_clock_set_back_does_not_keep_an_old_reading_for_ever(
    folder: Path, clock: FixedClock, hashed: list[Path]
) -> None:
    read = PublicReader(folder / "public", clock)
    read()
    clock.set(FIVE - timedelta(days=1))
    read()
    assert len(hashed) == 2


def test_a_folder_that_changes_while_it_is_read_is_not_kept(
    folder: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = reading.read_public
    done: list[Path] = []

    def disturbed(public: Path, **how: Any) -> reading.PublicLog:
        log = real(public, **how)
        done.append(public)
        if len(done) == 1:
            os.utime(public / "checkpoint")
        return log

    monkeypatch.setattr(reading, "read_public", disturbed)
    read = PublicReader(folder / "public", clock)
    for _ in range(3):
        read()
    assert len(done) == 2


def test_where_there_is_no_record_it_is_said(tmp_path: Path, clock: FixedClock) -> None:
    with pytest.raises(RecordError, match="no public record"):
        PublicReader(tmp_path, clock)()


def test_a_kept_view_says_at_every_instant_what_a_new_reading_would(folder: Path, clock: FixedClock) -> None:
    read, states = PublicReader(folder / "public", clock), set()
    for quarter in range(400):
        clock.set(FIVE + timedelta(minutes=15 * quarter))
        view = read()
        assert view == PublicReader(folder / "public", clock)()
        states.add(view.cases[0].state)
    assert len(states) > 1


def test_one_view_answers_everybody_for_a_second_and_no_longer(folder: Path, clock: FixedClock) -> None:
    read = PublicReader(folder / "public", clock)
    first = read()
    clock.set(FIVE + timedelta(milliseconds=900))
    assert read() is first
    clock.set(FIVE + timedelta(seconds=1))
    assert read().as_of == clock.now()
