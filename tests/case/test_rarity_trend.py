"""The test that the rate has crept up: what it counts, when it raises the alarm, and when it begins afresh."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.case.rarity import trend

START = datetime(2018, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365.25)


def monthly(n: int, first: datetime = START) -> list[datetime]:
    return [first + YEAR * (k + 1) / 12 for k in range(n)]


def test_without_an_adoption_there_is_nothing_to_test() -> None:
    assert trend([], [START], START + YEAR, 4) is None
    assert trend([START + YEAR], [], START, 4) is None


def test_a_year_at_three_times_the_permitted_rate_raises_the_alarm() -> None:
    found = trend([START], monthly(12), START + YEAR, 4)
    assert found is not None
    assert found.e_value == pytest.approx(75.98, abs=0.01)
    assert found.alarm_at is not None
    assert found.alarm_at < START + YEAR
    assert (round(found.low, 2), round(found.high, 2)) == (4.03, 26.72)
    assert found.sentence == (
        "12 cases in 12 months; permitted are 4 a year; evidence that the true rate is higher: strong "
        "(by chance, at any look ever, less than 1 in 20)"
    )
    assert found.measure().level == "escalate"


def test_over_the_limit_and_not_yet_proved_are_two_things() -> None:
    spread = [START + YEAR * (k + 1) / 9 for k in range(9)]
    found = trend([START], spread, START + YEAR, 4)
    assert found is not None
    assert found.e_value == pytest.approx(4.46, abs=0.01)
    assert found.alarm_at is None
    assert found.sentence.endswith("higher: some, but too little to say so")
    assert found.measure().level == "none"


def test_at_the_permitted_rate_there_is_no_evidence() -> None:
    found = trend([START], [START + YEAR * k / 4 for k in range(1, 13)], START + 3 * YEAR, 4)
    assert found is not None
    assert (
        found.sentence == "12 cases in 3.0 years; permitted are 4 a year; evidence that the true rate is higher: none"
    )


def test_a_burst_at_the_start_is_evidence_too() -> None:
    week = [START + timedelta(days=day) for day in (1, 3, 5)]
    found = trend([START], week, START + timedelta(days=7), 4)
    assert found is not None
    assert found.alarm_at == week[2]


def test_an_alarm_stands_while_the_evidence_sinks_again() -> None:
    found = trend([START], monthly(12), START + 6 * YEAR, 4)
    assert found is not None
    assert found.e_value < 1
    assert found.highest > 20
    assert found.measure().level == "escalate"


def test_a_renewal_without_an_alarm_does_not_begin_afresh() -> None:
    spread = [START + YEAR * k / 5 for k in range(1, 11)]
    found = trend([START, START + YEAR], spread, START + 2 * YEAR, 4)
    assert found is not None
    assert (found.began_at, found.count) == (START, 10)


def test_the_first_adoption_after_an_alarm_begins_afresh() -> None:
    found = trend([START, START + YEAR], monthly(12), START + 1.5 * YEAR, 4)
    assert found is not None
    # The case of the instant of the new adoption itself counts for the new period.
    assert (found.began_at, found.count, found.alarm_at) == (START + YEAR, 1, None)


def test_what_lies_before_the_adoption_or_after_now_does_not_count() -> None:
    found = trend([START], [START - YEAR, START + YEAR / 2, START + 2 * YEAR], START + YEAR, 4)
    assert found is not None
    assert found.count == 1


def test_a_case_in_the_very_instant_of_the_adoption_can_be_counted() -> None:
    found = trend([START], [START], START, 4)
    assert found is not None
    assert found.count == 1


def test_it_is_plain_data() -> None:
    found = trend([START], monthly(2), START + YEAR, 4)
    assert found is not None
    told = json.loads(json.dumps(found.as_json(), default=str))
    assert told["alarm"] is False
    assert told["e_value"] == found.e_value


@given(st.lists(st.floats(0, 1800), max_size=60), st.floats(0, 1800))
def test_the_order_of_cases_does_not_matter_and_more_cases_never_lessen_the_evidence(
    days: list[float], more: float
) -> None:
    now = START + timedelta(days=1800)
    cases = [START + timedelta(days=day) for day in days]
    found, turned = trend([START], cases, now, 4), trend([START], cases[::-1], now, 4)
    with_one = trend([START], [*cases, START + timedelta(days=more)], now, 4)
    assert found == turned
    assert found is not None
    assert with_one is not None
    assert with_one.e_value > found.e_value
    assert with_one.highest >= found.highest * (1 - 1e-9)
