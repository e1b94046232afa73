"""Human estimates: sealed before the number is seen, and scored beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from answerable.errors import InputError, NotAllowed
from answerable.intel.estimate import Estimate, scores, seal
from answerable.place import Window


@pytest.fixture
def estimate(now: datetime, evening: Window) -> Estimate:
    return Estimate("s1", "the estate", evening, 0.6, "moderate", "analyst", now)


def test_the_first_estimate_stays(estimate: Estimate, now: datetime) -> None:
    assert seal(estimate, None) is estimate
    shown = estimate.shown(0.2, now)
    assert seal(estimate, shown) is shown
    for changed in (replace(estimate, probability=0.2), replace(estimate, ancr="high")):
        with pytest.raises(NotAllowed, match="sealed"):
            seal(changed, shown)


def test_the_number_that_was_shown_first_stays(estimate: Estimate, now: datetime) -> None:
    assert estimate.shown(0.2, now).shown(0.9, now).computed == 0.2


def test_it_is_written_down_and_read_back(estimate: Estimate, now: datetime) -> None:
    for one in (estimate, estimate.shown(0.2, now).resolved(happened=True, treated=False)):
        assert Estimate.from_json(one.as_json()) == one


@pytest.mark.parametrize("wrong", [{"probability": 1.2}, {"probability": float("nan")}, {"ancr": "certain"}])
def test_what_is_no_estimate_is_refused(estimate: Estimate, wrong: dict[str, float]) -> None:
    with pytest.raises(InputError):
        replace(estimate, **wrong)


def test_people_and_pictures_are_scored_on_the_same_windows(estimate: Estimate, now: datetime) -> None:
    shown = estimate.shown(0.1, now)
    known = [shown.resolved(happened=True, treated=False), shown.resolved(happened=False, treated=False)]
    never_shown, treated = estimate.resolved(happened=True, treated=False), shown.resolved(happened=True, treated=True)
    assert scores([*known, never_shown, treated]) == {
        "scored": 2,
        "treated": 1,
        "human": {"brier": 0.26, "log": pytest.approx(-0.713558, abs=1e-6)},
        "computed": {"brier": 0.41, "log": pytest.approx(-1.203973, abs=1e-6)},
    }
    assert scores([estimate])["human"] is None
