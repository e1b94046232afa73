"""What an evaluation says: verdicts by interval and margin, a summary in words, and what is not offered."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable import evaluate
from answerable.errors import InputError, UsageError
from answerable.evaluate.plan import plan
from answerable.evaluate.summary import Row, Summary
from answerable.evaluate.verdict import VERDICTS, verdict_for


@pytest.mark.parametrize(
    ("low", "high", "checks", "says"),
    [
        (0.4, 0.8, (), "fell"),
        (1.2, 2.0, (), "rose"),
        (0.92, 1.08, (), "no difference that matters"),
        (0.91, 0.99, (), "no difference that matters"),
        (0.4, 1.3, (), "cannot tell"),
        (0.0, math.inf, (), "cannot tell"),
        (0.4, 0.8, (0.9, 0.7), "fell"),
        (0.4, 0.8, (0.9, 1.1), "cannot tell"),
        (1.2, 2.0, (0.9,), "cannot tell"),
    ],
)
def test_verdicts(low, high, checks, says) -> None:
    assert verdict_for(low, high, checks=checks) == says


def test_the_likeliest_change_has_to_be_one_that_matters() -> None:
    assert verdict_for(0.7, 0.99, estimate=0.83) == "fell"
    assert verdict_for(0.8, 0.99, estimate=0.92) == "cannot tell"
    assert verdict_for(1.01, 1.2, estimate=1.09) == "cannot tell"


@given(a=st.floats(0, 10), b=st.floats(0, 10), margin=st.floats(0.01, 0.99))
def test_every_interval_has_one_of_six_verdicts(a, b, margin) -> None:
    said = verdict_for(min(a, b), max(a, b), margin=margin)
    assert said in VERDICTS
    if min(a, b) < 1 - margin and max(a, b) > 1 + margin:
        assert said == "cannot tell"


@pytest.mark.parametrize("given", [(2.0, 1.0), (-1.0, 1.0), (math.nan, 1.0), (0.5, math.nan)])
def test_an_interval_that_is_none_is_refused(given) -> None:
    with pytest.raises(InputError):
        verdict_for(*given)


@pytest.mark.parametrize("name", ["before_after", "pre_post", "before_and_after", "percent_change"])
def test_there_is_no_before_and_after_and_asking_says_why(name) -> None:
    with pytest.raises(UsageError, match=r"-59\.6 %") as refused:
        getattr(evaluate, name)
    assert "trigger_matched" in refused.value.fix


def test_anything_else_that_is_not_there_is_simply_not_there() -> None:
    assert not hasattr(evaluate, "crystal_ball")


SUMMARY = Summary(
    title="Programme <1>",
    method="exact",
    table=(Row("events", "3", "in 40 windows"),),
    prose=("We cannot tell.",),
    verdict="cannot tell",
    assumptions=("windows are alike",),
    power="Power 4 %.",
    would_change="More deployments.",
    exploratory=True,
    numbers={"events": 3},
)


def test_a_summary_says_first_that_it_is_exploratory() -> None:
    assert SUMMARY.sentences()[0].startswith("Exploratory")
    assert "This assumes: windows are alike." in SUMMARY.sentences()
    assert "What could be seen: Power 4 %." in SUMMARY.sentences()
    assert "What would change this: More deployments." in SUMMARY.sentences()
    assert str(SUMMARY).endswith("Method: exact")


def test_a_summary_reads_back_from_json() -> None:
    document = json.loads(json.dumps(SUMMARY.as_json()))
    assert document["verdict"] == "cannot tell"
    assert document["table"] == [{"label": "events", "value": "3", "note": "in 40 windows"}]


def test_a_notebook_s_view_holds_no_markup_of_others() -> None:
    html = SUMMARY._repr_html_()
    assert "Programme &lt;1&gt;" in html
    assert "<th scope='row'>events</th><td>3</td>" in html


def test_a_programme_that_stays_rare_is_told_beforehand_that_it_can_show_nothing() -> None:
    found = plan(0.05, 0.3)
    assert found.prose[0].startswith("This programme is too rare for its effect ever to be shown.")
    assert found.numbers["needed"] == pytest.approx(2450, rel=0.01)
    assert found.numbers["smallest_fall_in_ten_years"] is None
    assert "95 times in 100" in found.prose[1]


def test_a_programme_that_could_show_something_is_told_when() -> None:
    found = plan(1.0, 0.3, controls=5, a_year=50)
    assert not found.numbers["too_rare"]
    assert found.prose[0].endswith("within 2 years.")


@pytest.mark.parametrize("given", [(0.05, 0.3, 0.0), (0.0, 0.3, 4.0), (0.05, 0.0, 4.0), (0.05, 1.5, 4.0)])
def test_plans_that_are_none_are_refused(given) -> None:
    with pytest.raises(InputError):
        plan(given[0], given[1], a_year=given[2])


@settings(max_examples=15)
@given(baseline=st.floats(0.02, 2), fall=st.floats(0.1, 0.9), a_year=st.floats(1, 60))
def test_no_plan_says_prevented_or_proved(baseline, fall, a_year) -> None:
    said = str(plan(baseline, fall, a_year=a_year)).lower()
    assert "prevented" not in said
    assert "proved" not in said
