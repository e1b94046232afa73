"""Has it become routine? An always-valid test that the rate has crept above the one permitted."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from answerable.case.rarity.guard import Measure
from answerable.case.rarity.level import Limit

# The risk of a false alarm, ever, that the test keeps to: one in twenty.
ALPHA = 0.05
_YEAR = timedelta(days=365.25)
# An authorisation in the minute of the adoption itself counts as a minute after it.
_SHORTEST = timedelta(minutes=1)


@dataclass(frozen=True)
class Trend:
    """The test at one instant.

    ``count`` authorised cases in ``years`` since ``began_at``, against ``permitted`` a year; ``e_value`` now and the
    ``highest`` it ever was; ``alarm_at`` is when it first reached 1 / ``alpha``, None where it has not. ``low`` and
    ``high`` are the rates a year that the confidence sequence still holds possible.
    """

    began_at: datetime
    count: int
    years: float
    permitted: float
    alpha: float
    e_value: float
    highest: float
    alarm_at: datetime | None
    low: float
    high: float

    @property
    def sentence(self) -> str:
        """The test in plain words."""
        cases = "case" if self.count == 1 else "cases"
        rate = f"{self.count} {cases} in {_length(self.years)}; permitted are {self.permitted:g} a year"
        if self.alarm_at is not None:
            chance = f"less than 1 in {_down(1 / self.alpha)}"
            return f"{rate}; evidence that the true rate is higher: strong (by chance, at any look ever, {chance})"
        words = "some, but too little to say so" if self.e_value > 1 else "none"
        return f"{rate}; evidence that the true rate is higher: {words}"

    @property
    def figures(self) -> str:
        """The e-value beside its alarm, and the rates that are still possible."""
        return (
            f"e-value {self.e_value:.3g}, highest {self.highest:.3g}, alarm at {1 / self.alpha:g}; "
            f"rates still possible: {self.low:.2f} to {self.high:.2f} a year"
        )

    def measure(self) -> Measure:
        """Return the test as a measure of the guard: an alarm escalates, until the policy is adopted anew."""
        return Measure.of("trend", self.highest, Limit(escalate=1 / self.alpha), self.sentence)

    def as_json(self) -> dict[str, Any]:
        """Return the test as plain data; a rate without a bound is null."""
        found = {**vars(self), "alarm": self.alarm_at is not None, "sentence": self.sentence}
        return found | {"high": self.high if math.isfinite(self.high) else None}


def trend(
    adopted: Iterable[datetime], authorised: Iterable[datetime], now: datetime, permitted: float, alpha: float = ALPHA
) -> Trend | None:
    """Return the test of ``authorised`` instants up to ``now`` against ``permitted`` cases a year; None if not adopted.

    It begins with the first of the instants at which the policy was ``adopted`` and goes on through later ones; only
    the first adoption after an alarm begins it afresh: whoever was consulted then knew of it.
    Between two cases the e-value can only fall, so it is looked at at every case and now.
    """
    starts = sorted(at for at in adopted if at <= now)
    if not starts:
        return None
    cases = sorted(at for at in authorised if starts[0] <= at <= now)
    began = starts[0]
    while True:
        since = [at for at in cases if at >= began]
        found = _test(began, since, now, permitted, alpha)
        anew = [at for at in starts if found.alarm_at is not None and at > found.alarm_at]
        if not anew:
            return found
        began = anew[0]


def _test(began: datetime, cases: list[datetime], now: datetime, permitted: float, alpha: float) -> Trend:
    # What it needs takes a fifth of a second to load, and most commands tell no trend.
    from answerable.score.sequential import rarity_e_value, rate_interval

    counts = [*range(1, len(cases) + 1), len(cases)]
    looks = [*cases, now]
    years = [max(at - began, _SHORTEST) / _YEAR for at in looks]
    values = [float(value) for value in rarity_e_value(counts, years, permitted)]
    alarm = next((at for at, value in zip(looks, values, strict=True) if value >= 1 / alpha), None)
    low, high = rate_interval(len(cases), years[-1], alpha=alpha)
    return Trend(began, len(cases), years[-1], permitted, alpha, values[-1], max(values), alarm, low, high)


def _length(years: float) -> str:
    days = years * 365.25
    return f"{days:.0f} days" if days < 60 else f"{years * 12:.0f} months" if years < 2 else f"{years:.1f} years"


def _down(number: float) -> int:
    return math.floor(number + 1e-9)
