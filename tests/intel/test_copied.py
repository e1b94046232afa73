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


REASONS = (
    "Two independent reports of the highest grade expect a reprisal shooting beside the cordon tonight, and unarmed "
    "officers who stand there could not protect the people of the street, nor themselves, from a firearm."
)
OWN = (
    "The hospital staff told us that a man with a pistol had followed the ambulance; because the ward is full and its "
    "doors stay open for visitors, an armed guard until the transfer at noon is the least that would keep them safe."
)
ALSO = (
    "One report of the second grade expects that a group with a firearm comes to the vigil tonight, and the unarmed "
    "officers at the church could not stop it before somebody was hurt in the street outside."
)


def filled(text: str, every: int) -> str:
    fillers = ("indeed", "truly", "again", "however", "moreover", "plainly")
    words = text.split()
    parts = [[*words[at : at + every], fillers[at // every % 6]] for at in range(0, len(words), every)]
    return " ".join(word for part in parts for word in part)


@pytest.mark.parametrize(
    "copy",
    [
        REASONS.replace("e", "e\u200b").replace("r", "\u00adr"),
        REASONS.translate(str.maketrans("oeap", "\u043e\u0435\u0430\u0440")),
        REASONS.replace("o", "\u03bf"),
        "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in REASONS),
        filled(REASONS, 4),
        filled(REASONS, 3),
        filled(REASONS, 2),
    ],
)
def test_a_disguised_copy_is_a_copy(copy: str) -> None:
    assert similarity(REASONS, copy) >= 0.8


@pytest.mark.parametrize(("one", "other"), [(REASONS, OWN), (REASONS, ALSO), (OWN, ALSO), (REASONS, OWN * 20)])
def test_reasons_of_their_own_are_not_alike(one: str, other: str) -> None:
    assert similarity(one, other) < 0.1
