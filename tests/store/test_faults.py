"""Whatever happens to the writer, its disk or its server: what it said was stored is there, once, and all is clean.

At a desk the sizes are small; those promised are run in CI and by ``make faults``, and with ``--slow`` the night's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.store.conftest import held

import fault_rounds as rounds
import power_cut

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="faults are made with signals that this system lacks")
needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="no strace (make system)")


def test_killed_writers_lose_nothing(place, full):
    many = 50 if full else 10
    result = rounds.kill_writers(place, many, 7)
    held(result, many)
    assert result.acknowledged >= many


@pytest.mark.slow
def test_five_hundred_killed_writers_lose_nothing(place):
    held(rounds.kill_writers(place, 500, 11), 500)


@needs_strace
@pytest.mark.parametrize("more", [(), ("--wal",)], ids=["rollback", "write-ahead"])
def test_power_cuts_lose_nothing(tmp_path, more):
    held(rounds.cut_power(tmp_path / "w", 60, 7, *more), 60)


@needs_strace
@pytest.mark.slow
@pytest.mark.parametrize("more", [(), ("--wal",)], ids=["rollback", "write-ahead"])
def test_two_thousand_power_cuts_lose_nothing(tmp_path, more):
    held(rounds.cut_power(tmp_path / "w", 2000, 11, *more), 2000)


@needs_strace
def test_the_simulated_cut_does_lose_what_is_not_synced(tmp_path, monkeypatch):
    """With what was synced taken away, events are lost: the cuts are real ones."""
    monkeypatch.setattr(power_cut.Contents, "sync", lambda self: None)
    monkeypatch.setattr(power_cut.Disk, "sync_folder", lambda self, folder: None)
    result = rounds.cut_power(tmp_path / "w", 40, 7)
    assert result.lost > 0 or result.problems


@needs_strace
def test_a_call_that_fails_or_kills_loses_nothing(tmp_path, full):
    sites = rounds.SITES if full else ("pwrite64", "fdatasync", "unlink", "rename", "write")
    result = rounds.inject(tmp_path, sites, 6 if full else 1, 7)
    held(result, 40 if full else 10)
    assert result.stopped >= result.rounds // 2


@needs_strace
@pytest.mark.slow
def test_each_call_that_fails_or_kills_loses_nothing(tmp_path):
    held(rounds.inject(tmp_path, rounds.SITES, 1000, 7), 300)


@pytest.fixture
def may_mount(tmp_path: Path) -> None:
    point = tmp_path / "try"
    point.mkdir()
    tried = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(point)]
    if os.geteuid() != 0 or subprocess.run(tried, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root, where it may mount, can make a small disk")
    subprocess.run(["umount", str(point)], check=True)


@pytest.mark.usefixtures("may_mount")
def test_a_full_disk_loses_nothing(tmp_path):
    result = rounds.fill_disk(tmp_path, range(380, 460, 20))
    held(result, 4)
    assert result.stopped == result.rounds
    assert result.acknowledged > 0


def test_a_torn_tail_leaves_a_whole_beginning(tmp_path):
    held(rounds.tear_tail(tmp_path, 512), 60)


def test_a_clock_that_jumps_both_ways_loses_nothing(place):
    held(rounds.jump_clock(place, 2), 2)


def test_an_old_copy_that_is_put_back_signs_nothing(tmp_path):
    held(rounds.restore_old(tmp_path / "w", 3), 3)
