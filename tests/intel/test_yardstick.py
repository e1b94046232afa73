"""The yardstick: seven terms with deliberate gaps between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.intel.yardstick import full_name, in_words, source, terms, terms_for
from answerable.present.words import yardstick


@pytest.mark.parametrize(
    ("probability", "fitting"),
    [
        (0, ("remote_chance",)), (0.05, ("remote_chance",)), (0.07, ("remote_chance", "highly_unlikely")),
        (0.2, ("highly_unlikely",)), (0.22, ("highly_unlikely", "unlikely")), (0.3, ("unlikely",)),
        (0.4, ("realistic_possibility",)), (0.5, ("realistic_possibility", "likely")), (0.55, ("likely",)),
        (0.75, ("likely",)), (0.78, ("likely", "highly_likely")), (0.9, ("highly_likely",)),
        (0.94, ("highly_likely", "almost_certain")), (1, ("almost_certain",)),
    ],
)  # fmt: skip
def test_a_number_has_its_term_and_in_a_gap_both_neighbours(probability: float, fitting: tuple[str, ...]) -> None:
    assert terms_for(probability) == fitting


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_number_never_has_a_lower_term(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert terms().index(terms_for(low)[0]) <= terms().index(terms_for(high)[0])


@pytest.mark.parametrize("probability", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability_has_no_term(probability: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        terms_for(probability)


def test_terms_are_said_as_words() -> None:
    assert in_words("almost_certain") == "almost certain"
    assert [full_name(term) for term in ("almost_certain", "likely")] == ["almost certain", "likely or probable"]


def test_the_yardstick_is_dated_and_says_where_it_is_from() -> None:
    assert "PHIA" in source()
    assert "2025-03-24" in source()
    assert len(terms()) == 7


@given(st.integers(0, 1000))
def test_the_pages_and_the_rules_read_the_same_yardstick(thousandths: int) -> None:
    probability = thousandths / 1000
    shown = yardstick(probability)
    for term in terms_for(probability):
        assert in_words(term) in shown
    assert ("between" in shown) == (len(terms_for(probability)) == 2)
