"""Which adoption is in force: the newest ordinary one, under a time-critical change for as long as that lasts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from answerable.case.adoption import Adoption, State, alarms, standing
from answerable.case.adoption.standing import ORDINARY
from answerable.case.adoption.stop import Evaluated, evaluated, suspended_at
from answerable.case.event import Event

NOW = datetime(2019, 2, 1, tzinfo=UTC)
DAY = timedelta(days=1)
PACK = "uk.armed_patrol"
TERMS = {
    "metrics": [{"id": "confidence_overall", "margin": 5, "unit": "percentage points"}],
    "stop_rules": [{"id": "confidence", "metric": "confidence_overall", "evaluations": 2}],
}


def _adopted(name: str, days_ago: float, **given: Any) -> Adoption:
    began = NOW - days_ago * DAY
    made = Adoption(name, State.ADOPTED, pack=PACK, adopted_at=began, sunset_at=began + 365 * DAY, terms=TERMS)
    return replace(made, **given)


def _bad(case: str, days_ago: float, fall: float | None = 8, *, benefit: bool = False) -> Evaluated:
    return Evaluated(case, NOW - days_ago * DAY, fall, benefit)


def test_nothing_was_ever_adopted() -> None:
    found = standing([], PACK, NOW)
    assert (found.adoption, found.why) == (None, "never")
    assert alarms(found, NOW) == ()


def test_the_newest_adoption_counts() -> None:
    older, newer = _adopted("A-1", 100), _adopted("A-2", 10)
    assert standing([newer, older], PACK, NOW).adoption == newer
    assert standing([newer, older], "uk.lfr", NOW).why == "never"


def test_v12_at_its_sunset_a_pack_fails_closed_and_the_commissioner_has_notice() -> None:
    """V12: the pack's sunset has passed and a threat is imminent."""
    found = standing([_adopted("A-1", 365)], PACK, NOW)
    assert (found.adoption, found.why, found.ended_at) == (None, "sunset", NOW)
    (alarm,) = alarms(found, NOW)
    assert "pcc" in alarm.to
    assert "The force acts under ordinary APP command, outside this tactic" in alarm.says


def test_an_older_adoption_never_comes_back_when_a_newer_one_ends() -> None:
    older = _adopted("A-1", 100)
    for end in ({"sunset_at": NOW}, {"state": State.REPEALED}):
        assert standing([older, _adopted("A-2", 10, **end)], PACK, NOW).adoption is None


def test_a_time_critical_change_lies_over_the_pack_and_lets_it_show_again() -> None:
    pack, change = _adopted("A-1", 100), _adopted("A-2", 3, reverts_at=NOW + DAY)
    assert standing([pack, change], PACK, NOW).adoption == change
    assert standing([pack, change], PACK, NOW + DAY).adoption == pack
    assert standing([pack, replace(change, state=State.REPEALED)], PACK, NOW).adoption == pack


def test_a_time_critical_change_falls_with_the_pack_it_varies() -> None:
    change = _adopted("A-2", 3, reverts_at=NOW + DAY)
    assert standing([_adopted("A-1", 100, sunset_at=NOW), change], PACK, NOW).adoption is None
    assert standing([change], PACK, NOW).adoption is None
    assert standing([change, _adopted("A-3", 1)], PACK, NOW).adoption == _adopted("A-3", 1)


def test_a_clock_set_back_brings_nothing_back() -> None:
    repeal = Event("A-1", 1, "repeal", NOW, "chief_officer", {}, {})
    repealed = _adopted("A-1", 100, state=State.REPEALED, events=(repeal,))
    assert standing([repealed], PACK, NOW - 50 * DAY).why == "repealed"
    change = _adopted("A-2", 20, reverts_at=NOW - 13 * DAY)
    later = _adopted("A-1", 100, events=(replace(repeal, kind="evaluation"),))
    assert standing([later, change], PACK, NOW - 15 * DAY).adoption == later


def test_two_falls_in_confidence_running_without_a_benefit_suspend_the_pack() -> None:
    adopted = _adopted("A-1", 100)
    one = standing([adopted], PACK, NOW, [_bad("1", 40)])
    two = standing([adopted], PACK, NOW, [_bad("1", 40), _bad("2", 20)])
    assert one.adoption == adopted
    assert (two.adoption, two.suspended_at) == (None, NOW - 20 * DAY)
    (alarm,) = alarms(two, NOW)
    assert (alarm.kind, "stop rule" in alarm.says, ORDINARY in alarm.says) == ("suspended", True, True)


def test_a_review_that_ends_in_renewal_lifts_the_suspension() -> None:
    falls = [_bad("1", 40), _bad("2", 20)]
    assert standing([_adopted("A-1", 100, renewed_at=NOW - 10 * DAY)], PACK, NOW, falls).adoption is not None
    assert standing([_adopted("A-1", 100), _adopted("A-2", 10)], PACK, NOW, falls).adoption is not None


def test_a_suspension_holds_a_time_critical_change_too() -> None:
    change = _adopted("A-2", 3, reverts_at=NOW + DAY)
    assert standing([_adopted("A-1", 100), change], PACK, NOW, [_bad("1", 40), _bad("2", 20)]).adoption is None


@pytest.mark.parametrize(
    "second",
    [_bad("2", 20, fall=5), _bad("2", 20, benefit=True), _bad("2", 20, fall=None, benefit=True)],
    ids=["within the margin", "violence fell", "violence fell, confidence not measured"],
)
def test_a_fall_that_does_not_count_starts_the_count_again(second: Evaluated) -> None:
    assert standing([_adopted("A-1", 100)], PACK, NOW, [_bad("1", 40), second, _bad("3", 10)]).adoption is not None


def test_confidence_that_was_not_measured_neither_counts_nor_starts_the_count_again() -> None:
    not_measured = _bad("2", 20, fall=None)
    assert standing([_adopted("A-1", 100)], PACK, NOW, [_bad("1", 40), not_measured]).adoption is not None
    assert standing([_adopted("A-1", 100)], PACK, NOW, [_bad("1", 40), not_measured, _bad("3", 10)]).why == "suspended"


def test_what_was_evaluated_before_the_adoption_does_not_count() -> None:
    assert standing([_adopted("A-1", 100)], PACK, NOW, [_bad("1", 200), _bad("2", 20)]).adoption is not None


def test_later_evaluations_do_not_lift_a_suspension() -> None:
    better = _bad("3", 5, fall=0, benefit=True)
    assert suspended_at([_bad("1", 40), _bad("2", 20), better], 5, 2, NOW - 100 * DAY) == NOW - 20 * DAY


@pytest.mark.parametrize(
    ("measures", "fall"),
    [
        ({"confidence_overall": -8}, 8),
        ({"confidence_overall": {"change": -8, "low": -12, "high": -4}}, 8),
        ({"confidence_overall": 1, "confidence_by_group": {"under 25": {"estimate": -9}, "over 25": 2}}, 9),
        ({"confidence_by_group": [{"group": "under 25", "change": -7}]}, 7),
        ({"confidence_overall": {"says": "Down.", "estimate": -8.0, "low": -12.0, "high": -4.0, "unit": "points"}}, 8),
        ({"confidence_overall": {"says": "No survey.", "estimate": None, "low": None, "high": None}}, None),
        ({"confidence_overall": 3}, 0),
        ({"confidence_overall": "not measured"}, None),
        ({"violence_area": -4}, None),
    ],
)
def test_the_largest_fall_counts_overall_or_in_any_group(measures: dict[str, Any], fall: float | None) -> None:
    read = evaluated("1", NOW, {"verdict": "cannot_tell", "measures": measures})
    assert (read.fall, read.benefit) == (fall, False)
    assert evaluated("1", NOW, {"verdict": "fell", "measures": measures}).benefit


def test_an_evaluation_that_is_due_and_not_published_is_an_alarm() -> None:
    adopted = _adopted("A-1", 100, evaluation_due_at=NOW)
    (alarm,) = alarms(standing([adopted], PACK, NOW), NOW)
    assert alarm.kind == "evaluation_overdue"
    assert alarm.as_json()["at"] == "2019-02-01T00:00:00Z"
    decided = Event("A-1", 1, "adopt", NOW - 100 * DAY, "chief_officer", {}, {})
    published = replace(adopted, events=(decided,), evaluations=({"at": NOW, "event": 2},))
    assert alarms(standing([published], PACK, NOW), NOW) == ()
