"""The catalogue of alternatives: each with how good its evidence is, our own tactic included."""

from __future__ import annotations

from typing import Any

import pytest

from answerable.errors import InputError
from answerable.policy.alternatives import RATINGS, alternatives, parse_alternatives
from answerable.policy.catalogue import catalogue
from answerable.policy.condition import comparisons
from answerable.policy.evidence import Row
from answerable.policy.pack import load_pack

SOUND = {
    "words": "a walk", "evidence": "No study was found.", "src": "Searched.", "dated": "2024",
    "long_term": True, "effect": "months", "basis": "literature",
}  # fmt: skip
READ_FROM_ROWS = {name: SOUND[name] for name in ("words", "long_term", "effect", "basis")}


def row(rating: str, *, option: str = "walk", checked: str = "2025-01", source: str = "A paper") -> Row:
    return Row(
        "one", "Walks", "9 % fewer", "not found", "crime", "Leeds", "trial", source, "full", rating, "no", "No arms.",
        checked, option,
    )  # fmt: skip


def test_a_rating_is_read_from_the_rows_and_changes_with_them() -> None:
    for rating in ("low", "harmful"):
        rows = [row(rating), row("not rated", source="Another paper")]
        one = parse_alternatives({"walk": READ_FROM_ROWS}, "mine.yaml", evidence=rows)["walk"]
        assert (one.rating, one.src, one.dated) == (rating, "A paper", "2025-01")
        assert one.evidence == "Walks: 9 % fewer (crime; Leeds)."
        assert one.rows == tuple(rows)


def test_rows_that_rate_nothing_leave_it_not_studied_and_are_all_named() -> None:
    rows = [row("not rated"), row("limited", source="Another paper", checked="2024-12")]
    one = parse_alternatives({"walk": READ_FROM_ROWS}, "mine.yaml", evidence=rows)["walk"]
    assert (one.rating, one.src, one.dated) == ("not_studied", "A paper; Another paper", "2024-12")


@pytest.mark.parametrize(
    ("entry", "rows", "says"),
    [
        (READ_FROM_ROWS, [row("low"), row("high")], "in more than one way: high, low"),
        (READ_FROM_ROWS, [row("low"), row("low", option="swim")], "options that the catalogue lacks: swim"),
        (SOUND, [row("low")], "is read from the evidence library"),
        (READ_FROM_ROWS, [], "'evidence' is missing"),
        ({**SOUND, "rating": "high"}, [], "A rating is read from the evidence library"),
    ],
)
def test_what_would_say_something_beside_the_library_is_refused(entry, rows, says) -> None:
    with pytest.raises(InputError, match=says) as caught:
        parse_alternatives({"walk": entry}, "mine.yaml", evidence=rows)
    assert "mine.yaml" in caught.value.where


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
    assert "No evaluation was found" in itself[0].evidence


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
    assert (rating == "not_studied") == ("Youth Endowment Fund" not in one.src)
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
        ({"basis": "lore"}, "'lore' is not a value of 'basis'"),
        ({"long_term": "yes"}, "'long_term' must be yes or no"),
        ({"src": ""}, "'src' must be text"),
        ({"ratings": "low"}, "Unknown field 'ratings'"),
        ({"src": None}, "'src' must be text"),
    ],
)
def test_an_option_badly_described_is_an_error_that_names_it(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint) as caught:
        parse_alternatives({"walk": {**SOUND, **change}}, "mine.yaml", evidence=[])
    assert "mine.yaml, option walk" in caught.value.where


def test_an_option_without_its_source_is_an_error() -> None:
    with pytest.raises(InputError, match="'src' is missing"):
        parse_alternatives(
            {"walk": {key: value for key, value in SOUND.items() if key != "src"}}, "mine.yaml", evidence=[]
        )
    with pytest.raises(InputError, match="needs a description"):
        parse_alternatives({"walk": "good"}, "mine.yaml", evidence=[])
    with pytest.raises(InputError, match="must map options"):
        parse_alternatives(["walk"], "mine.yaml")
