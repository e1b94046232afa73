"""Fairness between groups of places: who bears deployments, and who goes without, net of need.

Groups are deciles or fifths of areas (deprivation, composition, borough), never persons. Need is the expected number of
serious incidents, corrected for what is not reported, and nobody knows that exactly: every figure that rests on it is
given as a band over reporting rates, with the gap in reporting at which it would turn round.

Equal error rates and calibration in every group cannot both hold where base rates differ; no figure here stands alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from answerable.errors import InputError
from answerable.evaluate.rates import RateComparison, compare_rates

MORE = "more than its need"
LESS = "less than its need"
CANNOT_TELL = "cannot tell"
IMPOSSIBLE = (
    "Where base rates differ, being calibrated in every group and having equal error rates in every group exclude each "
    "other."
)
_MOST = 1_000_000


@dataclass(frozen=True)
class Group:
    """What happened in one group of places.

    ``deployments`` of any outcome; ``futile`` of them without a serious incident; ``person_hours`` that people spent
    there; ``need``: serious incidents expected from reports; ``incidents`` that happened, ``missed`` of them with no
    case considered before. ``forecast`` is the sum of all probabilities that were forecast there, over every area and
    window and not only where somebody was sent; 0 where none was.
    """

    name: str
    deployments: int
    futile: int
    person_hours: float
    need: float
    incidents: int
    missed: int
    forecast: float = 0.0


@dataclass(frozen=True)
class Band:
    """A rate ratio of a group to all others, over the range of reporting rates: its interval at either end joined.

    ``tipping`` is the reporting rate, relative to the others, at which the ratio would be 1.
    """

    ratio: float
    low: float
    high: float
    tipping: float

    @property
    def verdict(self) -> str:
        """More, less, or that it cannot be told; never "no disparity"."""
        return MORE if self.low > 1 else LESS if self.high < 1 else CANNOT_TELL


@dataclass(frozen=True)
class Audit:
    """The figures of one group against all others.

    ``burden`` and ``futile`` deployments per person-hour; ``for_need`` and ``futile_for_need`` per incident needed;
    ``missed``: incidents nobody had considered per incident needed, a band too, since what is not reported is not
    considered either; ``hit_rate`` of its deployments with a Jeffreys interval; ``calibration``: incidents over what
    was forecast, with its exact interval, None where nothing was; ``needed`` deployments in all groups together to see
    it bear twice its share.
    """

    group: str
    burden: RateComparison
    futile: RateComparison
    for_need: Band
    futile_for_need: Band
    missed: Band
    hit_rate: tuple[float, float, float]
    calibration: tuple[float, float, float] | None
    needed: int


def audit(groups: Sequence[Group], *, reporting: tuple[float, float] = (1.0, 1.0), level: float = 0.95) -> list[Audit]:
    """Return the figures of every group.

    ``reporting``: lowest and highest plausible share of incidents reported in the group, relative to the others: (0.6,
    1.0) says that it may report as few as 60 % of what others would. Errors: InputError for fewer than two groups, two
    of one name, counts that do not fit together, or no need.
    """
    _check(groups, reporting)
    return [_audit(one, [g for g in groups if g is not one], reporting, level) for one in groups]


def deployments_for_double(share: float, *, alpha: float = 0.05, wanted: float = 0.8) -> int:
    """Return how many deployments in all would show that a group with this ``share`` of need bears twice as much for
    it.

    Formula: two-sided exact binomial test of the share; under the doubled rate it is 2 s / (1 + s). Errors: InputError
    for a share not between 0 and 1.

    >>> deployments_for_double(0.2)
    85
    """
    import numpy as np
    from scipy.special import bdtrin

    if not 0 < share < 1:
        raise InputError("A share of need lies between 0 and 1.", where=f"{share}", fix="Give it as a fraction.")
    doubled, most = 2 * share / (1 + share), 64
    while True:
        # Of each count k: the most deployments of which k are still too many, and the fewest that would show k.
        k = np.arange(1, most)
        latest = np.floor(bdtrin(k - 1, 1 - alpha / 2, share))
        first = np.maximum(k, np.ceil(bdtrin(k - 1, 1 - wanted, doubled)))
        fits = first <= latest
        if fits.any() or first[-1] > _MOST:
            return min(int(first[fits.argmax()]) if fits.any() else _MOST, _MOST)
        most *= 4


def _audit(one: Group, others: Sequence[Group], reporting: tuple[float, float], level: float) -> Audit:
    def rest(name: str) -> float:
        return float(sum(getattr(g, name) for g in others))

    def per_need(name: str) -> Band:
        seen = compare_rates(getattr(one, name), one.need, int(rest(name)), rest("need"), level=level)
        return _band(seen, reporting)

    def per_head(name: str) -> RateComparison:
        return compare_rates(getattr(one, name), one.person_hours, int(rest(name)), rest("person_hours"), level=level)

    share = one.need / (one.need + rest("need"))
    return Audit(
        group=one.name,
        burden=per_head("deployments"),
        futile=per_head("futile"),
        for_need=per_need("deployments"),
        futile_for_need=per_need("futile"),
        missed=per_need("missed"),
        hit_rate=_jeffreys(one.deployments - one.futile, one.deployments, level),
        calibration=_calibration(one, level) if one.forecast else None,
        needed=deployments_for_double(share),
    )


def _calibration(one: Group, level: float) -> tuple[float, float, float]:
    """Return incidents over what was forecast, with Garwood's exact interval for a count."""
    from scipy.special import gammaincinv

    tail, seen = (1 - level) / 2, one.incidents
    low = float(gammaincinv(seen, tail)) if seen else 0.0
    high = float(gammaincinv(seen + 1, 1 - tail))
    return seen / one.forecast, low / one.forecast, high / one.forecast


def _band(seen: RateComparison, reporting: tuple[float, float]) -> Band:
    # Reporting a share r means a need of need / r: per need, the group's rate is r times what it seems.
    tipping = 1 / seen.ratio if seen.ratio > 0 else math.inf
    return Band(seen.ratio, seen.low * reporting[0], seen.high * reporting[1], tipping)


def _jeffreys(hits: int, trials: int, level: float) -> tuple[float, float, float]:
    from scipy.special import betaincinv

    if trials == 0:
        return math.nan, 0.0, 1.0
    tail, miss = (1 - level) / 2, trials - hits
    low = float(betaincinv(hits + 0.5, miss + 0.5, tail)) if hits else 0.0
    high = float(betaincinv(hits + 0.5, miss + 0.5, 1 - tail)) if miss else 1.0
    return hits / trials, low, high


def _check(groups: Sequence[Group], reporting: tuple[float, float]) -> None:
    if len(groups) < 2 or len({g.name for g in groups}) != len(groups):
        raise InputError(
            "An audit compares at least two groups of places, each with a name of its own.",
            where=", ".join(g.name for g in groups),
            fix="Use fifths of areas by deprivation, or boroughs.",
        )
    for g in groups:
        fits = 0 <= g.futile <= g.deployments and 0 <= g.missed <= g.incidents
        fits = fits and g.forecast >= 0 and math.isfinite(g.forecast)
        if not (fits and g.person_hours > 0 and g.need > 0 and math.isfinite(g.need)):
            raise InputError(
                "The figures of this group do not fit together.",
                where=f"{g}",
                fix="Need and person-hours are above 0; futile deployments and missed incidents are part of all.",
            )
    if not 0 < reporting[0] <= reporting[1]:
        raise InputError(
            "A range of reporting goes from a lower to a higher share, above 0.",
            where=f"{reporting}",
            fix="For example 0.6 and 1.0.",
        )
