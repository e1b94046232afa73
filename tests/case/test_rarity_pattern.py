"""Weekly patterns: a tactic that comes back at the same hour of the week is a routine, whatever each case says."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from answerable.case.rarity import Authorised, rarity, weekly_pattern
from answerable.place import Window
from answerable.policy.pack import load_pack

FRIDAY = datetime(2018, 11, 30, 20, tzinfo=UTC)
LIMITS = load_pack("uk.armed_patrol").settings["rarity"]
LONDON = "Europe/London"


def night(weeks: float, hours: float = 4, later_h: float = 0) -> Window:
    return Window.of_hours(FRIDAY + timedelta(weeks=weeks, hours=later_h), hours)


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_two_earlier_cases_at_even_steps_of_one_to_four_weeks_make_a_pattern(step: int) -> None:
    assert weekly_pattern([night(-step), night(-2 * step)], night(0), LONDON) == step


def test_one_earlier_case_makes_none() -> None:
    assert weekly_pattern([night(-1)], night(0), LONDON) is None


def test_two_in_the_same_week_make_none() -> None:
    assert weekly_pattern([night(-1), night(-1, later_h=2)], night(0), LONDON) is None


def test_uneven_steps_another_weekday_and_other_hours_make_none() -> None:
    assert weekly_pattern([night(-1), night(-3)], night(0), LONDON) is None
    assert weekly_pattern([night(-1), night(-2, later_h=24)], night(0), LONDON) is None
    assert weekly_pattern([night(-1), night(-2, later_h=-4)], night(0), LONDON) is None


def test_hours_that_only_touch_are_not_shared_and_an_hour_in_common_is() -> None:
    assert weekly_pattern([night(-1, later_h=4), night(-2)], night(0), LONDON) is None
    assert weekly_pattern([night(-1, later_h=3), night(-2, later_h=-3)], night(0), LONDON) == 1


def test_five_weeks_apart_is_no_weekly_pattern_unless_the_pack_says_so() -> None:
    five = [night(-5), night(-10)]
    assert weekly_pattern(five, night(0), LONDON) is None
    assert weekly_pattern(five, night(0), LONDON, {"up_to_weeks": 5}) == 5


def test_a_pack_may_ask_for_a_longer_run() -> None:
    assert weekly_pattern([night(-1), night(-2)], night(0), LONDON, {"repeats": 3}) is None
    assert weekly_pattern([night(-1), night(-2), night(-3)], night(0), LONDON, {"repeats": 3}) == 1


def test_a_case_put_between_two_others_completes_their_pattern() -> None:
    assert weekly_pattern([night(-1), night(1)], night(0), LONDON) == 1


def test_the_hour_is_the_one_on_the_wall_when_the_clocks_change() -> None:
    # The clocks went back on 28 October 2018: 20:00 in London was 19:00 UTC before, and 20:00 UTC after.
    evenings = [datetime(2018, 10, 19, 19, tzinfo=UTC), datetime(2018, 10, 26, 19, tzinfo=UTC)]
    earlier = [Window.of_hours(at, 1) for at in evenings]
    after = Window.of_hours(datetime(2018, 11, 2, 20, tzinfo=UTC), 1)
    assert weekly_pattern(earlier, after, LONDON) == 1
    assert weekly_pattern(earlier, after, "UTC") is None


def weeks_until_block(step: int, *, same_area: bool, jitter_h: int = 0, seed: int = 1) -> int:
    """In which week the first request of a standing pattern is blocked, by a limit or as a pattern (first week: 1)."""
    rng = random.Random(seed)
    passed: list[Authorised] = []
    for week in range(1, 200, step):
        window = night(week - 1, later_h=rng.randint(-jitter_h, jitter_h))
        new = Authorised(str(week), window.start - timedelta(hours=2), granted=window, out=window)
        near = [case for case in passed if same_area]
        pattern = weekly_pattern([case.granted for case in near if case.granted], window, LONDON)
        found = rarity(passed, lambda one, other: same_area or one == other, new, LIMITS)
        if pattern or found.level == "block":
            return week
        passed.append(new)
    return 200


@pytest.mark.parametrize(
    ("step", "same_area", "blocked_in_week"),
    [
        (1, True, 3),
        (2, True, 5),
        (3, True, 7),
        (4, True, 9),
        (1, False, 5),
        (2, False, 9),
        (3, False, 13),
        (4, False, 17),
    ],
)
def test_a_standing_pattern_is_blocked_in_the_week_the_documents_say(
    step: int, same_area: bool, blocked_in_week: int
) -> None:
    assert weeks_until_block(step, same_area=same_area) == blocked_in_week


@pytest.mark.parametrize("seed", range(20))
def test_moving_the_hours_about_does_not_escape_the_limits(seed: int) -> None:
    assert weeks_until_block(1, same_area=True, jitter_h=72, seed=seed) <= 4
    assert weeks_until_block(4, same_area=True, jitter_h=72, seed=seed) <= 13
