"""Several writers at once, and a server that is killed: what was acknowledged is there, once, and all is clean.

At a desk the sizes are small; those promised are run in CI and by ``make faults``, and with ``--slow`` the night's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.store.conftest import held

import fault_rounds as rounds
import postgres_server
from answerable.store.conformance import WORKSPACE, add_people
from answerable.store.postgres_open import create_store

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="faults are made with signals that this system lacks")


def test_eight_writers_at_once_lose_and_double_nothing(place, full):
    each = 1000 if full else 12
    held(rounds.write_at_once(place, 8, each), 8 * each)


@pytest.mark.postgres
def test_eight_writers_at_once_on_a_server_lose_and_double_nothing(server_place):
    held(rounds.write_at_once(server_place, 8, 15), 120)


@pytest.mark.postgres
def test_killed_writers_on_a_server_lose_nothing(server_place):
    held(rounds.kill_writers(server_place, 6, 7), 6)


@pytest.mark.postgres
def test_a_clock_that_jumps_both_ways_loses_nothing_on_a_server(server_place):
    held(rounds.jump_clock(server_place, 2), 2)


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[tuple[postgres_server.Server, rounds.Place]]:
    programs = postgres_server.binaries()
    if programs is None:
        pytest.skip("no PostgreSQL of our own to kill (make system)")
    with postgres_server.running(programs) as server:
        with create_store(server.url, head_file=tmp_path / "head", workspace=WORKSPACE) as store:
            add_people(store)
        yield server, rounds.Place(server.url, tmp_path / "head", tmp_path)


@pytest.mark.postgres
def test_a_killed_server_loses_nothing(own_server):
    result = rounds.kill_server(*own_server, 3, 7)
    held(result, 3)
    assert result.stopped == 3
