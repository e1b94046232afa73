"""Ten kinds of cheating against the real checks: what something published contradicts is always found out."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from answerable.lab import load_parameters
from answerable.lab.cheating.force import DAY, DAYS, START, draw_force, entries_of
from answerable.lab.cheating.kinds import HONEST, KINDS, PROOF, found_out
from answerable.lab.cheating.ledger import Ledger
from answerable.lab.experiments import run
from answerable.lab.experiments.cheating import exact, with_cheating
from answerable.record.chain import chain_problems
from answerable.record.day_counts import days_that_disagree
from answerable.record.encode import parse_body
from answerable.record.policy import parse_policy

FEW, FULL = 4, 100
ALARM = {
    "a statement is opened as another": "the monitor (altered)",
    "an opened statement is changed later": "the verifier (altered)",
    "the history is signed anew with a refusal": "the monitor (forked)",
    "an old head is shown": "the monitor (went-backwards)",
    "a case is never opened": "the monitor (unopened)",
    "a refused case is left out": "the monitor (out-of-order)",
    "a day is not closed": "the monitor (day-missing)",
}


@cache
def parameters():
    return with_cheating(load_parameters())


@cache
def force():
    return draw_force(parameters(), np.random.default_rng(5))


def test_there_are_ten_kinds_and_a_control() -> None:
    assert len(KINDS) == 11
    assert set(PROOF) == set(ALARM)


def test_an_honest_log_is_one_that_the_real_checks_accept() -> None:
    cases, at = force()
    entries = entries_of(cases)
    assert chain_problems([one.body for one in entries], hidden=False) == ()
    assert days_that_disagree(parse_body(one.body) for one in entries) == []
    ledger = Ledger(entries)
    last = START + (DAYS + 20) * DAY
    read = ledger.shown(last)
    note = (read("checkpoint") or b"").decode()
    assert parse_policy(ledger.policy).accept(note).checkpoint.size == len(entries)
    assert sum(parse_body(one.body)["kind"] == "close-day" for one in entries) == DAYS
    assert START < at < START + DAYS * DAY


@pytest.mark.parametrize("kind", PROOF)
def test_what_something_published_contradicts_is_found_by_the_check_made_for_it(kind) -> None:
    for seed in range(FEW):
        days, by = found_out(kind, parameters(), np.random.default_rng(seed))
        limit = 36 if kind == "a case is never opened" else 45 if kind == "a refused case is left out" else 2
        assert days <= limit
        # An outside count may come first where the cheat also hides a deployment; here none does.
        assert by == ALARM[kind]


def test_where_nobody_cheats_nothing_is_found() -> None:
    for seed in range(FEW):
        assert found_out(HONEST, parameters(), np.random.default_rng(seed)) == (np.inf, "")


@pytest.mark.parametrize(
    ("kind", "nobody", "everybody"),
    [
        ("a deployment is never logged", {"count_kept": 0.0, "sighting_asks": 0.0}, {"count_kept": 1.0}),
        ("a patrol stays after its end", {"sighting_asks": 0.0},
         {"sighting_asks": 1.0, "overstay_hours": 1000.0, "sighting_days": 0.5}),
    ],
)  # fmt: skip
def test_what_leaves_no_trace_depends_on_who_looks(kind, nobody, everybody) -> None:
    for seed in range(3):
        unseen = found_out(kind, parameters().changed(**nobody), np.random.default_rng(seed))
        assert unseen == (np.inf, "")
        days, by = found_out(kind, parameters().changed(**everybody), np.random.default_rng(seed))
        assert days < DAYS
        assert by in ("a count kept by others", "somebody who saw it")


def test_a_case_entered_days_afterwards_is_found_by_the_monitor_as_soon_as_it_is_opened() -> None:
    late = [
        found_out("a case is entered afterwards, backdated", parameters(), np.random.default_rng(k)) for k in (0, 1)
    ]
    assert {by for _, by in late} == {"the monitor (day-disagrees)"}
    # The end, at most three days of delay, a day until it is opened, and the next daily look.
    assert all(days <= 6 for days, _ in late)


def test_exact_intervals_against_printed_ones() -> None:
    """Clopper and Pearson: 2 of 100 is 0.24 to 7.04 in 100; 0 of 100 is at most 3.62."""
    assert exact(2, 100) == pytest.approx((0.00243, 0.07038), abs=1e-5)
    assert exact(0, 100) == pytest.approx((0, 0.03622), abs=1e-5)
    assert exact(100, 100) == pytest.approx((0.96378, 1), abs=1e-5)


@pytest.mark.slow
def test_t9_ten_kinds_and_a_hundred_cities() -> None:
    figures = run("cheating", load_parameters(), size=FULL).figures
    assert all(figures[kind]["rate"] == 1 for kind in PROOF)
    assert figures[HONEST]["rate"] == 0
    assert figures["a deployment is never logged"]["low"] > 0.7
    assert figures["a patrol stays after its end"]["high"] < 0.3
