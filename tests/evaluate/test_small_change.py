"""Changes where counts are small: an independent exact test, ranks among periods, and which test is chosen when."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from answerable.errors import InputError
from answerable.evaluate.small_change import change_test, exact_change, ranked_change

pairs = st.tuples(st.integers(0, 40), st.integers(0, 40))


@given(treated=pairs, control=pairs)
def test_the_exact_test_is_that_of_an_independent_program(treated, control) -> None:
    assert exact_change(treated, control).p == pytest.approx(fisher_exact([treated, control]).pvalue, rel=1e-6)


def test_nothing_at_all_is_no_change() -> None:
    assert exact_change((0, 0), (0, 0)).p == 1
    assert ranked_change(np.zeros(25), np.zeros(25)).p == 1


@given(seed=st.integers(0, 2**31), last=st.integers(0, 30))
def test_a_rank_is_never_below_one_in_its_periods(seed, last) -> None:
    rng = np.random.default_rng(seed)
    treated, control = rng.poisson(2, (2, 25))
    treated[-1] = last
    assert 1 / 25 <= ranked_change(treated, control).p <= 1


def test_the_only_period_that_differs_is_the_most_extreme() -> None:
    found = ranked_change([*[5, 6] * 12, 30], [*[6, 5] * 12, 5])
    assert found.p == 1 / 25
    assert found.estimate == pytest.approx(25)


def test_the_counts_choose_the_test() -> None:
    earlier = np.random.default_rng(1).poisson(0.5, (2, 24))
    assert change_test((1, 0), (1, 2)).method == "exact conditional"
    assert change_test((1, 0), (1, 2), earlier=earlier).method == "rank among 26 periods"
    assert "measured scatter" in change_test((20, 10), (20, 22), earlier=20 * earlier).method


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: exact_change((1.5, 2), (1, 2)), "whole numbers"),
        (lambda: exact_change((-1, 2), (1, 2)), "whole numbers"),
        (lambda: ranked_change(np.ones(19), np.ones(19)), "never be rare"),
        (lambda: ranked_change(np.ones(25), np.ones(24)), "same periods"),
        (lambda: ranked_change(np.full(25, np.nan), np.ones(25)), "same periods"),
    ],
)
def test_what_it_refuses(call, says) -> None:
    with pytest.raises(InputError, match=says):
        call()
