"""Give pending leaves their place in the log, sign the new head, and bring the public folder up to it."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from answerable.errors import NotAllowed
from answerable.record.publish import write_public
from answerable.service.workspace import Workspace
from answerable.store.protocol import LogHead

_WAIT_SECONDS = 60
_log = logging.getLogger(__name__)


def publish(workspace: Workspace) -> LogHead:
    """Sign and publish everything that is pending; safe to repeat after a crash at any point.

    Raises ``IntegrityError`` where the store is behind, or differs from, what was signed before; ``NotAllowed`` where
    another process has been publishing for a minute.
    """
    with alone(workspace):
        head = workspace.store.publish(workspace.signer, workspace.clock.now())
        write_public(
            workspace.public,
            checkpoint_note=head.note,
            policy_text=(workspace.public / "log-policy").read_text(encoding="utf8"),
            tree=workspace.store,
            openings=workspace.store.openings(),
        )
        _tell(workspace)
    return head


def _tell(workspace: Workspace) -> None:
    """Write the notices that are due; a decision that is recorded stands, even where its notices cannot be written."""
    from answerable.service.notices import bring_up_to_date

    try:
        bring_up_to_date(workspace)
    except OSError as error:
        _log.warning("notices not written, they will be tried again: %s", error)


@contextmanager
def alone(workspace: Workspace) -> Iterator[None]:
    """Let one process publish at a time: a slower one would put an older head over a newer and look like tampering.

    The lock is one of SQLite, on every system the same, and gone with its process whatever becomes of that.
    """
    lock = sqlite3.connect(workspace.folder / "publishing.lock", timeout=_WAIT_SECONDS, isolation_level=None)
    with closing(lock):
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise NotAllowed(
                "Another process is publishing. What was recorded is kept.",
                where=str(workspace.folder),
                fix="Publish again in a moment: answerable record publish.",
            ) from error
        yield
