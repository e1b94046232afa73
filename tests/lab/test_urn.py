"""The urn: bounds, the closed form, and the repair."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.lab.known.urn import mixed, oakland, polya
from answerable.lab.urn import Urn, limit_share, simulate_urn


@pytest.mark.parametrize("group", [polya, oakland, mixed])
def test_every_published_figure_of_the_urn_is_found_again(group) -> None:
    missed = [(a.name, a.published, a.ours) for a in group() if not a.holds]
    assert missed == []


@settings(max_examples=30, deadline=None)
@given(
    rates=st.tuples(st.floats(0.1, 5), st.floats(0.1, 5)),
    prior=st.tuples(st.integers(1, 500), st.integers(1, 500)),
    discovered=st.floats(0, 1),
    decay=st.floats(0, 0.2),
    repair=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_share_is_a_share_whatever_the_urn(rates, prior, discovered, decay, repair, seed) -> None:
    urn = Urn(rates, prior, discovered=discovered, decay=decay, repair=repair)
    shares = simulate_urn(urn, draws=40, runs=8, rng=np.random.default_rng(seed))
    assert ((shares > 0) & (shares < 1)).all()


@settings(max_examples=100, deadline=None)
@given(first=st.floats(0.5, 5), second=st.floats(0.5, 5), discovered=st.floats(0, 0.95))
def test_the_limit_lies_between_the_truth_and_the_whole(first, second, discovered) -> None:
    urn = Urn((first, second), (1, 1), discovered=discovered)
    limit = limit_share(urn)
    assert min(urn.truth, 1 - 1e-9) - 1e-6 <= max(limit, 1 - limit) or limit == pytest.approx(urn.truth)
    # The busier area is the one that gains.
    assert (limit - urn.truth) * (first - second) >= -1e-6


def test_with_nothing_discovered_the_limit_is_the_truth() -> None:
    urn = Urn((3, 1), (1, 1), discovered=0)
    assert limit_share(urn) == pytest.approx(0.75)
    shares = simulate_urn(urn, draws=2000, runs=50, rng=np.random.default_rng(0))
    assert shares.mean() == pytest.approx(0.75, abs=0.005)


def test_the_same_seed_gives_the_same_runs() -> None:
    urn = Urn((3, 1), (2, 2))
    one, other = (simulate_urn(urn, draws=50, runs=20, rng=np.random.default_rng(5)) for _ in range(2))
    assert (one == other).all()


@pytest.mark.parametrize(
    "change",
    [
        {"rates": (-1, 1)}, {"prior": (0, 1)}, {"discovered": 1.5}, {"decay": 1.0}, {"rates": (float("nan"), 1)},
    ],
)  # fmt: skip
def test_an_impossible_urn_is_refused(change) -> None:
    with pytest.raises(InputError, match="urn"):
        Urn(**{"rates": (1, 1), "prior": (1, 1), **change})
