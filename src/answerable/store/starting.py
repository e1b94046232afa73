"""What must hold before a record is written to: named, so that whoever starts it knows what to mend.

Unsafe settings of the database are refused when it is opened (``sqlite_settings``, ``postgres_settings``). Here: the
head file is there, the database is neither behind it nor another one, and the clock is not behind what was recorded.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from answerable.errors import UsageError
from answerable.record.note import Key
from answerable.store.rows import instant_text
from answerable.store.sql import SqlStore

SLACK = timedelta(seconds=120)
"""How far two clocks may differ: what a body may lie outside the times of its witnesses."""


def check_start(store: SqlStore, keys: tuple[Key, ...], now: datetime | None, cosigned: datetime | None = None) -> None:
    """Raise the error of the first thing that does not hold; ``now`` is the machine's own time, None to leave it out.

    ``cosigned`` is the newest time that a witness gave for a head of this log.

    ``IntegrityError`` for a head file that is missing, of another log, ahead of the database or behind it, or for a
    tree that is not the one that was signed; ``UsageError`` for a clock that is behind the record.
    """
    store.check_head(keys)
    head = store.head()
    seen = (store.last_at(), head.at if head else None, cosigned)
    last = max((at for at in seen if at is not None), default=None)
    if now is None or last is None or now >= last - SLACK:
        return
    raise UsageError(
        f"The clock says {instant_text(now)}, but the record goes on until {instant_text(last)}: it is behind.",
        where=f"behind by {last - now}",
        fix="Set the clock right, then start again. What has ended stays ended meanwhile.",
    )
