"""The rarity guard: what must be the exception is counted, and no sequence of permitted cases exceeds its ceiling."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.case.rarity import Authorised, rarity
from answerable.policy.pack import load_pack

NOW = datetime(2018, 11, 30, tzinfo=UTC)
LIMITS = load_pack("uk.armed_patrol").settings["rarity"]


def level(*days_ago: float, here: bool = True) -> str:
    earlier = [Authorised(str(n), NOW - timedelta(days=days)) for n, days in enumerate(days_ago)]
    return rarity(earlier, lambda _: here, NOW, LIMITS).level


def test_the_first_case_in_an_area_gives_notice() -> None:
    assert level() == "notice"


def test_a_second_overlapping_case_within_28_days_escalates_and_a_third_is_blocked() -> None:
    assert level(27) == "escalate"
    assert level(27, 3) == "block"
    assert level(29, 3) == "escalate"


def test_the_fourth_case_of_a_year_in_one_area_is_blocked() -> None:
    assert level(300, 200) == "escalate"
    assert level(300, 200, 100) == "block"


def test_in_the_whole_force_the_third_escalates_and_the_fifth_is_blocked() -> None:
    assert level(300, here=False) == "notice"
    assert level(300, 200, here=False) == "escalate"
    assert level(300, 200, 100, here=False) == "escalate"
    assert level(300, 200, 100, 50, here=False) == "block"


def test_a_year_later_a_case_no_longer_counts() -> None:
    assert level(365, 365, 366, 400) == "notice"
    assert level(364.9) == "escalate"


def test_the_counts_are_said_in_a_sentence() -> None:
    found = rarity([Authorised("a", NOW - timedelta(days=3))], lambda _: True, NOW, LIMITS)
    assert (found.in_force, found.in_area, found.overlapping) == (2, 2, 2)
    assert found.sentence == (
        "It would be number 2 in the force and number 2 in this area within a year, and number 2 in this area within "
        "28 days. Only a chief officer may authorise it."
    )


def test_a_later_case_does_not_count_against_an_earlier_one() -> None:
    assert rarity([Authorised("a", NOW + timedelta(days=1))], lambda _: True, NOW, LIMITS).in_force == 1


@pytest.mark.parametrize("days", [1, 7, 30])
def test_a_standing_pattern_reaches_the_block(days: int) -> None:
    permitted: list[Authorised] = []
    for n in range(60):
        at = NOW + timedelta(days=days * n)
        if rarity(permitted, lambda _: True, at, LIMITS).level == "block":
            break
        permitted.append(Authorised(str(n), at))
    assert len(permitted) in (2, 3)


@given(st.lists(st.tuples(st.integers(0, 60 * 24), st.integers(0, 2)), min_size=1, max_size=40))
def test_no_sequence_of_permitted_cases_exceeds_a_ceiling(asked: list[tuple[int, int]]) -> None:
    permitted: list[tuple[datetime, int]] = []
    at = NOW
    for hours, area in asked:
        at += timedelta(hours=hours)
        earlier = [Authorised(str(n), when) for n, (when, _) in enumerate(permitted)]
        found = rarity(earlier, lambda case, area=area: permitted[int(case)][1] == area, at, LIMITS)  # type: ignore[misc]
        if found.level != "block":
            permitted.append((at, area))
    for end, area in permitted:
        year = [(when, where) for when, where in permitted if end - timedelta(days=365) < when <= end]
        near = [when for when, where in year if where == area]
        assert len(year) <= LIMITS["force_year"]["most"]
        assert len(near) <= LIMITS["area_year"]["most"]
        recent = [when for when in near if end - timedelta(days=LIMITS["overlap"]["days"]) < when]
        assert len(recent) <= LIMITS["overlap"]["most"]
