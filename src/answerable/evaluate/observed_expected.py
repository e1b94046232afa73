"""What was seen in deployed windows against what had been logged beforehand as expected there.

A forecast that is in the log before the deployment is a counterfactual nobody can choose afterwards. It is recalibrated
on windows without a deployment and of the same risk band, and their number of events says how well that is known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from answerable.errors import InputError

LEVEL = 0.90


@dataclass(frozen=True)
class ObservedExpected:
    """How many events were seen, and how many would be without any effect: mean ``expected``, range ``low`` to
    ``high``.

    ``as_few`` and ``as_many`` are the chances, if nothing changed, of this count or fewer, and of this count or more.
    ``calibration`` is what the logged expectation was multiplied by; ``ratio`` is observed over expected.
    """

    observed: int
    expected: float
    low: int
    high: int
    as_few: float
    as_many: float
    calibration: float
    level: float

    @property
    def ratio(self) -> float:
        """Observed over expected."""
        return self.observed / self.expected


def observed_expected(
    observed: int,
    logged: float,
    *,
    comparison_observed: int | None = None,
    comparison_logged: float = 0.0,
    dispersion: float = 1.0,
    level: float = LEVEL,
) -> ObservedExpected:
    """Return how ``observed`` lies in what was expected.

    Formula: with m events where M were logged in comparable windows, the calibration is Gamma(m + 1/2, M), so that the
    count without effect is negative binomial with mean L (m + 1/2) / M and variance dispersion * mean + mean^2 / (m +
    1/2). Without comparison windows the logged sum L is taken as it is. Units: events. Errors: InputError for negative
    numbers, an expectation of 0, or a dispersion below 1. Reference: Gelman et al., Bayesian Data Analysis, 2013, 2.6.

    >>> found = observed_expected(0, 0.05)
    >>> round(found.as_few, 2), found.low, found.high
    (0.95, 0, 0)
    """
    if not (observed >= 0 and logged > 0 and math.isfinite(logged) and dispersion >= 1 and 0 < level < 1):
        raise InputError(
            "This needs a count of 0 or more, a logged expectation above 0 and a dispersion of at least 1.",
            where=f"observed {observed}, logged {logged}, dispersion {dispersion}",
            fix="Use the expectation that the log holds for the same windows.",
        )
    known = math.inf
    calibration = 1.0
    if comparison_observed is not None:
        if not (comparison_observed >= 0 and comparison_logged > 0):
            raise InputError(
                "Comparison windows need a count of 0 or more and a logged expectation above 0.",
                where=f"{comparison_observed} of {comparison_logged}",
                fix="Leave them out where there are none.",
            )
        known = comparison_observed + 0.5
        calibration = known / comparison_logged
    mean = logged * calibration
    spread = (dispersion - 1) + mean / known
    size = mean / spread if spread > 0 else math.inf
    tail = (1 - level) / 2
    return ObservedExpected(
        observed=observed,
        expected=mean,
        low=quantile(tail, mean, size),
        high=quantile(1 - tail, mean, size),
        as_few=at_most(observed, mean, size),
        as_many=1.0 if observed == 0 else 1 - at_most(observed - 1, mean, size),
        calibration=calibration,
        level=level,
    )


def at_most(count: int, mean: float, size: float = math.inf) -> float:
    """Return the chance of ``count`` or fewer under a negative binomial (Poisson where ``size`` is infinite)."""
    from scipy.special import betainc, pdtr

    if math.isinf(size):
        return float(pdtr(count, mean))
    return float(betainc(size, count + 1, size / (size + mean)))


def quantile(p: float, mean: float, size: float = math.inf) -> int:
    """Return the smallest count whose :func:`at_most` reaches ``p``."""
    high = 1
    while at_most(high, mean, size) < p:
        high *= 2
    low = -1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if at_most(middle, mean, size) >= p else (middle, high)
    return high
