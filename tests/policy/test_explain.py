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
            "It would hold if the wind is at most 20 knots and the crew include cook and pilot.",
        ),
        (
            {"wind.speed": 5, "crew": ("cook", "pilot"), "sky": "cloudy"},
            "It is not known whether the radio works.",
            "It would hold if the radio works.",
        ),
        (
            {"wind.speed": 5, "crew": ("cook", "pilot")},
            "The sky is not known; it is not known whether the radio works.",
            "It would hold if the sky is not cloudy, or the radio works.",
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
        ({"not": {"all": [{"fact": "sky", "is": "clear"}]}}, "it is not so that the sky is clear"),
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


def test_settings_are_said_too() -> None:
    assert in_words({"most_cases": 4, "kinds": ["gang_lists", "stop_search"]}) == (
        "most cases 4 and kinds gang lists and stop search"
    )
