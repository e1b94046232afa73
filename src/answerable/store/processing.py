"""The processing log: who collected, altered, consulted, disclosed, combined or erased what, when and why.

Section 62 of the Data Protection Act 2018 asks for it and says what it may be used for, so it is a database of its own,
beside the record and never part of it. Rows are only ever added; each carries the hash of all before it, so that a row
that was changed or taken out by whoever has the file shows.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from answerable.errors import AnswerableError, InputError, IntegrityError
from answerable.store.faults import explain
from answerable.store.rows import instant, instant_text
from answerable.store.sqlite_settings import connect

OPERATIONS = ("collected", "altered", "consulted", "disclosed", "combined", "erased")
"""What section 62(1) names."""

TABLE = """
CREATE TABLE IF NOT EXISTS processing (
  seq INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  operation TEXT NOT NULL CHECK (operation IN ('collected', 'altered', 'consulted', 'disclosed', 'combined', 'erased')),
  account TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind <> ''),
  subject TEXT NOT NULL,
  recipient TEXT NOT NULL CHECK ((operation = 'disclosed') OR recipient = ''),
  reason TEXT NOT NULL CHECK (reason <> ''),
  chain BLOB NOT NULL CHECK (length(chain) = 32)
) STRICT;
CREATE TRIGGER IF NOT EXISTS processing_update BEFORE UPDATE ON processing
  BEGIN SELECT RAISE(ABORT, 'answerable: append-only'); END;
CREATE TRIGGER IF NOT EXISTS processing_delete BEFORE DELETE ON processing
  BEGIN SELECT RAISE(ABORT, 'answerable: append-only'); END;
CREATE TRIGGER IF NOT EXISTS processing_next BEFORE INSERT ON processing
  WHEN NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM processing)
  BEGIN SELECT RAISE(ABORT, 'answerable: append-only'); END;
"""


@dataclass(frozen=True)
class ProcessingLine:
    """One operation: ``account`` did it (empty: nobody was signed in) to the ``subject`` of that ``kind``.

    ``recipient`` is to whom something was disclosed, an office or a body; ``reason`` is a code.
    """

    at: datetime
    operation: str
    account: str
    kind: str
    subject: str
    reason: str
    recipient: str = ""


class ProcessingLog:
    """The log in one file, made when it is first written to. Any number of processes may add to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        fresh = not path.exists()
        try:
            self._db, _ = connect(path)
        except sqlite3.Error as error:
            raise _damaged(error, path) from error
        try:
            if fresh:
                path.chmod(0o600)
            self._db.executescript(TABLE)
        except sqlite3.Error as error:
            self._db.close()
            raise _damaged(error, path) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def add(self, line: ProcessingLine) -> int:
        """Add a line and return its number; ``InputError`` for an operation that the Act does not name."""
        if line.operation not in OPERATIONS:
            raise InputError(f"There is no such operation: {line.operation}.", fix=f"Use {', '.join(OPERATIONS)}.")
        row = _row(line)
        try:
            self._db.execute("BEGIN IMMEDIATE")
            last = self._db.execute("SELECT seq, chain FROM processing ORDER BY seq DESC LIMIT 1").fetchone()
            seq, before = (last[0] + 1, last[1]) if last else (1, bytes(32))
            self._db.execute(
                "INSERT INTO processing (seq, at, operation, account, kind, subject, reason, recipient, chain)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (seq, *row, _chained(before, seq, row)),
            )
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise _told(error) from error
        return int(seq)

    def lines(self, kind: str | None = None, subject: str | None = None) -> tuple[ProcessingLine, ...]:
        """Return the lines in order, of one kind of subject or one subject, or all."""
        query = "SELECT at, operation, account, kind, subject, reason, recipient FROM processing WHERE"
        query += " (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR subject = ?2) ORDER BY seq"
        try:
            rows = self._db.execute(query, (kind, subject)).fetchall()
        except sqlite3.Error as error:
            raise _told(error) from error
        return tuple(ProcessingLine(instant(at), *rest) for at, *rest in rows)

    def problems(self) -> Iterator[str]:
        """Yield every line that was changed, or that follows one that was taken out."""
        before, due = bytes(32), 1
        rows = self._db.execute(
            "SELECT seq, chain, at, operation, account, kind, subject, reason, recipient FROM processing ORDER BY seq"
        )
        for seq, chain, *row in rows:
            if seq != due:
                yield f"Line {due} of the processing log is missing: the next is {seq}."
            elif _chained(before, seq, tuple(row)) != chain:
                yield f"Line {seq} of the processing log was changed, or one before it."
            before, due = chain, seq + 1


def _damaged(error: sqlite3.Error, path: Path) -> IntegrityError:
    return IntegrityError(
        f"The processing log is damaged: {error}.", where=path.name, fix="Restore it from the newest backup."
    )


def _row(line: ProcessingLine) -> tuple[str, ...]:
    return (instant_text(line.at), *astuple(line)[1:])


def _chained(before: bytes, seq: int, row: tuple[str, ...]) -> bytes:
    return hashlib.sha256(before + json.dumps([seq, *row]).encode()).digest()


def _told(error: sqlite3.Error) -> AnswerableError:
    return explain(error)
