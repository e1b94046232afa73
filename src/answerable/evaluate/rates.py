"""Two counts over known times or areas, and whether one rate is higher than the other.

Three answers: the exact conditional test (rates of Poisson counts), the E-test (more powerful for small counts), and an
interval that allows for counts that scatter more than chance alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from answerable.errors import InputError

_TAIL = 12.0
"""How many standard deviations of a Poisson count the E-test sums over: what is left out is below 1e-20."""
_TIE = 1e-9
_MANY = 5.0
"""So many events, each worth one that comes alone, for the logarithm of a ratio to be about normal."""


@dataclass(frozen=True)
class RateComparison:
    """Rate of the first over rate of the second.

    ``ratio`` is NaN where neither had an event; ``low`` and ``high`` are its interval at ``level``; ``p`` is two-sided.
    """

    ratio: float
    low: float
    high: float
    p: float
    level: float
    method: str


def compare_rates(
    count: int, exposure: float, other: int, other_exposure: float, *, dispersion: float = 1.0, level: float = 0.95
) -> RateComparison:
    """Return how the rate ``count / exposure`` compares with ``other / other_exposure``.

    Formula: given the sum n of both counts, the first is binomial with chance exposure / (exposure + other_exposure)
    under equal rates; Clopper-Pearson interval; the two-sided p sums all outcomes that are no likelier than the one
    seen, so that it can disagree with the interval by a hair. With ``dispersion`` (variance over mean, at least 1; from
    earlier periods of the same kind) above 1 the interval is ratio times exp(+- z sqrt(dispersion (1/a + 1/b))); where
    either count divided by the dispersion is below 5, the exact interval of both counts divided by it, and twice its
    smaller tail. Units: events; any unit of exposure, the same for both. No events at all: ratio NaN, from 0 to
    infinity, p 1. Errors: InputError for counts below 0, exposures not above 0 or a dispersion below 1. Reference:
    Clopper and Pearson, Biometrika 26, 1934; Przyborowski and Wilenski, Biometrika 31, 1940; McCullagh and Nelder,
    Generalized Linear Models, 1989, 4.5.

    >>> found = compare_rates(127, 333, 116, 365)
    >>> round(found.ratio, 2), round(found.low, 2), round(found.high, 2)
    (1.2, 0.93, 1.56)
    """
    _counts(count, other)
    _above_zero(exposure=exposure, other_exposure=other_exposure)
    if not (math.isfinite(dispersion) and dispersion >= 1 and 0 < level < 1):
        raise InputError(
            "A dispersion is at least 1, and a level lies between 0 and 1.",
            where=f"dispersion {dispersion}, level {level}",
            fix="Counts that scatter less than chance are compared with dispersion 1.",
        )
    if count + other == 0:
        return RateComparison(math.nan, 0.0, math.inf, 1.0, level, "exact conditional")
    ratio = (count / exposure) / (other / other_exposure) if other else math.inf
    if dispersion > 1:
        if min(count, other) / dispersion >= _MANY:
            return _scattered(count, other, ratio, dispersion, level)
        return _few_scattered(count / dispersion, other / dispersion, exposure / other_exposure, ratio, level)
    return _exact(count, other, exposure / other_exposure, ratio, level)


def e_test(count: int, other: int, *, exposure: float = 1.0, other_exposure: float = 1.0) -> float:
    """Return the two-sided p of the E-test that two Poisson counts come from equal rates.

    Formula: the chance, at the pooled rate, of a standardised difference at least as large as the one seen, summed over
    both counts. Units: events; exposures in one unit. Two counts of 0: NaN, since there is nothing to compare.
    Errors: as :func:`compare_rates`. Reference: Krishnamoorthy and Thomson, Journal of Statistical Planning and
    Inference 119, 2004.

    >>> round(e_test(0, 3), 4), round(e_test(6, 2), 4)
    (0.0884, 0.1749)
    """
    _counts(count, other)
    _above_zero(exposure=exposure, other_exposure=other_exposure)
    if count + other == 0:
        return math.nan
    pooled = (count + other) / (exposure + other_exposure)
    first, chance = _poisson(pooled * exposure)
    second, other_chance = _poisson(pooled * other_exposure)
    seen = _standardised(np.array(count), np.array(other), exposure, other_exposure)
    all_of_them = _standardised(first[:, None], second[None, :], exposure, other_exposure)
    as_far = np.abs(all_of_them) >= abs(seen) - _TIE
    return float(min(1.0, (chance[:, None] * other_chance[None, :])[as_far].sum()))


def _exact(count: int, other: int, exposures: float, ratio: float, level: float) -> RateComparison:
    from scipy.special import betaincinv

    n, tail = count + other, (1 - level) / 2
    low = betaincinv(count, other + 1, tail) if count else 0.0
    high = betaincinv(count + 1, other, 1 - tail) if other else 1.0
    odds = [float(share / (1 - share)) / exposures if share < 1 else math.inf for share in (low, high)]
    p = _no_likelier(count, n, exposures / (1 + exposures))
    return RateComparison(ratio, odds[0], odds[1], p, level, "exact conditional")


def _no_likelier(count: int, n: int, chance: float) -> float:
    """Return the binomial chance of all outcomes that are no likelier than ``count`` of ``n``."""
    from scipy.special import gammaln, xlog1py, xlogy

    k = np.arange(n + 1)
    log = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) + xlogy(k, chance) + xlog1py(n - k, -chance)
    return float(min(1.0, np.exp(log[log <= log[count] + _TIE]).sum()))


def _scattered(count: int, other: int, ratio: float, dispersion: float, level: float) -> RateComparison:
    from scipy.special import ndtr, ndtri

    error = math.sqrt(dispersion * (1 / count + 1 / other))
    reach = float(ndtri((1 + level) / 2)) * error
    p = 2 * float(ndtr(-abs(math.log(ratio)) / error))
    return RateComparison(ratio, ratio * math.exp(-reach), ratio * math.exp(reach), p, level, "overdispersed")


def _few_scattered(count: float, other: float, exposures: float, ratio: float, level: float) -> RateComparison:
    """Compare as many events as these would be worth if they came one by one."""
    from scipy.special import betainc, betaincinv

    tail, chance = (1 - level) / 2, exposures / (1 + exposures)
    low = float(betaincinv(count, other + 1, tail)) if count else 0.0
    high = float(betaincinv(count + 1, other, 1 - tail)) if other else 1.0
    odds = [share / (1 - share) / exposures if share < 1 else math.inf for share in (low, high)]
    as_many = float(betainc(count, other + 1, chance)) if count else 1.0
    as_few = 1 - float(betainc(count + 1, other, chance)) if other else 1.0
    return RateComparison(ratio, odds[0], odds[1], min(1.0, 2 * min(as_many, as_few)), level, "exact, overdispersed")


def _poisson(mean: float) -> tuple[np.ndarray, np.ndarray]:
    from scipy.special import gammaln

    reach = _TAIL * math.sqrt(mean) + 20
    x = np.arange(max(0, math.floor(mean - reach)), math.ceil(mean + reach) + 1)
    return x, np.exp(x * math.log(mean) - mean - gammaln(x + 1))


def _standardised(a: np.ndarray, b: np.ndarray, exposure: float, other: float) -> np.ndarray:
    spread = np.sqrt(a / exposure**2 + b / other**2)
    difference = a / exposure - b / other
    return np.divide(difference, spread, out=np.zeros(np.broadcast_shapes(a.shape, b.shape)), where=spread > 0)


def _counts(*counts: int) -> None:
    if any(count < 0 or count != int(count) for count in counts):
        raise InputError("Counts are whole numbers of 0 or more.", where=f"{counts}", fix="Give the events themselves.")


def _above_zero(**numbers: float) -> None:
    for name, number in numbers.items():
        if not (math.isfinite(number) and number > 0):
            raise InputError("This must be a number above 0.", where=f"{name} {number}", fix="Give one above 0.")
