"""What counts as said: a measure that reports something, and a log entry that can belong to the deployment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.case.machine import Case, Event
from answerable.case.parts import MeasurePart
from answerable.errors import UsageError

from .conftest import HOUR, NOW, PATROL

Act = Callable[..., tuple[Case, Event]]
Walk = Callable[..., Case]
ACTIVE = ("open", "submit", "assess", "advise", "authorise", "start")


@pytest.mark.parametrize("says", [".", "-", "n/a", "?", "...", "x", "1", "0 1", "Cannot tell", "cannot tell.", "tbc"])
def test_a_measure_that_says_nothing_is_not_reported(says: str) -> None:
    assert not MeasurePart(says=says).reported


@pytest.mark.parametrize(
    "says",
    ["No injury.", "22 officer hours.", "Cannot tell: too few answers.", "Cannot be told from one window.",
     "One incident in 28 days.", "None seen in the streets around."],
)  # fmt: skip
def test_words_that_say_something_are_a_report(says: str) -> None:
    assert MeasurePart(says=says).reported


def test_an_estimate_with_its_interval_is_a_report_whatever_its_words() -> None:
    assert MeasurePart(says=".", estimate=-1.0, low=-6.0, high=4.0).reported


@given(st.text(alphabet=st.characters(categories=("P", "S", "Z")), min_size=1, max_size=60))
def test_punctuation_alone_is_never_a_report(says: str) -> None:
    assert not MeasurePart(says=says).reported


@pytest.mark.parametrize(
    ("kind", "hours"),
    [
        ("static", -2),
        ("static", -24),
        ("foot_patrol", -24 * 365),
        ("arrive", -1.1),
        ("contact", -200),
        ("outside", -25),
    ],
)
def test_what_lies_before_the_deployment_is_none_of_its_log(walk: Walk, act: Act, kind: str, hours: float) -> None:
    case = walk(*ACTIVE)
    entry = replace(PATROL, kind=kind, at=NOW + timedelta(hours=hours))
    with pytest.raises(UsageError, match="before anything of this deployment") as caught:
        act(case, "log", entries=(PATROL, entry))
    assert "Europe/London" in str(caught.value)


@pytest.mark.parametrize(("kind", "hours"), [("static", -1), ("static", 0), ("arrive", 1.5), ("outside", -24)])
def test_what_an_oral_authority_could_have_covered_is_taken_and_flagged(
    walk: Walk, act: Act, kind: str, hours: float
) -> None:
    entry = replace(PATROL, kind=kind, at=NOW + hours * HOUR)
    (taken,) = act(walk(*ACTIVE), "log", entries=(entry,))[1].data["entries"]
    assert taken.get("outside_authority", False) is (kind != "outside")
