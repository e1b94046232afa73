"""Background jobs in a leased table of the record's own store: nothing is lost, and nothing is done twice in effect.

A worker takes a job by one UPDATE that gives it a lease and a token. If it dies, the lease runs out and another takes
the job up again; a worker whose lease ran out meanwhile can no longer finish it. So a job may be begun twice, and what
it does must be the same when done again: give it a key, and let its effect be found by that key.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from answerable.errors import InputError
from answerable.store.rows import instant, instant_text
from answerable.store.sql import SqlStore

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=30)
NEVER = ""

TAKE = (
    "UPDATE jobs SET state = 'leased', token = ?, lease_until = ?, attempts = attempts + 1 WHERE key = ("
    "SELECT key FROM jobs WHERE ((state = 'waiting' AND due_at <= ?) OR (state = 'leased' AND lease_until <= ?))"
    " AND kind IN ({marks}) ORDER BY due_at, key LIMIT 1{lock}) RETURNING key, kind, payload, attempts"
)


@dataclass(frozen=True)
class Job:
    """A job that was taken: ``attempts`` counts this one, ``token`` proves the lease."""

    key: str
    kind: str
    payload: dict[str, Any]
    attempts: int
    token: str


@dataclass(frozen=True)
class JobLine:
    """A job as the table tells it: waiting, leased, done or given up, and what was last said of it."""

    key: str
    kind: str
    state: str
    due_at: datetime
    attempts: int
    said: str


class Jobs:
    """The jobs of one store; any number of processes may share them."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def add(self, key: str, kind: str, payload: Mapping[str, Any], due_at: datetime) -> bool:
        """Add a job; False, and nothing changes, where there is or was one of that key."""
        if not key or not kind:
            raise InputError("A job needs a key and a kind.", where=f"{kind} {key}".strip())
        row = (key, kind, json.dumps(payload, sort_keys=True), "waiting", instant_text(due_at), NEVER, "", 0, "")
        with self._store.changing() as db:
            there = db.execute("SELECT 1 FROM jobs WHERE key = ?", (key,)).fetchone()
            if there is None:
                names = "key, kind, payload, state, due_at, lease_until, token, attempts, said"
                marks = ", ".join("?" * len(row))
                insert = f"INSERT INTO jobs ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608 -- marks
                return db.execute(insert, row).rowcount == 1
            return False

    def take(self, kinds: Sequence[str], now: datetime, lease: timedelta = LEASE) -> Job | None:
        """Take the job of those kinds that has been due longest, or whose worker let its lease run out."""
        if not kinds:
            return None
        token, at = secrets.token_hex(16), instant_text(now)
        statement = TAKE.format(marks=", ".join("?" * len(kinds)), lock=self._store.skip_locked)
        with self._store.changing() as db:
            row = db.execute(statement, (token, instant_text(now + lease), at, at, *kinds)).fetchone()
        return Job(row[0], row[1], json.loads(row[2]), int(row[3]), token) if row else None

    def hold(self, job: Job, now: datetime, lease: timedelta = LEASE) -> bool:
        """Lengthen the lease of a job that takes long; False where it was lost."""
        return self._move("lease_until = ?", (instant_text(now + lease),), job)

    def finish(self, job: Job, said: str = "") -> bool:
        """Take note that a job is done; False where its lease was lost, so that another finishes it."""
        return self._move("state = 'done', token = '', said = ?", (said,), job)

    def put_off(self, job: Job, now: datetime, said: str) -> bool:
        """Take note that a job failed: it is tried again, each time later, and given up after eight times."""
        if job.attempts >= MOST_ATTEMPTS:
            return self._move("state = 'given up', token = '', said = ?", (said,), job)
        due = instant_text(now + FIRST_PAUSE * 2 ** (job.attempts - 1))
        return self._move("state = 'waiting', token = '', due_at = ?, said = ?", (due, said), job)

    def lines(self) -> tuple[JobLine, ...]:
        """Return every job, by the time it is due."""
        query = "SELECT key, kind, state, due_at, attempts, said FROM jobs ORDER BY due_at, key"
        with self._store.changing() as db:
            rows = db.execute(query).fetchall()
        return tuple(JobLine(key, kind, state, instant(due), n, said) for key, kind, state, due, n, said in rows)

    def _move(self, change: str, values: tuple[object, ...], job: Job) -> bool:
        statement = f"UPDATE jobs SET {change} WHERE key = ? AND token = ? AND state = 'leased'"  # noqa: S608 -- ours
        with self._store.changing() as db:
            return db.execute(statement, (*values, job.key, job.token)).rowcount == 1
