"""Sessions of the staff site: opaque tokens, kept as hashes, short, listed and ended at once; and things used once.

They lie in a file of their own beside the record: ending one takes effect with the next request, and a copy of the
file opens nothing, since a token cannot be had back from its hash.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from answerable.clock import Clock

FILE = "sessions.sqlite"
IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=8)
# How long after signing in a new key may be added without signing in anew.
RECENT = timedelta(minutes=5)
_TOKEN_BYTES = 32
_SCHEMA = """
CREATE TABLE IF NOT EXISTS session (
    hash TEXT PRIMARY KEY, id TEXT NOT NULL, account TEXT NOT NULL, how TEXT NOT NULL, case_id TEXT NOT NULL,
    began TEXT NOT NULL, seen TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS once (
    hash TEXT PRIMARY KEY, kind TEXT NOT NULL, value TEXT NOT NULL, until TEXT NOT NULL, spent TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS counter (credential TEXT PRIMARY KEY, uses INTEGER NOT NULL);
"""


@dataclass(frozen=True)
class Session:
    """Somebody signed in: under which account, how (demo, passkey, oidc or link), and since when.

    ``case_id`` is the one case that a one-time link opens, empty for everybody else.
    """

    id: str
    account: str
    how: str
    case_id: str
    began: datetime
    seen: datetime

    @property
    def ends(self) -> datetime:
        """When it ends by itself if nothing more is asked for."""
        return min(self.seen + IDLE, self.began + LONGEST)


class Sessions:
    """The sessions of one workspace, in the file at ``path``; times are those of ``clock``."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        path.touch(mode=0o600)
        with self._open() as db:
            db.executescript(_SCHEMA)

    def begin(self, account: str, how: str, case_id: str = "") -> str:
        """Begin a session and return its token, which is told this once and kept nowhere."""
        token, now = secrets.token_urlsafe(_TOKEN_BYTES), self._now()
        row = (_hash(token), secrets.token_hex(8), account, how, case_id, _text(now), _text(now))
        with self._open() as db:
            db.execute("DELETE FROM session WHERE began < ?", (_text(now - LONGEST),))
            db.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return token

    def find(self, token: str) -> Session | None:
        """Return the session of ``token``, which this keeps awake; None where there is none, or it has ended."""
        if not token:
            return None
        with self._open() as db:
            row = db.execute("SELECT * FROM session WHERE hash = ?", (_hash(token),)).fetchone()
            found = _session(row) if row else None
            now = self._now()
            if found is None or now >= found.ends:
                db.execute("DELETE FROM session WHERE hash = ?", (_hash(token),))
                return None
            db.execute("UPDATE session SET seen = ? WHERE hash = ?", (_text(now), _hash(token)))
        return found

    def of(self, account: str) -> list[Session]:
        """Return the sessions of an account that have not ended, the newest first."""
        with self._open() as db:
            rows = db.execute("SELECT * FROM session WHERE account = ? ORDER BY began DESC", (account,)).fetchall()
        return [one for one in map(_session, rows) if self._now() < one.ends]

    def end(self, account: str, session_id: str = "") -> int:
        """End one session of an account, or all of them; return how many that were."""
        with self._open() as db:
            if session_id:
                query = "DELETE FROM session WHERE account = ? AND id = ?"
                return db.execute(query, (account, session_id)).rowcount
            return db.execute("DELETE FROM session WHERE account = ?", (account,)).rowcount

    def keep_once(self, kind: str, value: Mapping[str, Any], lasts: timedelta) -> str:
        """Keep something that can be taken once, within the time it lasts; return the token that takes it."""
        token, now = secrets.token_urlsafe(_TOKEN_BYTES), self._now()
        with self._open() as db:
            db.execute("DELETE FROM once WHERE until < ?", (_text(now - LONGEST),))
            row = (_hash(token), kind, json.dumps(dict(value)), _text(now + lasts), "")
            db.execute("INSERT INTO once VALUES (?, ?, ?, ?, ?)", row)
        return token

    def look(self, kind: str, token: str) -> dict[str, Any] | None:
        """Return what a token would take, without taking it; None where it is spent, over or unknown."""
        with self._open() as db:
            row = db.execute(
                "SELECT value FROM once WHERE hash = ? AND kind = ? AND spent = '' AND until > ?",
                (_hash(token), kind, _text(self._now())),
            ).fetchone()
        return dict(json.loads(row[0])) if row else None

    def take(self, kind: str, token: str, *, result: str = "taken") -> dict[str, Any] | None:
        """Return what the token takes, once; None where it was taken before, is over or unknown."""
        with self._open() as db:
            found = db.execute(
                "UPDATE once SET spent = ? WHERE hash = ? AND kind = ? AND spent = '' AND until > ? RETURNING value",
                (result, _hash(token), kind, _text(self._now())),
            ).fetchone()
        return dict(json.loads(found[0])) if found else None

    def spent(self, token: str) -> str:
        """Return the result with which a token was taken, empty where it was not."""
        with self._open() as db:
            row = db.execute("SELECT spent FROM once WHERE hash = ?", (_hash(token),)).fetchone()
        return str(row[0]) if row else ""

    def note_result(self, token: str, result: str) -> None:
        """Keep what came of a token that was taken, so that the same form sent twice leads to the same place."""
        with self._open() as db:
            db.execute("UPDATE once SET spent = ? WHERE hash = ?", (result, _hash(token)))

    def uses(self, credential: str) -> int:
        """Return the counter that a passkey gave last, 0 where it never did."""
        with self._open() as db:
            row = db.execute("SELECT uses FROM counter WHERE credential = ?", (credential,)).fetchone()
        return int(row[0]) if row else 0

    def note_uses(self, credential: str, uses: int) -> None:
        """Keep the counter that a passkey gave: a copy of the key gives itself away by falling behind it."""
        with self._open() as db:
            db.execute("INSERT OR REPLACE INTO counter VALUES (?, ?)", (credential, uses))

    def _now(self) -> datetime:
        return self._clock.now()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self._path, timeout=10)
        try:
            with db:
                yield db
        finally:
            db.close()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _session(row: tuple[str, ...]) -> Session:
    _, name, account, how, case_id, began, seen = row
    return Session(name, account, how, case_id, datetime.fromisoformat(began), datetime.fromisoformat(seen))
