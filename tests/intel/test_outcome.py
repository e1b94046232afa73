"""Outcomes: every report is resolved, a treated window never refutes, and an echo is no second test of a grade."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from answerable.errors import InputError
from answerable.intel.outcome import (
    OUTCOMES,
    Resolution,
    Trial,
    cell_of,
    first_of_each_origin,
    resolve,
    unresolved,
)
from answerable.intel.report import Report
from answerable.place import Window

Make = Callable[..., Report]
NEXT_DAY = timedelta(hours=24)


@pytest.mark.parametrize("said", OUTCOMES)
def test_a_window_in_which_a_deployment_took_place_is_treated_whatever_was_seen(
    report: Make, now: datetime, said: str
) -> None:
    found = resolve(report("R-1"), said, at=now + NEXT_DAY, acted_on=False, deployed=True)
    assert found.outcome == "treated"
    assert found.acted_on
    assert found.seen == (None if said == "treated" else said)
    assert Trial("3x5x2 1A", 0.1, found.outcome).happened is None


@pytest.mark.parametrize("said", ["materialised", "refuted", "nothing_found", "unknown"])
def test_a_report_nobody_acted_on_is_resolved_too(report: Make, now: datetime, said: str) -> None:
    found = resolve(report("R-1"), said, at=now + NEXT_DAY, acted_on=False, deployed=False)
    assert (found.outcome, found.acted_on, found.seen) == (said, False, None)
    assert Resolution.from_json(found.as_json()) == found


def test_only_what_was_seen_can_be_said_before_the_window_ends(report: Make, now: datetime) -> None:
    made = report("R-1")
    assert resolve(made, "materialised", at=now, acted_on=True, deployed=False).outcome == "materialised"
    for early in ("refuted", "nothing_found", "unknown"):
        with pytest.raises(InputError, match="still open"):
            resolve(made, early, at=now, acted_on=True, deployed=False)


def test_another_word_is_no_outcome(report: Make, now: datetime) -> None:
    with pytest.raises(InputError, match="no such outcome"):
        resolve(report("R-1"), "prevented", at=now + NEXT_DAY, acted_on=True, deployed=False)


def test_what_nobody_resolved_is_listed_when_its_time_is_over(report: Make, now: datetime) -> None:
    reports = [report("R-1"), report("R-2"), report("R-3", event_window=None), report("R-4", event_window=None)]
    reports[3] = report("R-4", event_window=None, expires_at=now + timedelta(hours=1))
    assert unresolved(reports, {}, now) == ()
    assert [one.ref for one in unresolved(reports, {"R-2": 0}, now + NEXT_DAY)] == ["R-1", "R-4"]


def test_an_echo_is_no_second_test_and_another_night_is(report: Make, evening: Window) -> None:
    tomorrow = Window(evening.start + NEXT_DAY, evening.end + NEXT_DAY)
    reports = [
        report("echo", hours_ago=1, origin_key="k"),
        report("first", hours_ago=3, origin_key="k"),
        report("again", hours_ago=2, origin_key="k", event_window=tomorrow),
        report("other", hours_ago=5),
    ]
    assert {one.ref for one in first_of_each_origin(reports)} == {"first", "again", "other"}


def test_a_grade_given_after_the_window_opened_is_not_what_is_measured(
    report: Make, now: datetime, evening: Window
) -> None:
    made = report("R-1", "2C")
    assert cell_of(made) == "3x5x2 2C"
    before = made.regraded("1", "A", at=now, evaluator="desk")
    assert cell_of(before) == "3x5x2 1A"
    assert cell_of(before.regraded("3", "E", at=evening.end, evaluator="desk")) == "3x5x2 1A"
    assert cell_of(made.regraded("3", "E", at=evening.end, evaluator="desk")) == "3x5x2 2C"


def test_what_outlives_a_report_leads_back_to_nothing() -> None:
    trial = Trial("3x5x2 1A", 0.02, "refuted")
    assert set(trial.as_json()) == {"cell", "prior", "outcome"}
    assert Trial.from_json(trial.as_json()) == trial
