"""Copied text: the same run of words is found whatever the case, the commas and the line breaks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.intel.copied import similarity

GIST = "Reprisal shooting expected on the estate this evening after the shooting on Sunday."


@pytest.mark.parametrize(
    ("other", "low", "high"),
    [
        (GIST, 1, 1),
        (GIST.upper().replace(" ", "\n"), 1, 1),
        (GIST.replace("this evening", "tonight"), 0.5, 0.7),
        (GIST + " Group may come armed.", 0.7, 0.8),
        ("Two groups have fallen out over a social media post; one may come to the estate.", 0, 0.05),
        ("", 0, 0),
        ("shooting", 0.1, 0.15),
    ],
)
def test_how_alike_two_texts_are_follows_the_words_they_share(other: str, low: float, high: float) -> None:
    assert low <= similarity(GIST, other) <= high


def test_nothing_is_like_nothing() -> None:
    assert similarity("", "") == 0
    assert similarity("...", "...") == 0
    assert similarity("knives", "Knives!") == 1


@given(st.text(), st.text())
def test_it_is_symmetric_and_lies_between_nought_and_one(a: str, b: str) -> None:
    assert 0 <= similarity(a, b) == similarity(b, a) <= 1


@given(st.lists(st.sampled_from(["gun", "knife", "estate", "tonight", "park"]), min_size=1))
def test_a_text_is_wholly_like_itself(words: list[str]) -> None:
    assert similarity(" ".join(words), ", ".join(words).upper()) == 1
