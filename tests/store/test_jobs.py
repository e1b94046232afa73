"""Jobs are done whatever becomes of their workers: none is lost, none is done twice in effect, none is taken by two."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answerable.errors import AnswerableError, InputError
from answerable.store.conformance import NOON, add_people
from answerable.store.jobs import FIRST_PAUSE, LEASE, MOST_ATTEMPTS, Jobs
from answerable.store.sqlite import SqliteStore

WORKER = Path(__file__).parent / "processes" / "job_worker.py"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def jobs(any_store) -> Jobs:
    return Jobs(any_store)


def states(jobs: Jobs) -> Counter[str]:
    return Counter(line.state for line in jobs.lines())


def test_a_job_is_asked_for_once_and_taken_when_it_is_due(jobs):
    assert jobs.add("a", "mail", {"to": 1}, NOON)
    assert not jobs.add("a", "mail", {"to": 2}, NOON)
    assert jobs.take(["mail"], NOON - MINUTE) is None
    assert jobs.take(["other"], NOON) is None
    assert jobs.take([], NOON) is None
    job = jobs.take(["mail", "other"], NOON)
    assert (job.key, job.kind, job.payload, job.attempts) == ("a", "mail", {"to": 1}, 1)
    assert jobs.take(["mail"], NOON) is None
    assert jobs.finish(job, "sent")
    assert not jobs.add("a", "mail", {}, NOON)
    (line,) = jobs.lines()
    assert (line.key, line.kind, line.state, line.due_at, line.said) == ("a", "mail", "done", NOON, "sent")


@pytest.mark.parametrize(("key", "kind"), [("", "mail"), ("a", "")])
def test_a_job_without_a_key_or_a_kind_is_refused(jobs, key, kind):
    with pytest.raises(InputError):
        jobs.add(key, kind, {}, NOON)


def test_the_job_that_is_due_longest_comes_first(jobs):
    for number, minutes in enumerate((3, 1, 2)):
        jobs.add(f"job-{number}", "mail", {}, NOON + minutes * MINUTE)
    assert [jobs.take(["mail"], NOON + LEASE).key for _ in range(3)] == ["job-1", "job-2", "job-0"]


def test_who_lost_the_lease_can_no_longer_finish(jobs):
    jobs.add("a", "mail", {}, NOON)
    slow = jobs.take(["mail"], NOON)
    assert jobs.take(["mail"], NOON + LEASE - MINUTE) is None
    quick = jobs.take(["mail"], NOON + LEASE)
    assert (quick.key, quick.attempts) == ("a", 2)
    assert not jobs.finish(slow)
    assert not jobs.hold(slow, NOON + LEASE)
    assert not jobs.put_off(slow, NOON, "late")
    assert jobs.finish(quick)
    assert not jobs.finish(quick)


def test_a_lease_that_is_held_is_not_taken(jobs):
    jobs.add("a", "mail", {}, NOON)
    job = jobs.take(["mail"], NOON)
    assert jobs.hold(job, NOON + LEASE - MINUTE)
    assert jobs.take(["mail"], NOON + LEASE) is None
    assert jobs.finish(job)


def test_a_job_that_fails_is_tried_later_each_time_and_given_up_in_the_end(jobs):
    jobs.add("a", "mail", {}, NOON)
    now = NOON
    for attempt in range(1, MOST_ATTEMPTS + 1):
        job = jobs.take(["mail"], now)
        assert job.attempts == attempt
        assert jobs.put_off(job, now, f"attempt {attempt}")
        pause = FIRST_PAUSE * 2 ** (attempt - 1)
        assert jobs.take(["mail"], now + pause - timedelta(seconds=1)) is None
        now += pause
    assert states(jobs) == {"given up": 1}
    assert jobs.lines()[0].said == f"attempt {MOST_ATTEMPTS}"
    assert jobs.take(["mail"], now + timedelta(days=1)) is None


@pytest.mark.parametrize("change", ["state = 'leased'", "state = 'lost'", "token = 'x'", "key = ''"])
def test_direct_sql_cannot_make_a_job_what_none_is(jobs, owner, change):
    jobs.add("a", "mail", {}, NOON)
    with pytest.raises((sqlite3.IntegrityError, psycopg.errors.CheckViolation)):
        owner.sql(f"UPDATE jobs SET {change}")


def test_many_threads_take_each_job_once(jobs, again):
    for number in range(60):
        jobs.add(f"job-{number:02}", "mail", {}, NOON)
    with again() as other, ThreadPoolExecutor(6) as threads:
        both = (jobs, Jobs(other))
        taken = list(threads.map(lambda n: both[n % 2].take(["mail"], NOON), range(80)))
    keys = Counter(job.key for job in taken if job)
    assert (len(keys), max(keys.values())) == (60, 1)


def test_jobs_do_not_wait_for_the_writers_of_a_record_on_a_server(any_store, jobs):
    if isinstance(any_store, SqliteStore):
        pytest.skip("a file has one writer at a time")
    jobs.add("a", "mail", {}, NOON)
    with psycopg.connect(any_store.url) as other:
        other.execute("SELECT one FROM meta FOR UPDATE")
        began = time.monotonic()
        assert jobs.finish(jobs.take(["mail"], NOON))
        assert time.monotonic() - began < 5


STEPS = st.lists(st.tuples(st.booleans(), st.integers(0, 99), st.booleans()), min_size=1, max_size=40)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(1, 4), STEPS)
def test_any_sequence_of_taking_losing_and_finishing_does_each_job_once(jobs, many, steps):
    now = NOON + timedelta(days=len(jobs.lines()) + 1)
    fresh = [f"{now.isoformat()}-{n}" for n in range(many)]
    for key in fresh:
        jobs.add(key, "step", {}, now)
    held, finished = [], Counter()
    for finish, which, wait in steps:
        job = jobs.take(["step"], now)
        if job:
            held.append(job)
        if held and finish:
            done = held.pop(which % len(held))
            finished[done.key] += jobs.finish(done)
        if wait:
            now += LEASE
    while (job := jobs.take(["step"], now := now + LEASE)) is not None:
        finished[job.key] += jobs.finish(job)
    assert +finished == Counter(fresh)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no SIGKILL")
def test_killed_workers_lose_no_job_and_do_none_twice(any_store, jobs):
    add_people(any_store)
    many = 40
    for number in range(many):
        jobs.add(f"job-{number:02}", "append", {}, datetime.now(UTC) - MINUTE)
    where = str(any_store.path) if isinstance(any_store, SqliteStore) else any_store.url
    command = [sys.executable, str(WORKER), where, str(any_store.head_file)]
    chance, begun = random.Random(7), Counter()
    for _ in range(6):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
            said = [worker.stdout.readline()]
            time.sleep(chance.uniform(0, 0.08))
            worker.kill()
            said += worker.stdout.readlines()
        begun.update(line.strip() for line in said)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as last:
        end = time.monotonic() + 30
        while states(jobs) != {"done": many} and time.monotonic() < end:
            time.sleep(0.1)
        last.kill()
    assert states(jobs) == {"done": many}
    assert begun
    events = Counter(event.case_id for event in any_store.events())
    assert events == {f"job-{number:02}": 1 for number in range(many)}
    assert any_store.fsck().clean


def test_a_store_that_is_closed_does_no_jobs(jobs, any_store):
    any_store.close()
    with pytest.raises((AnswerableError, ValueError)):
        jobs.take(["mail"], NOON)
