"""The rarity guard: what must be the exception is counted, and no sequence of permitted cases exceeds its ceiling."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from answerable.case.rarity import Authorised, Limit, Measure, Rarity, rarity
from answerable.errors import InputError
from answerable.place import Window
from answerable.policy.pack import load_pack

NOW = datetime(2018, 11, 30, tzinfo=UTC)
LIMITS = load_pack("uk.armed_patrol").settings["rarity"]
NEW = Authorised("new", NOW)


def everywhere(one: str, other: str) -> bool:
    return True


def nowhere(one: str, other: str) -> bool:
    return False


def asked(*days_ago: float, here: bool = True) -> Rarity:
    earlier = [Authorised(str(n), NOW - timedelta(days=days)) for n, days in enumerate(days_ago)]
    return rarity(earlier, everywhere if here else nowhere, NEW, LIMITS)


def level(*days_ago: float, here: bool = True) -> str:
    return asked(*days_ago, here=here).level


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


def test_a_year_is_366_days_so_that_no_calendar_year_holds_more_than_the_limit() -> None:
    assert level(366, 366, 367, 400) == "notice"
    assert level(365.9) == "escalate"
    first = datetime(2020, 1, 1, 12, tzinfo=UTC)
    leap = [Authorised(str(n), first + timedelta(days=n)) for n in range(4)]
    late = Authorised("new", datetime(2020, 12, 31, 18, tzinfo=UTC))
    assert rarity(leap, nowhere, late, LIMITS).level == "block"


def test_the_counts_are_said_in_a_sentence() -> None:
    found = asked(3)
    assert (found.in_force, found.in_area, found.overlapping) == (2, 2, 2)
    assert found.sentence == (
        "It would be number 2 in the force and number 2 in this area within a year, and number 2 in this area within "
        "28 days. Only a chief officer may authorise it."
    )


def test_level_reason_and_every_measure_can_be_published() -> None:
    found = asked(3).as_json()
    assert found["level"] == "escalate"
    assert found["sentence"] == asked(3).sentence
    assert found["measures"]["overlap"] == {
        "value": 2,
        "limit": {"notice": None, "escalate": 2, "most": 2},
        "level": "escalate",
        "clause": "number 2 in this area within 28 days",
    }


def test_a_later_case_counts_too_so_that_a_clock_set_back_lets_nothing_through() -> None:
    later = [Authorised(str(n), NOW + timedelta(days=10 + n)) for n in range(4)]
    assert rarity(later, nowhere, NEW, LIMITS).level == "block"
    assert rarity([Authorised("a", NOW + timedelta(days=366))], nowhere, NEW, LIMITS).in_force == 1


def test_cases_on_both_sides_count_together_only_where_one_year_holds_them() -> None:
    sides = [Authorised(str(n), NOW + timedelta(days=days)) for n, days in enumerate((-300, -200, 200, 300))]
    # -200, 0 and ... 200 are 400 days apart: no year holds more than three of the five.
    assert rarity(sides, nowhere, NEW, LIMITS).in_force == 3


def test_small_areas_inside_an_earlier_one_count_for_the_ground_of_that_one() -> None:
    # Two small areas that do not touch lie inside one large one; a third small one would be its fourth.
    inside = [Authorised(name, NOW - timedelta(days=days)) for name, days in (("large", 200), ("a", 150), ("b", 100))]

    def overlap(one: str, other: str) -> bool:
        return one == other or "large" in (one, other)

    found = rarity(inside, overlap, NEW, LIMITS)
    assert found.in_area == 4
    assert found.level == "block"


@pytest.mark.parametrize("days", [1, 7, 30])
def test_a_standing_pattern_reaches_the_block(days: int) -> None:
    permitted: list[Authorised] = []
    for n in range(60):
        new = Authorised(str(n), NOW + timedelta(days=days * n))
        if rarity(permitted, everywhere, new, LIMITS).level == "block":
            break
        permitted.append(new)
    assert len(permitted) in (2, 3)


def out(start: datetime, hours: float) -> Window:
    return Window.of_hours(start, hours)


def active(case: str, days_ago: float, hours: float) -> Authorised:
    start = NOW - timedelta(days=days_ago)
    return Authorised(case, start, granted=out(start, hours), out=out(start, hours))


MORE = {
    "area_hours_28": {"notice": 6, "escalate": 12, "most": 18},
    "area_days_90": {"notice": 2, "escalate": 4, "most": 6},
    "force_quarter": {"notice": 2, "escalate": 3, "most": 4},
}


def test_hours_days_and_quarters_have_levels_where_a_pack_gives_them() -> None:
    earlier = [active("a", 20, 6), active("b", 10, 6)]
    found = rarity(earlier, everywhere, active("new", 0, 6), MORE)
    told = {measure.name: (measure.value, measure.level) for measure in found.measures}
    assert told["area_hours_28"] == (18, "escalate")
    assert told["area_days_90"] == (3, "notice")
    assert told["force_quarter"] == (3, "escalate")
    assert rarity(earlier, everywhere, active("new", 0, 6.5), MORE).level == "block"


def test_hours_that_left_the_28_days_in_part_count_in_part() -> None:
    # 28 days before the new case ends, half of the earlier one was still to come.
    earlier = [active("a", 28, 6)]
    found = rarity(earlier, everywhere, active("new", 0, 3), MORE)
    assert next(m.value for m in found.measures if m.name == "area_hours_28") == pytest.approx(6)


def test_a_case_over_midnight_is_two_days_of_its_own_zone() -> None:
    new = Authorised("new", NOW, out=out(datetime(2018, 6, 1, 22, 30, tzinfo=UTC), 2))
    in_utc = {m.name: m.value for m in rarity([], everywhere, new, MORE).measures}
    in_london = {m.name: m.value for m in rarity([], everywhere, new, MORE, tz="Europe/London").measures}
    assert (in_utc["area_days_90"], in_london["area_days_90"]) == (2, 2)
    early = Authorised("new", NOW, out=out(datetime(2018, 6, 1, 23, 30, tzinfo=UTC), 2))
    assert {m.name: m.value for m in rarity([], everywhere, early, MORE).measures}["area_days_90"] == 2
    alone = {m.name: m.value for m in rarity([], everywhere, early, MORE, tz="Europe/London").measures}
    assert alone["area_days_90"] == 1


def test_measures_made_elsewhere_raise_the_level_and_are_said() -> None:
    urgent = Measure.of("urgent_share", 0.5, Limit(escalate=0.5), "2 of 4 authorised within a year were urgent")
    found = rarity([], nowhere, NEW, LIMITS, others=[urgent])
    assert found.level == "escalate"
    assert "2 of 4 authorised within a year were urgent." in found.sentence


def test_a_measure_that_is_not_known_has_no_level() -> None:
    assert Measure.of("approval_rate", None, Limit(notice=0), "").level == "none"


@pytest.mark.parametrize("wrong", ["many", True, -1])
def test_a_limit_that_is_no_number_is_named(wrong: Any) -> None:
    with pytest.raises(InputError, match="force_year, most"):
        rarity([], nowhere, NEW, {"force_year": {"most": wrong}})


# The property test. Areas are stretches of a street: [start, start + length).
Asked = tuple[int, int, int, bool]
ASKED = st.tuples(
    # A clock may jump back by a month, stand still, or go on by up to two months.
    st.one_of(st.integers(-31 * 24, 60 * 24), st.integers(0, 12), st.sampled_from([28 * 24, 366 * 24, 365 * 24])),
    st.integers(0, 6),
    st.integers(1, 4),
    st.booleans(),
)


def permitted(sequence: list[Asked], limits: dict[str, Any]) -> list[tuple[Authorised, range]]:
    """The cases of a sequence that the guard lets through, with their areas."""
    passed: list[tuple[Authorised, range]] = []
    at = NOW
    for number, (hours, start, length, urgent) in enumerate(sequence):
        at += timedelta(hours=hours)
        street = range(start, start + length)
        grounds = {case.case: ground for case, ground in passed} | {str(number): street}

        def overlap(one: str, other: str, grounds: dict[str, range] = grounds) -> bool:
            return bool(set(grounds[one]) & set(grounds[other]))

        window = out(at + timedelta(hours=hours % 12), 3 if urgent else 1 + length)
        new = Authorised(str(number), at, urgent, granted=window, out=window)
        if rarity([case for case, _ in passed], overlap, new, limits).level != "block":
            passed.append((new, street))
    return passed


def windows(instants: list[datetime], days: float) -> list[tuple[datetime, datetime]]:
    """Every window of a length that could hold a different set: beginning or ending at, just before or after, one."""
    span, tick = timedelta(days=days), timedelta(seconds=1)
    edges = {
        at + shift + nudge for at in instants for shift in (timedelta(0), -span) for nudge in (-tick, tick * 0, tick)
    }
    return [(edge, edge + span) for edge in edges]


def check_ceilings(passed: list[tuple[Authorised, range]], limits: dict[str, Any]) -> None:
    """A count by brute force, which shares nothing with the guard: every window, every place, every case's own area."""
    instants = [case.at for case, _ in passed]
    for start, end in windows(instants, 366) + windows(instants, 365):
        assert sum(start <= case.at < end for case, _ in passed) <= limits["force_year"]["most"]
    for days, name in ((366, "area_year"), (365, "area_year"), (28, "overlap")):
        for start, end in windows(instants, days):
            held = [ground for case, ground in passed if start <= case.at < end]
            for place in range(12):
                assert sum(place in ground for ground in held) <= limits[name]["most"]
            for area in held:
                assert sum(bool(set(area) & set(ground)) for ground in held) <= limits[name]["most"]
    for year in {at.year for at in instants}:
        assert sum(at.year == year for at in instants) <= limits["force_year"]["most"]
    for start, end in windows([edge for case, _ in passed if case.out for edge in (case.out.start, case.out.end)], 28):
        for place in range(12):
            there = [case.out for case, ground in passed if case.out and place in ground]
            seconds = sum(max(0.0, (min(end, one.end) - max(start, one.start)).total_seconds()) for one in there)
            assert seconds <= limits.get("area_hours_28", {}).get("most", 1e9) * 3600 + 1e-6
    for start, end in windows(instants, 92):
        most = limits.get("force_quarter", {}).get("most", 1e9)
        assert sum(start <= case.at < end for case, _ in passed) <= most


TIGHT = {**LIMITS, "area_hours_28": {"most": 5}, "force_quarter": {"most": 2}}


@pytest.mark.parametrize("limits", [LIMITS, TIGHT], ids=["pack", "tight"])
@given(sequence=st.lists(ASKED, min_size=1, max_size=40))
@example(sequence=[(100, 0, 1, False)] * 4 + [(-150, 0, 1, False)] * 4)
@settings(max_examples=300)
def test_no_sequence_of_permitted_cases_exceeds_a_ceiling(limits: dict[str, Any], sequence: list[Asked]) -> None:
    check_ceilings(permitted(sequence, limits), limits)


def test_the_brute_force_count_would_notice_a_case_too_many() -> None:
    days = (0, 90, 180, 270, 365.5)
    too_many = [(Authorised(str(n), NOW + timedelta(days=day)), range(2 * n, 2 * n + 1)) for n, day in enumerate(days)]
    with pytest.raises(AssertionError):
        check_ceilings(too_many, LIMITS)


def test_the_guard_permits_as_many_as_the_limits_do() -> None:
    # Not by refusing everything: four distant areas in a year pass, and so does a fifth case a year later.
    yearly = [(0, 0, 1, False), (24, 2, 1, False), (24, 4, 1, False), (24, 6, 1, False), (366 * 24, 0, 1, False)]
    assert len(permitted(yearly, LIMITS)) == 5


def test_the_order_in_which_earlier_cases_are_told_does_not_matter() -> None:
    earlier = [Authorised(str(n), NOW - timedelta(days=days)) for n, days in enumerate((5, 40, 100))]
    found = {rarity(list(order), everywhere, NEW, LIMITS) for order in itertools.permutations(earlier)}
    assert len({(one.level, one.sentence) for one in found}) == 1
