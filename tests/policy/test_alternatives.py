"""The catalogue of alternatives: each with how good its evidence is, our own tactic included."""

from __future__ import annotations

from typing import Any

import pytest

from answerable.errors import InputError
from answerable.policy.alternatives import RATINGS, alternatives, parse_alternatives
from answerable.policy.catalogue import catalogue
from answerable.policy.condition import comparisons
from answerable.policy.pack import load_pack

SOUND = {
    "words": "a walk", "rating": "low", "evidence": "One study.", "src": "The study.", "dated": "2024",
    "long_term": True, "effect": "months", "basis": "literature",
}  # fmt: skip


def test_every_option_that_a_case_may_name_has_its_evidence() -> None:
    options = catalogue().facts["alternatives.options"].choices
    known = alternatives()
    assert set(known) - set(options) == {"armed_foot_patrol"}
    assert set(options) <= set(known)
    assert {name: known[name].words for name in options} == dict(options)


def test_the_tactic_itself_is_rated_like_everything_else() -> None:
    itself = [one for one in alternatives().values() if one.the_tactic_itself]
    assert [one.option for one in itself] == ["armed_foot_patrol"]
    assert itself[0].rating == "not_studied"
    assert "No field study" in itself[0].evidence


@pytest.mark.parametrize(
    ("option", "rating"),
    [
        ("focused_deterrence", "high"),
        ("unarmed_visible_patrol", "moderate"),
        ("pre_court_diversion", "moderate"),
        ("cctv", "low"),
        ("schools_or_youth_engagement", "no_clear_evidence"),
        ("do_nothing", "not_studied"),
        ("organised_crime_drivers", "not_studied"),
    ],
)
def test_ratings_are_those_of_the_toolkit_where_it_has_one(option: str, rating: str) -> None:
    one = alternatives()[option]
    assert one.rating == rating
    assert (rating == "not_studied") == ("Toolkit," not in one.src)
    assert one.rating_words == rating.replace("_", " ")


def test_what_the_rules_insist_on_in_the_long_run_is_marked_as_long_term() -> None:
    rule = load_pack("uk.armed_patrol").rule("AP10").condition
    assert rule is not None
    asked = next(test.value for test in comparisons(rule) if test.operator == "includes_all")
    long_term = {name for name in asked if alternatives()[name].long_term}
    assert long_term == {"schools_or_youth_engagement", "child_exploitation_safeguarding", "organised_crime_drivers"}


def test_every_rating_says_what_it_rests_on_and_when_that_was_read() -> None:
    for one in alternatives().values():
        assert one.rating in RATINGS
        assert one.evidence.endswith("."), one.option
        assert one.src, one.option
        assert one.dated[:2] == "20", one.option
        assert one.effect, one.option


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"rating": "excellent"}, "'excellent' is not a value of 'rating'"),
        ({"basis": "lore"}, "'lore' is not a value of 'basis'"),
        ({"long_term": "yes"}, "'long_term' must be yes or no"),
        ({"src": ""}, "'src' must be text"),
        ({"ratings": "low"}, "Unknown field 'ratings'"),
        ({"src": None}, "'src' must be text"),
    ],
)
def test_an_option_badly_described_is_an_error_that_names_it(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint) as caught:
        parse_alternatives({"walk": {**SOUND, **change}}, "mine.yaml")
    assert "mine.yaml, option walk" in caught.value.where


def test_an_option_without_its_source_is_an_error() -> None:
    with pytest.raises(InputError, match="'src' is missing"):
        parse_alternatives({"walk": {key: value for key, value in SOUND.items() if key != "src"}}, "mine.yaml")
    with pytest.raises(InputError, match="needs a description"):
        parse_alternatives({"walk": "good"}, "mine.yaml")
    with pytest.raises(InputError, match="must map options"):
        parse_alternatives(["walk"], "mine.yaml")
