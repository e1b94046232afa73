"""Which of two conditions asks for more, against the truth found by trying everything."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.policy.catalogue import Catalogue, Fact
from answerable.policy.compare import Verdict, compare, difference, together
from answerable.policy.condition import AllOf, AnyOf, Comparison, Condition, Not, When, holds, parse

FACTS = {
    **{
        name: Fact(name=name, type="flag", words=name, means=name, example=True, yes=name, no=f"no {name}")
        for name in "ab"
    },
    "n": Fact(name="n", type="count", words="n", means="n", example=1),
}
VALUES: dict[str, list[Any]] = {"a": [None, True, False], "b": [None, True, False], "n": [None, *range(7)]}
flags = st.builds(Comparison, st.sampled_from([FACTS["a"], FACTS["b"]]), st.just("is"), st.booleans())
counts = st.builds(
    Comparison, st.just(FACTS["n"]), st.sampled_from(["at_least", "at_most", "is", "above"]), st.integers(0, 5)
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    st.one_of(flags, counts, st.just(Comparison(FACTS["n"], "known", False))),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(Not),
        st.builds(When, inner, inner),
    ),
    max_leaves=6,
)
MIRROR: dict[Verdict, Verdict] = {"tighten": "loosen", "loosen": "tighten"}


def truth(old: Condition, new: Condition) -> str:
    worlds = [dict(zip(VALUES, world, strict=True)) for world in product(*VALUES.values())]
    passed = {(holds(old, facts) is True, holds(new, facts) is True) for facts in worlds}
    stops, lets = (True, False) in passed, (False, True) in passed
    return "mixed" if stops and lets else "tighten" if stops else "loosen" if lets else "neutral"


@given(conditions, conditions)
def test_a_direction_that_is_claimed_is_true(old: Condition, new: Condition) -> None:
    verdict = compare(old, new)
    if verdict == "tighten":
        assert truth(old, new) in ("tighten", "neutral")
    elif verdict == "loosen":
        assert truth(old, new) in ("loosen", "neutral")
    elif verdict == "neutral":
        assert truth(old, new) == "neutral"


@given(conditions, conditions)
def test_going_back_is_the_mirror_image(old: Condition, new: Condition) -> None:
    verdict = compare(old, new)
    assert compare(new, old) == MIRROR.get(verdict, verdict)


@given(conditions, conditions)
def test_asking_one_thing_more_tightens_and_nothing_else_does_both(old: Condition, more: Condition) -> None:
    assert compare(old, AllOf((old, more))) in ("tighten", "neutral")
    assert compare(old, old) == "neutral"


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        ({"fact": "wind.speed", "at_most": 20}, {"fact": "wind.speed", "at_most": 25}, "loosen"),
        ({"fact": "wind.speed", "at_least": 20}, {"fact": "wind.speed", "at_least": 25}, "tighten"),
        ({"fact": "wind.speed", "at_most": 20}, {"fact": "wind.speed", "below": 20}, "tighten"),
        ({"fact": "sea", "at_least": "rough"}, {"fact": "sea", "at_least": "high"}, "tighten"),
        ({"fact": "sea", "at_least": "rough"}, {"fact": "sea", "in": ["rough", "high"]}, "neutral"),
        ({"fact": "sky", "in": ["clear"]}, {"fact": "sky", "in": ["cloudy", "clear"]}, "loosen"),
        ({"fact": "sky", "is": "clear"}, {"fact": "sky", "is_not": "cloudy"}, "neutral"),
        ({"fact": "sky", "is": "clear"}, {"fact": "sky", "is": "cloudy"}, "mixed"),
        ({"fact": "harbour", "is": "North"}, {"fact": "harbour", "in": ["North", "South"]}, "loosen"),
        ({"fact": "crew", "includes_all": ["cook"]}, {"fact": "crew", "includes_all": ["cook", "mate"]}, "tighten"),
        ({"fact": "boats", "at_most": 3}, {"fact": "boats", "below": 4}, "neutral"),
        ({"fact": "radio.works", "known": True}, {"fact": "radio.works", "is": True}, "tighten"),
        (
            {"when": {"fact": "sky", "is": "cloudy"}, "then": {"fact": "boats", "at_most": 3}},
            {"fact": "boats", "at_most": 3},
            "tighten",
        ),
        (
            {"when": {"fact": "sky", "is": "cloudy"}, "then": {"all": [{"fact": "boats", "at_most": 3}]}},
            {"when": {"fact": "sky", "is": "cloudy"}, "then": {"fact": "boats", "at_most": 2}},
            "tighten",
        ),
    ],
)
def test_each_kind_of_change_goes_the_way_it_goes(weather: Catalogue, old: Any, new: Any, verdict: str) -> None:
    assert compare(parse(old, weather, ""), parse(new, weather, "")) == verdict


def test_what_would_take_too_long_to_try_is_not_claimed(weather: Catalogue) -> None:
    crew = [f"hand {number}" for number in range(20)]
    old = AnyOf(tuple(parse({"fact": "crew", "includes": one}, weather, "") for one in crew))
    new = AnyOf(tuple(parse({"fact": "crew", "includes": one}, weather, "") for one in crew[1:]))
    assert compare(old, new) == "unknown"


def test_a_fact_whose_type_changed_is_not_compared() -> None:
    text = Fact(name="n", type="text", words="n", means="n", example="one")
    assert compare(Comparison(FACTS["n"], "is", 1), Comparison(text, "is", "one")) == "unknown"


def test_only_what_differs_is_told(weather: Catalogue) -> None:
    old = parse({"all": [{"fact": "boats", "at_most": 3}, {"fact": "sky", "is": "clear"}]}, weather, "")
    new = parse({"all": [{"fact": "boats", "at_most": 2}, {"fact": "sky", "is": "clear"}]}, weather, "")
    removed, added = difference(old, new)
    assert [part.value for part in (*removed, *added) if isinstance(part, Comparison)] == [3, 2]


@pytest.mark.parametrize(
    ("verdicts", "come_to"),
    [([], "neutral"), (["tighten", "neutral"], "tighten"), (["tighten", "loosen"], "mixed"), (["mixed"], "mixed"),
     (["tighten", "unknown"], "unknown")],
)  # fmt: skip
def test_several_verdicts_come_to_one(verdicts: list[Verdict], come_to: str) -> None:
    assert together(verdicts) == come_to
