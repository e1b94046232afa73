"""A probability said as a frequency: "3 in 1,000". Every probability shown to a person goes through here.

People read "3 in 1,000" better than 0.0031 or 0.31 %, and better still when the second number is round.

>>> [frequency(p) for p in (0.25, 0.034, 0.0031, 0.00127, 1 / 26_145, 3e-9)]
['25 in 100', '34 in 1,000', '3 in 1,000', '1 in 790', '1 in 26,000', 'fewer than 1 in a million']
"""

from __future__ import annotations

import math

from answerable.errors import InputError

_MILLION = 1_000_000


def frequency(p: float) -> str:
    """Say the probability ``p`` (0 to 1) as a small whole number in a round one.

    Within 5 % of ``p`` from 1 in 100 up, within 20 % below; never "0 in" anything, never "100 in 100": what is
    nearly impossible is "fewer than 1 in a million", what is nearly certain "more than 99 in 100". Larger ``p`` never
    reads as a smaller frequency. InputError where ``p`` is not a probability (NaN included).
    """
    if not 0 <= p <= 1:
        raise InputError("This is not a probability.", where=f"{p}", fix="It must lie between 0 and 1.")
    if p < 1 / _MILLION:
        return "fewer than 1 in a million"
    if p >= 0.995:
        return "more than 99 in 100"
    if p >= 0.095:
        return f"{_whole(100 * p)} in 100"
    if p >= 0.0095:
        thousandths = _whole(1000 * p)
        return f"{thousandths // 10} in 100" if thousandths % 10 == 0 else f"{thousandths} in 1,000"
    if p >= 0.0025 or abs(1000 * p - _whole(1000 * p)) < 0.05 * _whole(1000 * p):
        return f"{_whole(1000 * p)} in 1,000"
    return one_in(p)


def one_in(p: float) -> str:
    """Say ``p`` (above 0) as "1 in N", N rounded to two figures.

    >>> one_in(0.00127), one_in(1 / 26_145), one_in(1.0)
    ('1 in 790', '1 in 26,000', '1 in 1')
    """
    return f"1 in {rounded(1 / p)}" if p < 1 else "1 in 1"


def rounded(value: float, figures: int = 2) -> str:
    """Write a number of 1 or more with ``figures`` significant figures, thousands set apart; a million in words.

    >>> rounded(784.8), rounded(784.8, 3), rounded(26_144), rounded(1e6), rounded(3_529_550)
    ('780', '785', '26,000', 'a million', '3,500,000')
    """
    step = 10 ** max(0, math.floor(math.log10(value)) - figures + 1)
    whole = _whole(value / step) * step
    return "a million" if whole == _MILLION else f"{whole:,}"


def _whole(value: float) -> int:
    return math.floor(value + 0.5)
