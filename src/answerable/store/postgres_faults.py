"""What PostgreSQL refused, in the words of the house."""

from __future__ import annotations

import psycopg
from psycopg import errors

from answerable.errors import AnswerableError, InputError, IntegrityError, NotAllowed
from answerable.store.faults import MARK, broken

_TWICE = {"events_one_version": "stale", "events_pkey": "stale", "people_pkey": "taken"}
"""What a value that is there already means, by the constraint that says so."""


def explain(error: Exception) -> AnswerableError:
    """Return the error to show for what the driver or the server said."""
    if not isinstance(error, psycopg.Error):
        return InputError(f"The store refused a value: {error}.")
    said = (error.diag.message_primary or str(error)).strip()
    if said.startswith(MARK):
        return broken(said.removeprefix(MARK))
    if isinstance(error, errors.UniqueViolation):
        return broken(_TWICE.get(error.diag.constraint_name or "", "append-only"))
    for kinds, (kind, what, fix) in _SIGNS:
        if isinstance(error, kinds):
            return kind(what, fix=fix)
    if lost(error):
        return AnswerableError(
            "The connection to the database was lost.",
            fix="Look again before you repeat anything: what was just asked may or may not have been stored.",
        )
    return InputError(f"The store refused a value: {said}.")


def lost(error: psycopg.Error) -> bool:
    """Return whether the connection went away: then it is not known whether a commit arrived."""
    gone = isinstance(error, (errors.AdminShutdown, errors.CrashShutdown, errors.CannotConnectNow))
    return gone or (isinstance(error, psycopg.OperationalError) and error.sqlstate is None)


_SIGNS: tuple[tuple[tuple[type[psycopg.Error], ...], tuple[type[AnswerableError], str, str]], ...] = (
    (
        (errors.DiskFull, errors.OutOfMemory, errors.TooManyConnections),
        (AnswerableError, "The database server has no room left. Nothing was stored.", "Make room and try again."),
    ),
    (
        (errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure, errors.QueryCanceled),
        (NotAllowed, "The record is busy. Nothing was stored.", "Try again in a moment."),
    ),
    (
        (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction),
        (NotAllowed, "The role that writes the record may not do this. Nothing was stored.", "Check its grants."),
    ),
    (
        (errors.DataCorrupted, errors.IndexCorrupted, errors.UndefinedTable, errors.UndefinedColumn),
        (IntegrityError, "The database is damaged.", "Restore the newest backup, then run fsck."),
    ),
)
"""What the server itself says, by its codes."""
