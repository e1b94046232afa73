"""A long record is there again at once: it opens, is found sound to start, and goes on, within two seconds.

100,000 entries in CI and with ``--slow``; a tenth of them at a desk. What counts is processor time, since the machine
that runs the tests may be busy with others.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings

from answerable.record.keys import parse_vkey
from answerable.store.conformance import NOON, SIGNER, WORKSPACE, add_people, an_event
from answerable.store.postgres_open import create_store as create_on_server
from answerable.store.postgres_open import open_store as open_on_server
from answerable.store.protocol import NewEvent
from answerable.store.sql import SqlStore
from answerable.store.sqlite_files import create_store, open_store
from answerable.store.starting import check_start

BATCH, LIMIT_S = 1000, 2.0
LATER = NOON + timedelta(days=30)


@pytest.fixture
def many(pytestconfig: pytest.Config) -> int:
    """How many entries the record has."""
    full = pytestconfig.getoption("--slow") or settings.get_current_profile_name() == "ci"
    return 100_000 if full else 10_000


def events(first: int, many: int) -> Iterator[NewEvent]:
    """Events of cases of their own."""
    return (an_event(case_id=f"c{at}", at=NOON + timedelta(seconds=at)) for at in range(first, first + many))


def fill(store: SqlStore, many: int) -> None:
    """Record and sign so many entries."""
    add_people(store)
    for first in range(0, many, BATCH):
        store.append(list(events(first, BATCH)))
    store.publish(SIGNER, LATER)


def restarted(reopen: Callable[[], SqlStore], many: int) -> float:
    """Open the store, look whether it may be written to, record one more and sign it; return the seconds of work."""
    began = time.process_time()
    with reopen() as store:
        check_start(store, (parse_vkey(SIGNER.vkey),), LATER)
        store.append(list(events(many, 1)))
        assert store.publish(SIGNER, LATER).size == many + 1
        return time.process_time() - began


def test_a_long_record_is_there_again_at_once(tmp_path: Path, many: int) -> None:
    path, head = tmp_path / "record.db", tmp_path / "head"
    with create_store(path, head_file=head, workspace=WORKSPACE) as store:
        fill(store, many)
    assert restarted(lambda: open_store(path, head_file=head), many) < LIMIT_S


@pytest.mark.postgres
@pytest.mark.slow
def test_a_long_record_on_a_server_is_there_again_at_once(new_database, tmp_path: Path, many: int) -> None:
    url, head = new_database(), tmp_path / "head"
    with create_on_server(url, head_file=head, workspace=WORKSPACE) as store:
        fill(store, many)
    assert restarted(lambda: open_on_server(url, head_file=head), many) < LIMIT_S
