"""Pictures: each origin counts once, one source never crosses the threshold alone, and every step is shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.intel.outcome import Trial
from answerable.intel.picture import Picture, Prior, make_picture
from answerable.intel.picture_text import as_text
from answerable.intel.place import Place
from answerable.intel.reach import Reach
from answerable.intel.reliability import GRID, Ratio, Reliability, measure
from answerable.intel.report import Report
from answerable.place import Projection, Window

Make = Callable[..., Report]
NOW = datetime(2018, 11, 30, 18, tzinfo=UTC)
EVENING = Window.of_hours(NOW + timedelta(hours=2), 4)
ESTATE = Place("the estate", place=(-0.0705, 51.6012), radius_m=400)
AREA = ESTATE.area(Projection("EPSG:27700"))
PRIOR = Prior(0.03, 0.01, 0.08, 0.001, "long_run")


class Known(Reliability):
    """A reliability that says one ratio for each cell, almost without doubt."""

    def __init__(self, ratios: dict[str, float], otherwise: float = 1.0) -> None:
        self.ratios, self.otherwise = ratios, otherwise

    def ratio(self, cell: str, prior: float) -> Ratio:
        weight = np.exp(-0.5 * ((GRID - np.log(self.ratios.get(cell, self.otherwise))) / 0.06) ** 2)
        return Ratio(cell, "all", 9, 9, weight / weight.sum())


def told(ref: str, grade: str = "1A", **changes: Any) -> Report:
    fields = {
        "ref": ref, "source": grade[0], "information": grade[1:], "handling": "P", "origin_key": f"key of {ref}",
        "received_at": NOW - timedelta(hours=3), "event_window": EVENING, "place": ESTATE,
    }  # fmt: skip
    return Report(**{**fields, **changes})


def picture(reports: list[Report], reliability: Reliability, prior: Prior = PRIOR, **changes: Any) -> Picture:
    fields = {"area": AREA, "window": EVENING, "at": NOW, **changes}
    return make_picture(prior, reports, reliability, **fields)


def test_the_steps_multiply_to_the_result() -> None:
    found = picture([told("A", "1A"), told("B", "2B")], Known({"3x5x2 1A": 10, "3x5x2 2B": 5}), ancr="moderate")
    assert [step.kind for step in found.steps] == ["base_rate", "forecast", "origin", "origin"]
    odds = 0.03 / 0.97 * 10 * 5
    assert found.probability == pytest.approx(odds / (1 + odds), rel=0.01)
    assert found.low < found.probability < found.high
    assert (found.origins, found.from_one_source, found.needs_second_origin) == (2, False, False)
    assert found.words == "likely"
    assert found.ancr == "moderate"
    factors = [step.ratio for step in found.steps if step.kind == "origin"]
    assert factors == pytest.approx([10, 5], rel=0.01)


def test_without_reports_the_picture_is_the_forecast_with_its_interval() -> None:
    found = picture([], measure([]))
    assert (found.probability, found.origins) == (0.03, 0)
    assert (found.low, found.high) == pytest.approx((0.01, 0.08), rel=0.05)
    assert found.words == "remote chance"


def test_the_interval_adds_up_what_is_not_known_of_each_part() -> None:
    sure, unsure = picture([told("A")], Known({}, 4.0)), picture([told("A")], measure([]))
    forecast = picture([], measure([]))
    log = np.log
    width = [
        log(p.computed[2] / (1 - p.computed[2])) - log(p.computed[1] / (1 - p.computed[1]))
        for p in (forecast, sure, unsure)
    ]
    assert width[0] == pytest.approx(width[1], rel=0.05)
    ratio = measure([]).ratio("3x5x2 1A", 0.03)
    expected = np.hypot(width[0], log(ratio.high / ratio.low))
    assert width[2] == pytest.approx(expected, rel=0.06)


def test_in_a_gap_of_the_yardstick_the_number_stands_with_both_neighbours() -> None:
    prior = Prior(0.07, 0.05, 0.09, 0.01, "long_run")
    assert picture([], measure([]), prior).words == "7 %, between remote chance and highly unlikely"


def test_an_origin_speaks_once_through_its_first_report_and_echoes_change_nothing() -> None:
    known = Known({"3x5x2 2C": 3, "3x5x2 1A": 50})
    first = told("A", "2C", origin_key="k")
    echoes = [told(f"E{n}", "1A", origin_key="k", received_at=NOW - timedelta(minutes=n)) for n in range(5)]
    alone, with_echoes = picture([first], known), picture([*echoes, first], known)
    assert with_echoes.probability == alone.probability
    assert with_echoes.origins == 1
    assert "5 more from the same origin add nothing" in with_echoes.steps[-1].says
    assert dict(with_echoes.left_out)["E0"] == "It comes from the same origin as A, which speaks for both."


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"source": "3"}, "not to be relied on"),
        ({"information": "E"}, "not to be relied on"),
        ({"scheme": "5x5x5", "source": "A", "information": "1", "handling": "1"}, "counts when it is graded again"),
        ({"place": None}, "names no place"),
        ({"event_window": None}, "names no window"),
        ({"event_window": Window.of_hours(EVENING.end, 4)}, "another place or another time"),
        ({"place": Place("elsewhere", place=(-0.2, 51.6), radius_m=400)}, "another place or another time"),
        ({"expires_at": NOW}, "has expired"),
    ],
)
def test_a_report_that_cannot_count_is_left_out_with_the_reason(changes: dict[str, Any], why: str) -> None:
    found = picture([told("A", **changes)], Known({}, 50.0))
    assert found.probability == PRIOR.probability
    assert why in dict(found.left_out)["A"]


def test_a_report_from_the_future_makes_no_picture() -> None:
    with pytest.raises(InputError, match="in the future"):
        picture([told("A", received_at=NOW + timedelta(hours=1))], measure([]))


ONE_ORIGIN = st.lists(
    st.tuples(st.sampled_from("123"), st.sampled_from("ABCDE"), st.floats(0.1, 20)), min_size=1, max_size=6
)


@given(
    ratio=st.floats(1e-3, 20_000),
    made=ONE_ORIGIN,
    prior=st.floats(1e-5, 0.999),
    joined=st.sampled_from(["key", "derived", "copied"]),
)
def test_one_source_can_never_alone_cross_the_armed_threshold(
    ratio: float, made: list[tuple[str, str, float]], prior: float, joined: str
) -> None:
    reports = []
    for number, (source, information, hours) in enumerate(made):
        join: dict[str, Any] = {
            "key": {"origin_key": "one post"},
            "derived": {"derived_from": ("R0",) if number else ()},
            "copied": {"gist": "a group may come armed to the estate this evening"},
        }[joined]
        received = NOW - timedelta(hours=hours)
        reports.append(told(f"R{number}", source + information, received_at=received, **join))
    found = picture(reports, Known({}, ratio), Prior(prior, prior / 2, (1 + prior) / 2, prior / 3, "long_run"))
    assert found.origins <= 1
    assert found.probability <= max(0.49, prior)
    # Below the floor of 'likely', unless the forecast alone is there, and then the picture says what is missing.
    assert found.probability < 0.55 or found.needs_second_origin
    if found.computed[0] >= 0.55:
        assert found.needs_second_origin
        assert found.from_one_source == (found.origins == 1)
    assert 0 <= found.low <= found.probability <= found.high <= 1


@given(strong=st.floats(1, 20_000), weak=st.floats(0.01, 1.99))
def test_a_second_origin_that_says_next_to_nothing_is_no_second_voice(strong: float, weak: float) -> None:
    found = picture([told("A", "1A"), told("B", "2B")], Known({"3x5x2 1A": strong, "3x5x2 2B": weak}))
    assert found.probability < 0.55


@given(st.permutations([told("A", "1A"), told("B", "2B"), told("C", "2C", origin_key="key of B"), told("D", "3A")]))
def test_the_order_of_reports_changes_no_number(reports: list[Report]) -> None:
    found = picture(reports, Known({"3x5x2 1A": 10, "3x5x2 2B": 5, "3x5x2 2C": 7}))
    assert found.computed[0] == pytest.approx(0.03 / 0.97 * 50 / (1 + 0.03 / 0.97 * 50), rel=0.01)


def test_the_held_step_is_shown_as_a_rule_with_what_was_computed() -> None:
    found = picture([told("A")], Known({}, 1000.0))
    assert (found.probability, found.steps[-1].kind) == (0.49, "rule")
    assert found.computed[0] == pytest.approx(0.969, abs=0.002)
    assert "a rule, not a finding" in found.steps[-1].says
    document = found.as_json()
    assert document["needs_second_origin"]
    assert document["computed"]["probability"] == found.computed[0]


def test_confidence_is_never_multiplied_in() -> None:
    pictures = [picture([told("A")], measure([]), ancr=ancr) for ancr in (None, "low", "high")]
    assert len({(p.probability, p.low, p.high) for p in pictures}) == 1


@given(st.floats(0.02, 1), st.floats(0.02, 1), st.floats(0.01, 1000), st.floats(1e-4, 0.9))
def test_what_partly_concerns_the_question_moves_it_less(
    of_asked: float, of_report: float, ratio: float, prior: float
) -> None:
    moved = Reach(of_asked, of_report).ratio(ratio, prior)
    assert min(1, ratio) - 1e-9 <= moved <= max(1, ratio) * (1 + 1e-9)
    assert Reach(1, 1).ratio(ratio, prior) == pytest.approx(ratio)
    assert Reach(0, 1).ratio(ratio, prior) == 1


def test_a_report_about_the_whole_borough_says_less_of_one_estate() -> None:
    borough = Place("the borough", place=(-0.0705, 51.6012), radius_m=4000)
    near = picture([told("A")], Known({}, 100.0)).computed[0]
    far = picture([told("A", place=borough)], Known({}, 100.0)).computed[0]
    assert 0.03 < far < near / 3


@pytest.mark.parametrize(
    "numbers", [(0.0, 0, 0.1, 0.1), (0.5, 0.6, 0.7, 0.1), (0.5, 0.4, 0.6, 1.1), (1.0, 0.9, 1.0, 0.1)]
)
def test_what_is_no_forecast_starts_no_picture(numbers: tuple[float, float, float, float]) -> None:
    with pytest.raises(InputError):
        Prior(*numbers, "long_run")


def test_a_picture_can_be_read_as_text() -> None:
    from answerable.forecast.frequency import frequency

    reports = [told("A", "1A", origin_key="k"), told("B", "1A", origin_key="k", received_at=NOW), told("C", "3A")]
    said = as_text(picture(reports, measure([Trial("3x5x2 1A", 0.03, "materialised")] * 4), ancr="low"), frequency)
    for line in (
        "Base rate", "Forecast", "Origin of A", "All of it comes from one source.", "Analytic confidence: low",
        "A and B come from the same origin.", "Left out: C. Its grade 3A is not to be relied on.", "in 1,000",
    ):  # fmt: skip
        assert line in said
