"""Probabilities in words: frequencies that a stranger can read, and the yardstick with its gaps left open."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.intel.yardstick import full_name, terms
from answerable.present.words import frequencies, frequency, yardstick

probabilities = st.floats(0, 1) | st.floats(-15, 0).map(lambda exponent: 10.0**exponent)


def as_number(words: str) -> float:
    """Read a frequency back."""
    if words.startswith("fewer"):
        return 0.0
    numerator, denominator = re.fullmatch(r"(?:more than )?(\d+) in ([\d,]+|a million)", words).groups()  # type: ignore[union-attr]
    return int(numerator) / (1_000_000 if denominator == "a million" else int(denominator.replace(",", "")))


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0.5, "50 in 100"),
        (0.12, "12 in 100"),
        (0.03, "3 in 100"),
        (0.034, "34 in 1,000"),
        (0.003, "3 in 1,000"),
        (0.001, "1 in 1,000"),
        (0.00127414, "1 in 780"),
        (1 / 26_145, "1 in 26,000"),
        (1e-6, "1 in a million"),
        (9e-7, "fewer than 1 in a million"),
        (0.0, "fewer than 1 in a million"),
        (0.999, "more than 99 in 100"),
        (1.0, "more than 99 in 100"),
    ],
)
def test_a_probability_reads_as_a_small_number_in_a_round_one(p: float, words: str) -> None:
    assert frequency(p) == words


@given(probabilities)
def test_a_frequency_is_never_nothing_and_never_far_off(p: float) -> None:
    words = frequency(p)
    assert not words.startswith("0 in")
    if 1e-6 <= p < 0.995:
        assert as_number(words) == pytest.approx(p, rel=0.2 if p < 0.01 else 0.055)


@given(probabilities, probabilities)
def test_the_likelier_never_reads_as_the_less_likely(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert as_number(frequency(low)) <= as_number(frequency(high))


@pytest.mark.parametrize("p", [-0.01, 1.01, np.nan, np.inf])
def test_what_is_no_probability_has_no_words(p: float) -> None:
    for say in (frequency, yardstick):
        with pytest.raises(InputError, match="not a probability"):
            say(p)


@pytest.mark.parametrize(
    ("percent", "term"),
    [
        (0, "remote chance"), (5, "remote chance"), (10, "highly unlikely"), (20, "highly unlikely"),
        (25, "unlikely"), (35, "unlikely"), (40, "realistic possibility"), (49.9, "realistic possibility"),
        (55, "likely or probable"), (75, "likely or probable"), (80, "highly likely"), (90, "highly likely"),
        (95, "almost certain"), (100, "almost certain"),
    ],
)  # fmt: skip
def test_both_ends_of_a_range_have_its_term(percent: float, term: str) -> None:
    assert yardstick(percent / 100) == term


@pytest.mark.parametrize(
    ("percent", "words"),
    [
        (7, "7 %, between remote chance and highly unlikely"),
        (37.5, "37.5 %, between unlikely and realistic possibility"),
        (50, "50 %, between realistic possibility and likely or probable"),
        (92, "92 %, between highly likely and almost certain"),
    ],
)
def test_a_number_in_a_gap_is_shown_as_itself_with_both_neighbours(percent: float, words: str) -> None:
    assert yardstick(percent / 100) == words


@given(st.floats(0, 1))
def test_every_probability_has_a_term_or_stands_between_two(p: float) -> None:
    names = {full_name(term) for term in terms()}
    words = yardstick(p)
    assert words in names or sum(name in words for name in names) >= 2


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([], []),
        ([0.2, 0.5], ["20 in 100", "50 in 100"]),
        ([0.044, 0.1], ["44 in 1,000", "100 in 1,000"]),
        ([0.0012, 0.02], ["12 in 10,000", "200 in 10,000"]),
        ([0.00001, 0.5], ["1 in 100,000", "50 in 100"]),
        ([0.5, 1.0], ["50 in 100", "more than 99 in 100"]),
        ([0.0, 0.3], ["fewer than 1 in a million", "30 in 100"]),
    ],
)
def test_probabilities_in_one_table_are_out_of_the_same_number(values: list[float], words: list[str]) -> None:
    assert frequencies(values) == words


@given(st.lists(st.floats(0.001, 0.98), min_size=1, max_size=20))
def test_in_one_table_the_likelier_reads_as_the_likelier_and_is_not_far_off(values: list[float]) -> None:
    said = [as_number(words) for words in frequencies(values)]
    assert len({words.split(" in ")[1] for words in frequencies(values)}) == 1
    assert all(read == pytest.approx(p, rel=0.06) for read, p in zip(said, values, strict=True))
    order = sorted(range(len(values)), key=values.__getitem__)
    assert [said[n] for n in order] == sorted(said)
