"""Conditions: three values, and what is not known is never satisfied."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.policy.catalogue import Catalogue, Fact
from answerable.policy.condition import AllOf, AnyOf, Comparison, Condition, Not, When, comparisons, holds, parse

FLAGS = {
    name: Fact(name=name, type="flag", words=name, means=name, example=True, yes=name, no=f"no {name}")
    for name in "abcd"
}
leaves = st.builds(Comparison, st.sampled_from(list(FLAGS.values())), st.sampled_from(["is", "is_not"]), st.booleans())
conditions: st.SearchStrategy[Condition] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(Not),
        st.builds(When, inner, inner),
    ),
    max_leaves=8,
)
facts = st.fixed_dictionaries({name: st.sampled_from([True, False, None]) for name in FLAGS})


@given(conditions, facts)
def test_an_answer_never_changes_when_more_becomes_known(condition: Condition, known: dict[str, bool | None]) -> None:
    before = holds(condition, known)
    unknown = [name for name, value in known.items() if value is None]
    for bits in range(2 ** len(unknown)):
        settled = {**known, **{name: bool(bits >> place & 1) for place, name in enumerate(unknown)}}
        after = holds(condition, settled)
        assert after is not None
        if before is not None:
            assert after is before


@given(conditions, facts)
def test_opposites_and_duties_follow_the_laws_of_logic(condition: Condition, known: dict[str, bool | None]) -> None:
    answer = holds(condition, known)
    assert holds(Not(Not(condition)), known) is answer
    assert holds(AllOf((condition,)), known) is answer
    assert holds(AnyOf((condition,)), known) is answer
    assert holds(Not(AllOf((condition, Not(condition)))), known) is (None if answer is None else True)
    other = FLAGS["a"]
    duty = When(condition, Comparison(other, "is", True))
    assert holds(duty, known) is holds(AnyOf((Not(condition), Comparison(other, "is", True))), known)


@given(conditions)
def test_nothing_known_satisfies_no_comparison(condition: Condition) -> None:
    assert holds(condition, {}) is None
    assert all(holds(test, {}) is None for test in comparisons(condition))


@pytest.mark.parametrize(
    ("written", "facts", "answer"),
    [
        ({"fact": "wind.speed", "at_least": 10}, {"wind.speed": 10}, True),
        ({"fact": "wind.speed", "above": 10}, {"wind.speed": 10}, False),
        ({"fact": "wind.speed", "at_most": 10}, {"wind.speed": 10.0}, True),
        ({"fact": "wind.speed", "below": 10}, {"wind.speed": 10}, False),
        ({"fact": "sea", "at_least": "rough"}, {"sea": "high"}, True),
        ({"fact": "sea", "at_least": "rough"}, {"sea": "calm"}, False),
        ({"fact": "sky", "in": ["clear", "cloudy"]}, {"sky": "cloudy"}, True),
        ({"fact": "sky", "not_in": ["clear"]}, {"sky": "clear"}, False),
        ({"fact": "sky", "is_not": "clear"}, {}, None),
        ({"fact": "harbour", "is": "North"}, {"harbour": "South"}, False),
        ({"fact": "crew", "includes": "cook"}, {"crew": ("cook", "mate")}, True),
        ({"fact": "crew", "includes_all": ["cook", "pilot"]}, {"crew": ("cook",)}, False),
        ({"fact": "wind.speed", "known": True}, {}, False),
        ({"fact": "wind.speed", "known": False}, {}, True),
        (
            {"when": {"fact": "sky", "is": "cloudy"}, "then": {"fact": "radio.works", "is": True}},
            {"sky": "clear"},
            True,
        ),
        (
            {"when": {"fact": "sky", "is": "cloudy"}, "then": {"fact": "radio.works", "is": True}},
            {"sky": "cloudy"},
            None,
        ),
        ({"any": [{"fact": "boats", "above": 2}, {"fact": "sky", "is": "clear"}]}, {"boats": 3}, True),
        ({"not": {"fact": "boats", "above": 2}}, {"boats": 3}, False),
    ],
)
def test_each_operator_means_what_it_says(
    weather: Catalogue, written: Any, facts: dict[str, Any], answer: bool | None
) -> None:
    assert holds(parse(written, weather, "rule"), facts) is answer


@pytest.mark.parametrize(
    ("written", "complaint", "hint"),
    [
        ({"fact": "wind.sped", "above": 1}, "Unknown fact: 'wind.sped'", "wind.speed"),
        ({"fact": "harbour", "at_least": 2}, "'harbour' is a text", "is_not"),
        ({"fact": "sky", "below": "cloudy"}, "'sky' is a choice", "in"),
        ({"fact": "sky", "is": "claer"}, "'claer' is not a value", "clear"),
        ({"fact": "crew", "is": "cook"}, "which is a list", "includes"),
        ({"fact": "sky", "includes": "clear"}, "which is a choice", "is or in"),
        ({"fact": "radio.works", "is": "maybe"}, "yes or no", ""),
        ({"fact": "boats", "is": 1.5}, "whole number", ""),
        ({"fact": "wind.speed", "above": True}, "a number", ""),
        ({"fact": "sky", "in": []}, "needs a list", ""),
        ({"fact": "sky", "known": "clear"}, "true or false", ""),
        ({"fact": "sky", "iss": "clear"}, "Unknown operator: 'iss'", "'is'"),
        ({"fact": "sky"}, "exactly one operator", ""),
        ({"al": []}, "Unknown word in a condition: 'al'", "'all'"),
        ({"all": []}, "at least one condition", ""),
        ({"all": [], "any": []}, "Unknown word", ""),
        ({"when": {"fact": "sky", "is": "clear"}}, "'when' needs a 'then'", ""),
        ("wind.speed > 10", "must be a mapping", ""),
    ],
)
def test_a_condition_that_cannot_be_meant_is_an_error_with_a_hint(
    weather: Catalogue, written: Any, complaint: str, hint: str
) -> None:
    with pytest.raises(InputError) as caught:
        parse(written, weather, "harbour.yaml, rule W01, field need")
    assert complaint in caught.value.what
    assert hint in caught.value.fix
    assert caught.value.where == "harbour.yaml, rule W01, field need"
