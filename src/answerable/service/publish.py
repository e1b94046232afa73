"""Give pending leaves their place in the log, sign the new head, and bring the public folder up to it."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from answerable.errors import NotAllowed
from answerable.service import sealed
from answerable.service.close_day import close_past_days
from answerable.service.put_out import put_out
from answerable.service.record_settings import record_settings
from answerable.service.workspace import Workspace
from answerable.store.protocol import LogHead

_WAIT_SECONDS = 60
_log = logging.getLogger(__name__)


def publish(workspace: Workspace) -> LogHead:
    """Sign and publish everything that is pending; safe to repeat after a crash at any point.

    In a sealed workspace entries wait for their beat: there is only a first head to be made. Raises ``IntegrityError``
    where the store is behind, or differs from, what was signed before; ``NotAllowed`` where another process has been
    publishing for a minute.
    """
    if record_settings(workspace.folder, workspace.settings.kind).sealed:
        return workspace.store.head() or beat(workspace)
    with alone(workspace):
        close_past_days(workspace, workspace.clock.now())
        head = workspace.store.publish(workspace.signer, workspace.clock.now())
        # Without the quorum of its witnesses a head waits: the public folder stays as it is.
        put_out(workspace, head, workspace.store.openings())
        _tell(workspace)
    return head


def beat(workspace: Workspace, *, open_only: bool = False) -> LogHead:
    """Publish the next beat of a sealed record and open what is due; in an open one, publish everything.

    ``open_only`` only opens.
    """
    if not record_settings(workspace.folder, workspace.settings.kind).sealed:
        return publish(workspace)
    with alone(workspace):
        head = sealed.beat(workspace, open_only=open_only)
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
