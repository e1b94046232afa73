"""Bands of what was expected: refusing where little is to be expected must not pass for an effect of deploying."""

from __future__ import annotations

import numpy as np
import pytest

from answerable.evaluate.programme import Window, programme
from answerable.evaluate.strata import in_bands


def chosen(seed: int, n: int = 1500) -> list[Window]:
    """Windows of one trigger in which nothing has an effect, and nobody is sent where little is to be expected."""
    rng = np.random.default_rng(seed)
    logged = rng.gamma(1.5, 0.1, n)
    sent = rng.random(n) < np.where(logged > 0.15, 0.8, 0.15)
    return [
        Window(bool(s), int(rng.poisson(x)), "assault, night", "" if s else "refused", float(x))
        for s, x in zip(sent, logged, strict=True)
    ]


def test_without_bands_refusing_the_quiet_ones_looks_like_harm_and_with_them_it_does_not() -> None:
    plain, banded = [], []
    for seed in range(8):
        made, rng = chosen(seed), np.random.default_rng(seed)
        plain.append(programme(made, rng=rng, a_year=4, permutations=19).numbers["ratio"])
        banded.append(programme(in_bands(made), rng=rng, a_year=4, permutations=19).numbers["ratio"])
    assert np.mean(plain) > 1.8
    assert np.mean(banded) == pytest.approx(1.0, abs=0.3)


def test_each_window_falls_into_its_third() -> None:
    made = [Window(i % 2 == 0, 0, "a", "", float(i)) for i in range(30)] + [Window(True, 0, "a")]
    found = [one.stratum for one in in_bands(made)]
    assert found[0] == "a, little expected"
    assert found[15] == "a, some expected"
    assert found[29] == "a, most expected"
    assert found[30] == "a"


def test_few_windows_are_not_split() -> None:
    made = [Window(i % 2 == 0, 0, "a", "", float(i)) for i in range(29)]
    assert in_bands(made) == made
    assert in_bands([]) == []
