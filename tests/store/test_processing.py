"""The processing log only grows, says what the Act names, and shows when somebody with the file changed it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import AnswerableError, InputError, IntegrityError
from answerable.store.conformance import NOON
from answerable.store.processing import OPERATIONS, ProcessingLine, ProcessingLog

LINE = ProcessingLine(NOON, "consulted", "analyst", "report", "R-1", "case_work")


@pytest.fixture
def log(tmp_path):
    with ProcessingLog(tmp_path / "processing.sqlite") as made:
        yield made


def run(log, *statements):
    with closing(sqlite3.connect(log.path, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)


def test_lines_come_back_in_order_and_by_subject(log):
    lines = [replace(LINE, operation=operation, subject=operation, recipient="") for operation in OPERATIONS]
    assert [log.add(line) for line in lines] == list(range(1, len(lines) + 1))
    assert log.lines() == tuple(lines)
    assert log.lines("report", "erased") == (lines[-1],)
    assert log.lines("case") == ()
    assert list(log.problems()) == []
    with ProcessingLog(log.path) as again:
        assert again.lines() == tuple(lines)
        assert again.add(LINE) == len(lines) + 1


def test_the_log_is_readable_by_its_owner_only(log):
    assert log.path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "line",
    [
        replace(LINE, operation="glanced"),
        replace(LINE, kind=""),
        replace(LINE, reason=""),
        replace(LINE, recipient="the press"),
        replace(LINE, at=NOON.replace(tzinfo=None)),
    ],
    ids=["operation", "kind", "reason", "recipient", "zone"],
)
def test_a_line_that_says_too_little_or_something_else_is_refused(log, line):
    with pytest.raises((InputError, AnswerableError)):
        log.add(line)
    assert log.lines() == ()
    assert log.add(LINE) == 1


def test_a_disclosure_names_its_recipient(log):
    log.add(replace(LINE, operation="disclosed", recipient="coroner"))
    assert log.lines()[0].recipient == "coroner"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE processing SET account = 'somebody'",
        "DELETE FROM processing",
        "INSERT OR REPLACE INTO processing SELECT * FROM processing",
        "INSERT INTO processing SELECT 9, at, operation, account, kind, subject, recipient, reason, chain"
        " FROM processing",
    ],
)
def test_direct_sql_cannot_change_the_log(log, statement):
    log.add(LINE)
    with pytest.raises(sqlite3.IntegrityError):
        run(log, statement)
    assert log.lines() == (LINE,)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE processing SET account = 'somebody else' WHERE seq = 2",
        "UPDATE processing SET at = '2018-11-30T13:00:00Z' WHERE seq = 2",
        "DELETE FROM processing WHERE seq = 2",
        "UPDATE processing SET chain = zeroblob(32) WHERE seq = 1",
    ],
)
def test_whoever_has_the_file_cannot_change_it_unseen(log, statement):
    for _ in range(3):
        log.add(LINE)
    run(log, "DROP TRIGGER processing_update", "DROP TRIGGER processing_delete", statement)
    assert list(log.problems())


@given(st.lists(st.tuples(st.sampled_from(OPERATIONS), st.text(max_size=8), st.integers(0, 9)), max_size=8))
def test_any_lines_come_back_as_they_were(tmp_path_factory, given_lines):
    with ProcessingLog(tmp_path_factory.mktemp("log") / "processing.sqlite") as log:
        lines = [
            ProcessingLine(NOON + timedelta(minutes=minutes), operation, account, "case", "C", "case_work")
            for operation, account, minutes in given_lines
        ]
        for line in lines:
            log.add(line)
        assert log.lines() == tuple(lines)
        assert list(log.problems()) == []


def test_what_is_no_log_is_named_as_damaged(tmp_path):
    path = tmp_path / "processing.sqlite"
    path.write_bytes(b"no database at all" * 99)
    with pytest.raises(IntegrityError, match="damaged"):
        ProcessingLog(path)
