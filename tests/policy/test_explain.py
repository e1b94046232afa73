"""Explanations: what is required, what was found, what would change it, in English."""

from __future__ import annotations

from typing import Any

import pytest

from answerable.policy.catalogue import Catalogue
from answerable.policy.condition import parse
from answerable.policy.explain import change, in_words, reason, requirement

SAIL = {
    "all": [
        {"fact": "wind.speed", "at_most": 20},
        {"fact": "crew", "includes_all": ["cook", "pilot"]},
        {"when": {"fact": "sky", "is": "cloudy"}, "then": {"fact": "radio.works", "is": True}},
    ]
}


def test_a_condition_reads_as_english(weather: Catalogue) -> None:
    assert requirement(parse(SAIL, weather, "")) == (
        "the wind is at most 20 knots; and the crew include cook and pilot; "
        "and if the sky is cloudy, then the radio works"
    )


@pytest.mark.parametrize(
    ("facts", "why", "what_then"),
    [
        (
            {"wind.speed": 25, "crew": ("cook",), "sky": "clear"},
            "The wind is 25 knots (at most 20 knots is required); the crew lack pilot.",
            "It would hold if the wind is at most 20 knots and the crew also include pilot.",
        ),
        (
            {"wind.speed": 5, "crew": ("cook", "pilot"), "sky": "cloudy"},
            "It is not known whether the radio works.",
            "It would hold if the radio works.",
        ),
        (
            {"wind.speed": 5, "crew": ("cook", "pilot")},
            "The sky is not known; it is not known whether the radio works.",
            "It would hold if either the sky is not cloudy, or the radio works.",
        ),
        (
            {"wind.speed": 5.125, "crew": ("cook", "pilot"), "sky": "cloudy", "radio.works": True},
            "The wind is 5.12 knots; the crew are cook and pilot; the radio works.",
            "",
        ),
    ],
)
def test_a_finding_says_why_and_what_would_change_it(
    weather: Catalogue, facts: dict[str, Any], why: str, what_then: str
) -> None:
    condition = parse(SAIL, weather, "")
    assert reason(condition, facts) == why
    assert change(condition, facts) == what_then


def test_a_duty_that_does_not_arise_is_said_not_to_apply(weather: Catalogue) -> None:
    duty = parse({"when": {"fact": "sky", "is": "cloudy"}, "then": {"fact": "radio.works", "is": True}}, weather, "")
    assert reason(duty, {"sky": "clear"}) == "This does not apply: the sky is clear."
    storm = {"when": {"fact": "wind.speed", "at_least": 30}, "then": {"fact": "radio.works", "is": True}}
    assert reason(parse(storm, weather, ""), {"wind.speed": 12}) == "This does not apply: the wind is 12 knots."


@pytest.mark.parametrize(
    ("written", "english"),
    [
        ({"not": {"fact": "wind.speed", "above": 10}}, "the wind is at most 10 knots"),
        ({"not": {"fact": "radio.works", "is": True}}, "the radio is silent"),
        ({"not": {"not": {"fact": "sky", "is": "clear"}}}, "the sky is clear"),
        ({"not": {"all": [{"fact": "sky", "is": "clear"}]}}, "the sky is not clear"),
        ({"not": {"any": [{"fact": "sky", "is": "clear"}, {"fact": "boats", "known": True}]}},
         "the sky is not clear; and the number of boats is not known"),
        ({"not": {"when": {"fact": "sky", "is": "clear"}, "then": {"fact": "boats", "at_least": 2}}},
         "the sky is clear; and the number of boats is below 2"),
        ({"not": {"fact": "crew", "includes": "cook"}}, "the crew do not include cook"),
        ({"fact": "sky", "in": ["clear", "cloudy"]}, "the sky is clear or cloudy"),
        ({"fact": "sky", "not_in": ["clear", "cloudy"]}, "the sky is none of clear or cloudy"),
        ({"fact": "sea", "at_least": "rough"}, "the sea is at least rough"),
        ({"fact": "boats", "known": True}, "the number of boats is known"),
        ({"any": [{"fact": "boats", "is": 1}, {"fact": "harbour", "is_not": "North"}]},
         "the number of boats is 1; or the harbour is not North"),
    ],
)  # fmt: skip
def test_every_shape_of_condition_can_be_said(weather: Catalogue, written: Any, english: str) -> None:
    assert requirement(parse(written, weather, "")) == english


def test_a_fact_that_is_looked_at_twice_is_told_once(weather: Catalogue) -> None:
    few = parse(
        {
            "any": [
                {"fact": "boats", "known": False}, {"fact": "boats", "at_most": 1},
                {"fact": "radio.works", "is": True},
            ]
        },
        weather,
        "",
    )  # fmt: skip
    assert reason(few, {"boats": 4, "radio.works": False}) == (
        "The number of boats is 4 (at most 1 is required); the radio is silent."
    )
    between = parse({"all": [{"fact": "boats", "at_least": 9}, {"fact": "boats", "at_most": 3}]}, weather, "")
    assert reason(between, {"boats": 4}) == "The number of boats is 4 (at least 9 and at most 3 is required)."


def test_nobody_is_asked_to_make_unknown_what_is_known(weather: Catalogue) -> None:
    few = [{"fact": "boats", "known": False}, {"fact": "boats", "at_most": 1}, {"fact": "radio.works", "is": True}]
    assert change(parse({"any": few}, weather, ""), {"boats": 4}) == (
        "It would hold if either the number of boats is at most 1, or the radio works."
    )
    assert change(parse({"any": few[:1]}, weather, ""), {"boats": 4}) == (
        "It would hold if the number of boats is not known."
    )


def test_what_would_change_keeps_choices_apart_from_what_is_all_wanted(weather: Catalogue) -> None:
    duty = {"when": {"fact": "boats", "known": True}, "then": {"fact": "radio.works", "is": True}}
    assert change(parse(duty, weather, ""), {"boats": 2}) == "It would hold if the radio works."
    mixed = {
        "all": [{"fact": "sea", "is": "calm"}, {"any": [{"fact": "boats", "is": 1}, {"fact": "sky", "is": "clear"}]}]
    }
    assert change(parse(mixed, weather, ""), {}) == (
        "It would hold if the sea is calm; and either the number of boats is 1, or the sky is clear."
    )
    three = {
        "all": [{"fact": "boats", "known": True}, {"fact": "radio.works", "known": True}, {"fact": "sea", "is": "calm"}]
    }
    assert change(parse(three, weather, ""), {}) == (
        "It would hold if the number of boats is stated; it is said whether the radio works; and the sea is calm."
    )


def test_settings_are_said_too() -> None:
    assert in_words({"most_cases": 4, "kinds": ["gang_lists", "stop_search"]}) == (
        "most cases 4 and kinds gang lists and stop search"
    )
