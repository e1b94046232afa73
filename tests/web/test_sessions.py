"""Sessions are opaque, short, listed, and end at once; what can be taken once is taken once."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from answerable.clock import FixedClock
from answerable.web.sessions import IDLE, LONGEST, Sessions

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def sessions(tmp_path: Path, clock: FixedClock) -> Sessions:
    return Sessions(tmp_path / "sessions.sqlite", clock)


def test_a_token_has_256_bits_and_is_kept_nowhere(sessions: Sessions, tmp_path: Path) -> None:
    token = sessions.begin("analyst", "demo")
    assert len(token) >= 43
    rows = sqlite3.connect(tmp_path / "sessions.sqlite").execute("SELECT * FROM session").fetchall()
    assert token not in str(rows)
    found = sessions.find(token)
    assert found is not None
    assert found.account == "analyst"
    assert sessions.find(token[:-1] + "x") is None


def test_without_a_request_it_ends_after_a_quarter_of_an_hour(sessions: Sessions, clock: FixedClock) -> None:
    token = sessions.begin("analyst", "demo")
    clock.advance(minutes=14)
    assert sessions.find(token) is not None
    clock.advance(minutes=14)
    assert sessions.find(token) is not None
    clock.set(clock.now() + IDLE)
    assert sessions.find(token) is None
    clock.set(NOON)
    assert sessions.find(token) is None, "it does not come back with the clock"


def test_however_busy_it_ends_after_eight_hours(sessions: Sessions, clock: FixedClock) -> None:
    token = sessions.begin("analyst", "demo")
    while clock.now() + timedelta(minutes=10) < NOON + LONGEST:
        clock.advance(minutes=10)
        assert sessions.find(token) is not None
    clock.advance(minutes=10)
    assert sessions.find(token) is None


def test_one_or_all_of_an_account_are_ended_and_nobody_elses(sessions: Sessions) -> None:
    first, second, other = (sessions.begin(name, "demo") for name in ("analyst", "analyst", "reviewer"))
    named = sessions.find(first)
    assert named is not None
    assert sessions.end("reviewer", named.id) == 0, "nobody ends another's session by its name"
    assert sessions.end("analyst", named.id) == 1
    assert sessions.find(first) is None
    assert [one.account for one in sessions.of("analyst")] == ["analyst"]
    assert sessions.end("analyst") == 1
    assert sessions.find(second) is None
    assert sessions.find(other) is not None


def test_what_is_kept_once_is_taken_once_in_time_and_as_what_it_is(sessions: Sessions, clock: FixedClock) -> None:
    token = sessions.keep_once("link", {"case": "2018-0001"}, timedelta(hours=1))
    assert sessions.take("decision", token) is None
    assert sessions.look("link", token) == {"case": "2018-0001"}
    assert sessions.take("link", token) == {"case": "2018-0001"}
    assert sessions.take("link", token) is None
    late = sessions.keep_once("link", {}, timedelta(hours=1))
    clock.advance(hours=1)
    assert sessions.take("link", late) is None
