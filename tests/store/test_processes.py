"""What was acknowledged survives kill -9, and two processes on one store never lose or double an event."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from answerable.store.conformance import NOON, POLICY, SIGNER, add_people

PROCESSES = Path(__file__).parent / "processes"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a writer to kill")
def test_twenty_killed_writers_lose_no_acknowledged_event(tmp_path):
    called = [sys.executable, str(PROCESSES / "kill_rounds.py"), str(tmp_path), "20", "7"]
    answer = json.loads(subprocess.run(called, check=True, capture_output=True, timeout=120).stdout)
    assert answer["acknowledged"] >= 20
    assert (answer["lost"], answer["lost_heads"], answer["problems"]) == (0, 0, [])


def test_two_processes_appending_at_once_lose_nothing_and_one_wins_each_version(store):
    add_people(store)
    count = 25
    running = [
        subprocess.Popen(
            [sys.executable, str(PROCESSES / "appender.py"), str(store.path.parent), name, str(count)],
            stdout=subprocess.PIPE,
        )
        for name in ("a", "b")
    ]
    answers = [json.loads(process.communicate(timeout=120)[0]) for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert sum(answer["won"] for answer in answers) == count
    assert sum(answer["lost"] for answer in answers) == count
    assert [event.seq for event in store.events()] == list(range(1, 3 * count + 1))
    store.publish(SIGNER, NOON)
    assert store.fsck(POLICY).problems == ()
