"""What a programme could show: exact power, how many deployments are needed, the smallest change that could be seen.

The test behind it is the exact conditional one: given all events, how many fell into deployed windows rather than into
``controls`` comparable windows for each of them.
"""

from __future__ import annotations

import math

import numpy as np

from answerable.errors import InputError

ALPHA = 0.05
WANTED = 0.80
CEILING_YEARS = 10
_REACH = 9.0
_MOST = 10_000_000

TOO_RARE = "This programme is too rare for its effect ever to be shown. It must be justified on other grounds."


def power(deployments: int, baseline: float, fall: float, *, controls: int = 1, alpha: float = ALPHA) -> float:
    """Return the chance that a one-sided test at ``alpha`` sees a true ``fall``.

    Formula: events in deployed windows are Poisson(n b (1 - fall)), in the others Poisson(n k b); given their sum N the
    first are binomial; the power is the mean over N of the chance that the exact test rejects. ``baseline`` b: events
    per window without the deployment; ``fall``: fraction, 0.3 is 30 %; 0 gives the true size. Errors: InputError for
    numbers out of range. Reference: Przyborowski and Wilenski, Biometrika 31, 1940.

    >>> round(power(2450, 0.05, 0.3), 2)
    0.8
    """
    _check(deployments, baseline, fall, controls, alpha)
    from scipy.special import bdtr, gammaln

    mean = deployments * baseline * (1 - fall + controls)
    reach = _REACH * math.sqrt(mean) + 20
    n = np.arange(max(0, math.floor(mean - reach)), math.ceil(mean + reach) + 1)
    weight = np.exp(n * math.log(mean) - mean - gammaln(n + 1))
    chance = 1 / (1 + controls)
    true = (1 - fall) / (1 - fall + controls)
    critical = _critical(n, chance, alpha)
    rejected = np.where(critical >= 0, bdtr(np.maximum(critical, 0), n, true), 0.0)
    return float((weight * rejected).sum())


def deployments_needed(
    baseline: float, fall: float, *, controls: int = 1, alpha: float = ALPHA, wanted: float = WANTED
) -> int:
    """Return the fewest deployments whose :func:`power` reaches ``wanted``.

    Starts at the normal approximation and halves the interval around it. Errors: InputError as :func:`power`, for a
    fall of 0, or where more than 10 million would be needed.

    >>> deployments_needed(1.0, 0.5)
    40
    """
    _check(1, baseline, fall, controls, alpha)
    if not fall or not alpha < wanted < 1:
        raise InputError(
            "A number of deployments needs a fall above 0 and a power above the risk of error.",
            where=f"fall {fall}, power {wanted}",
            fix="Name the smallest fall that would matter.",
        )
    high = max(1, _approximate(baseline, fall, controls, alpha, wanted))
    if high > _MOST:
        raise InputError(
            "More than ten million deployments would be needed.", where=f"baseline {baseline}", fix=TOO_RARE
        )

    def enough(n: int) -> bool:
        return power(n, baseline, fall, controls=controls, alpha=alpha) >= wanted

    low = 0
    while not enough(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def smallest_fall(
    deployments: int, baseline: float, *, controls: int = 1, alpha: float = ALPHA, wanted: float = WANTED
) -> float | None:
    """Return the smallest true fall (a fraction) that would be seen with power ``wanted``; None if none would.

    Not even the end of all violence in the deployed windows can be seen where events are too few. Errors: InputError as
    :func:`power`.
    """
    _check(deployments, baseline, 0.0, controls, alpha)
    low, high = 0.0, 1.0
    if power(deployments, baseline, high, controls=controls, alpha=alpha) < wanted:
        return None
    while high - low > 1e-4:
        middle = (low + high) / 2
        seen = power(deployments, baseline, middle, controls=controls, alpha=alpha) >= wanted
        low, high = (low, middle) if seen else (middle, high)
    return high


def none_seen(deployments: int, baseline: float) -> float:
    """Return the chance of no event in ``deployments`` windows although nothing changed: exp(-n b).

    >>> [round(none_seen(n, 0.05), 2) for n in (1, 5, 20)]
    [0.95, 0.78, 0.37]
    """
    _check(deployments, baseline, 0.0, 1, ALPHA)
    return math.exp(-deployments * baseline)


def too_rare(needed: int, ceiling_per_year: float, *, years: float = CEILING_YEARS) -> bool:
    """Return whether ``needed`` deployments exceed what a ceiling allows in ``years``."""
    return needed > ceiling_per_year * years


def _critical(n: np.ndarray, chance: float, alpha: float) -> np.ndarray:
    """Return the largest count whose lower binomial tail is at most ``alpha``; -1 where even none is not unlikely."""
    from scipy.special import bdtr, ndtri

    guess = np.floor(n * chance + float(ndtri(alpha)) * np.sqrt(n * chance * (1 - chance)))
    critical = np.maximum(guess, -1.0)
    # The normal approximation is a few counts off at most; walk to the exact value.
    while True:
        up = (critical + 1 <= n) & (bdtr(np.minimum(critical + 1, n), n, chance) <= alpha)
        down = (critical >= 0) & (bdtr(np.maximum(critical, 0), n, chance) > alpha)
        if not (up.any() or down.any()):
            return critical
        critical = critical + np.where(up, 1, 0) - np.where(down & ~up, 1, 0)


def _approximate(baseline: float, fall: float, controls: int, alpha: float, wanted: float) -> int:
    from scipy.special import ndtri

    remaining = max(1 - fall, 1e-3)
    spread = (1 / remaining + 1 / controls) / baseline
    reach = float(ndtri(1 - alpha)) + float(ndtri(wanted))
    return math.ceil(spread * (reach / math.log(remaining)) ** 2)


def _check(deployments: int, baseline: float, fall: float, controls: int, alpha: float) -> None:
    if not (
        deployments >= 1
        and math.isfinite(baseline)
        and baseline > 0
        and 0 <= fall <= 1
        and controls >= 1
        and 0 < alpha < 0.5
    ):
        raise InputError(
            "Power needs at least one deployment and control, a baseline above 0, a fall between 0 and 1.",
            where=f"deployments {deployments}, baseline {baseline}, fall {fall}, controls {controls}, alpha {alpha}",
            fix="Give the fall as a fraction: 0.3 for 30 %.",
        )
