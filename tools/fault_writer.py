#!/usr/bin/env python3
"""The real writer, to be killed, starved and interrupted: append and publish, and say so only once it is done.

``fault_writer.py WHERE HEAD NAME COUNT [--wal] [--jumps]``: WHERE is the file of a SQLite store or the address of a
PostgreSQL one. Every append that was acknowledged is a line ``e SEQ``, every head that was signed a line ``h SIZE``,
each written by one call to the system. COUNT 0 goes on for ever.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from answerable.errors import NotAllowed
from answerable.store import sqlite_settings
from answerable.store.conformance import NOON, SIGNER, an_event
from answerable.store.sql import SqlStore
from answerable.store.sqlite_files import open_store

PUBLISH_EVERY = 3
Done = TypeVar("Done")


def opened(where: str, head: Path) -> SqlStore:
    """Open the store at ``where``."""
    if "://" in where or "=" in where:
        from answerable.store.postgres_open import open_store as open_on_server

        return open_on_server(where, head_file=head)
    return open_store(Path(where), head_file=head)


def write(where: str, head: Path, name: str, count: int, jump: timedelta = timedelta()) -> None:
    """Append ``count`` events of cases that begin with ``name``; publish now and then.

    The clock goes forth and back by ``jump`` from one event to the next.
    """
    with opened(where, head) as store:
        for number in itertools.count(1) if count == 0 else range(1, count + 1):
            at = NOON + timedelta(seconds=number) + jump * (-1) ** number
            event = an_event(case_id=f"{name}-{number}", at=at)
            stored = _patiently(lambda event=event: store.append([event]))  # type: ignore[misc]
            os.write(1, f"e {stored[0].seq}\n".encode())
            if number % PUBLISH_EVERY == 0:
                signed = _patiently(lambda at=at: store.publish(SIGNER, at))  # type: ignore[misc]
                os.write(1, f"h {signed.size}\n".encode())


def _patiently(do: Callable[[], Done]) -> Done:
    """Do it, again where the record is busy: then nothing was stored or signed, and one is told to try again."""
    while True:
        try:
            return do()
        except NotAllowed as error:
            if "busy" not in error.what:
                raise


if __name__ == "__main__":
    if "--wal" in sys.argv:
        # Whether the write-ahead log is safe with this SQLite is not what is tried here.
        setattr(sqlite_settings, "wal_is_safe", lambda _version: True)  # noqa: B010 -- types would refuse it
        sys.argv.remove("--wal")
    jump = timedelta(days=400 if "--jumps" in sys.argv else 0)
    write(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), jump)
