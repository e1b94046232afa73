"""Reports: grades as they are, no person, and facts in which one origin is one voice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.intel.place import Place
from answerable.intel.report import Report, report_facts
from answerable.place import Area, Projection, Window

Make = Callable[..., Report]
NOW = datetime(2018, 11, 30, 18, tzinfo=UTC)
ESTATE = Place("the estate", place=(-0.0705, 51.6012), radius_m=400)


def disc(radius_m: float) -> Area:
    return Area.disc(-0.0705, 51.6012, radius_m, projection=Projection("EPSG:27700"))


def test_two_independent_reports_give_an_informed_picture(report: Make, now: datetime, evening: Window) -> None:
    facts = report_facts([report("R-1", "1A", hours_ago=4), report("R-2", "2B", hours_ago=2)], now, evening)
    assert facts == {
        "intel.reports": 2,
        "intel.independent_origins": 2,
        "intel.usable_origins": 2,
        "intel.strong_origins": 2,
        "intel.best_grade": "1A",
        "intel.corroborated_age_h": 4.0,
        "intel.strong_age_h": 2.0,
        "intel.event_window_h": 4.0,
        "intel.meets_window": True,
        "intel.from_one_source": False,
        "intel.area_beyond_m": None,
    }


def test_without_reports_counts_are_nought_and_the_rest_is_unknown(now: datetime, evening: Window) -> None:
    facts = report_facts([], now, evening)
    assert (facts["intel.reports"], facts["intel.usable_origins"], facts["intel.strong_origins"]) == (0, 0, 0)
    assert facts["intel.strong_age_h"] is None
    assert facts["intel.meets_window"] is None


def test_two_reports_from_one_post_are_one_origin(report: Make, now: datetime) -> None:
    echoes = [report("R-1", "2C", origin_key="post"), report("R-2", "2C", origin_key="post")]
    facts = report_facts(echoes, now)
    assert facts["intel.independent_origins"] == 1
    assert facts["intel.corroborated_age_h"] is None


@pytest.mark.parametrize("grade", ["3A", "1E", "3E"])
def test_an_unreliable_source_or_suspected_falsehood_corroborates_nothing(
    report: Make, now: datetime, grade: str
) -> None:
    facts = report_facts([report("R-1", "1A"), report("R-2", grade)], now)
    assert facts["intel.independent_origins"] == 2
    assert facts["intel.usable_origins"] == 1


def test_a_bad_report_beside_good_ones_takes_nothing_away(report: Make, now: datetime, evening: Window) -> None:
    good = [report("R-1", "1A"), report("R-2", "2B")]
    kept = ("intel.usable_origins", "intel.strong_origins", "intel.strong_age_h", "intel.event_window_h")
    alone, beside = report_facts(good, now, evening), report_facts([*good, report("R-3", "3E")], now, evening)
    assert [alone[name] for name in kept] == [beside[name] for name in kept]


def test_the_picture_is_as_old_as_its_second_voice(report: Make, now: datetime) -> None:
    picture = [report("R-1", hours_ago=1), report("R-2", hours_ago=30), report("R-3", hours_ago=9)]
    assert report_facts(picture, now)["intel.corroborated_age_h"] == 9.0


def test_intelligence_about_another_night_is_not_about_this_one(report: Make, now: datetime, evening: Window) -> None:
    tomorrow = Window(evening.start + timedelta(days=1), evening.end + timedelta(days=1))
    assert report_facts([report("R-1", event_window=tomorrow)], now, evening)["intel.meets_window"] is False
    assert report_facts([report("R-1", event_window=None)], now, evening)["intel.meets_window"] is None


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"source": "6"}, "'6' is not a grade of source"),
        ({"source": "A"}, "'A' is not a grade of source"),
        ({"information": "6"}, "'6' is not a grade of information"),
        ({"information": "a"}, "'a' is not a grade of information"),
        ({"handling": "5"}, "'5' is not a grade of handling"),
        ({"scheme": "5x5x5"}, "'1' is not a grade of source in 5x5x5, and grades of one scheme are not converted"),
        ({"scheme": "4x4"}, "no such scheme"),
        ({"source": "somebody's full name"}, "^This is not a grade of source"),
        ({"origin_key": ""}, "cannot be told from an echo"),
        ({"gist": "x" * 281}, "at most 280 characters"),
        ({"public_text": "x" * 281}, "at most 280 characters"),
        ({"originator": "office 4", "evaluator": "office 4"}, "is not who brought it"),
        ({"expires_at": NOW - timedelta(hours=9)}, "end before it was received"),
        ({"retention_until": NOW - timedelta(hours=9)}, "end before it was received"),
    ],
)
def test_a_report_that_is_not_graded_as_it_should_be_is_refused(
    report: Make, changes: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(InputError, match=complaint) as caught:
        report("R-9", **changes)
    assert "report R-9" in caught.value.where


def test_a_report_from_the_future_or_given_twice_is_refused(report: Make, now: datetime) -> None:
    with pytest.raises(InputError, match="dated in the future"):
        report_facts([report("R-1", hours_ago=-1)], now)
    with pytest.raises(InputError, match="same reference"):
        report_facts([report("R-1"), report("R-1")], now)


def test_a_report_has_no_room_for_a_person_or_for_the_report_itself() -> None:
    assert {field.name for field in fields(Report)} == {
        "ref", "source", "information", "handling", "origin_key", "received_at", "event_window", "derived_from", "gist",
        "scheme", "place", "conditions", "originator", "evaluator", "public_text", "expires_at", "retention_until",
        "hypotheses", "regrades",
    }  # fmt: skip


@given(grades=st.lists(st.tuples(st.sampled_from("123"), st.sampled_from("ABCDE")), max_size=6), data=st.data())
def test_repeating_what_is_known_never_adds_a_voice(grades: list[tuple[str, str]], data: st.DataObject) -> None:
    received = datetime.fromisoformat("2018-11-30T12:00:00+00:00")
    reports = [Report(f"R-{n}", s, i, "P", f"k{n}", received) for n, (s, i) in enumerate(grades)]
    before = report_facts(reports, received)
    if reports:
        original = data.draw(st.sampled_from(reports))
        grade = data.draw(st.tuples(st.sampled_from("123"), st.sampled_from("ABCDE")))
        echo = Report("echo", *grade, "P", "k-echo", received, derived_from=(original.ref,))
        after = report_facts([*reports, echo], received)
        assert after["intel.independent_origins"] == before["intel.independent_origins"]
        assert after["intel.usable_origins"] <= before["intel.independent_origins"]
    assert before["intel.strong_origins"] <= before["intel.usable_origins"] <= before["intel.independent_origins"]


def test_a_5x5x5_report_is_kept_and_shown_and_counts_for_nothing_until_it_is_graded_again(
    report: Make, now: datetime
) -> None:
    old = report("R-1", source="A", information="1", handling="3", scheme="5x5x5", conditions=("Ask first.",))
    assert (old.grade, old.usable, old.strong) == ("A1", False, False)
    facts = report_facts([old], now)
    assert (facts["intel.reports"], facts["intel.usable_origins"], facts["intel.best_grade"]) == (1, 0, None)
    new = old.regraded("2", "B", at=now, evaluator="desk 2", reason="Read again in full.")
    assert (new.scheme, new.grade, new.handling, new.strong) == ("3x5x2", "2B", "C", True)
    assert new.first_graded == ("5x5x5", "A", "1")
    assert new.regraded("1", "E", at=now, evaluator="desk 2").first_graded == ("5x5x5", "A", "1")


def test_who_brought_a_report_cannot_grade_it_again(report: Make, now: datetime) -> None:
    with pytest.raises(InputError, match="is not who brought it"):
        report("R-1", originator="desk 1").regraded("2", "B", at=now, evaluator="desk 1")


def test_an_expired_report_counts_for_nothing(report: Make, now: datetime, evening: Window) -> None:
    expired = report("R-1", expires_at=now)
    assert report_facts([expired], now, evening) == report_facts([], now, evening)
    assert report_facts([report("R-1", expires_at=now + timedelta(seconds=1))], now)["intel.reports"] == 1


@pytest.mark.parametrize(
    ("reports", "one"), [([], None), (["1A"], True), (["1A", "3A"], True), (["3A"], None), (["1A", "2C"], False)]
)
def test_one_voice_is_known_as_one_source(report: Make, now: datetime, reports: list[str], one: bool | None) -> None:
    made = [report(f"R-{number}", grade) for number, grade in enumerate(reports)]
    assert report_facts(made, now)["intel.from_one_source"] is one


def test_the_area_is_compared_with_the_places_of_strong_reports_only(report: Make, now: datetime) -> None:
    strong, weak = report("R-1", "1B", place=ESTATE), report("R-2", "2C", place=ESTATE)
    assert report_facts([strong], now, area=disc(400))["intel.area_beyond_m"] == 0
    assert report_facts([strong], now, area=disc(650))["intel.area_beyond_m"] == pytest.approx(250, abs=2)
    assert report_facts([weak], now, area=disc(400))["intel.area_beyond_m"] is None
    assert report_facts([report("R-3")], now, area=disc(400))["intel.area_beyond_m"] is None
