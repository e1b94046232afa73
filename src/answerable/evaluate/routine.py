"""Has it become routine? Seven counters with their limits, and one plain line. Counts of public acts, and no model.

The rate is tested so that it may be looked at on any day; the hard counts need no test. Being over a hard limit is not
yet proof that the true rate is higher, and both are said.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from answerable.case.rarity import Level, Limit, Trend
from answerable.evaluate.chart import Chart, Lines
from answerable.evaluate.summary import Row, Summary
from answerable.policy.catalogue import catalogue

YEAR = timedelta(days=365)
_PROOF = 20.0
_CHANCE = 0.05
_LIGHTS: Mapping[Level, str] = {
    "none": "green: no limit is near",
    "notice": "amber: notice is given",
    "escalate": "amber: the limit is reached",
    "block": "red: over the limit",
}


@dataclass(frozen=True)
class Asked:
    """One request: when, for which area, on which trigger; ``authorised``, ``refused``, or neither.

    Of those authorised: ``granted`` and ``used`` area-hours (square kilometres times hours) and how often it was
    renewed or extended; each renewal counts as a deployment.
    """

    at: datetime
    area: str
    trigger: str
    authorised: bool = False
    refused: bool = False
    granted: float = 0.0
    used: float = 0.0
    renewals: int = 0


@dataclass(frozen=True)
class Limits:
    """What the oversight body set: for the force and for one area in a year, the rate permitted a year, the triggers.

    ``approvals_notice`` is the share of approved requests from which notice is given.
    """

    force: Limit
    area: Limit
    permitted: float
    triggers: tuple[str, ...]
    approvals_notice: float | None = None


def routine(asked: Sequence[Asked], limits: Limits, now: datetime, trend: Trend | None, *, title: str = "") -> Summary:
    """Return the seven counters at ``now``, for the year up to then; ``trend`` is the test of the rate.

    The verdict is the gravest of their lights. Reference: Spiegelhalter and others, Kings Fund, 2012, for what such
    counters are for; Howard and others, Annals of Statistics 49, 2021, for the test.
    """
    year = [one for one in asked if now - YEAR < one.at <= now]
    sent = [one for one in year if one.authorised]
    renewed = sum(one.renewals for one in sent)
    counters = [
        _rate(trend),
        _count(sent, renewed, limits),
        _renewals(renewed, len(sent)),
        _hours(sent),
        _refusals(year, limits),
        _triggers(sent, limits),
        _concentration(year, sent),
    ]
    gravest = max((level for _, level, _ in counters), key=tuple(_LIGHTS).index)
    line = plain_line(len(sent) + renewed, limits, trend)
    return Summary(
        title=title or "Has it become routine?",
        method="Counts from the record; the rate by a test that may be looked at on any day; exact tests otherwise.",
        table=tuple(Row(row.label, f"{row.value}. {_LIGHTS[level]}", row.note) for row, level, _ in counters),
        prose=(line,),
        verdict=_LIGHTS[gravest],
        assumptions=("every deployment is in the record",),
        would_change="limits are set by the oversight body, and only a new consultation loosens them.",
        numbers={
            "line": line,
            "counters": [{"name": row.label, "level": level, **numbers} for row, level, numbers in counters],
        },
        charts=_chart(sent, limits, now),
    )


def plain_line(count: int, limits: Limits, trend: Trend | None) -> str:
    """Return the one line: how many in twelve months, the limit, and what evidence there is that the rate is above it.

    >>> plain_line(3, Limits(Limit(most=4), Limit(), 4, ()), None)
    '3 in 12 months; limit 4; evidence that the true rate is above the limit: none.'
    """
    highest = trend.highest if trend is not None else 0.0
    if highest >= _PROOF:
        evidence = f"strong (by chance, at any look, less than 1 in {math.floor(highest)})"
    elif highest > 1:
        evidence = f"not yet strong (by chance, at any look, up to 1 in {max(1, math.floor(highest))})"
    else:
        evidence = "none"
    most = limits.force.most if limits.force.most is not None else limits.permitted
    over = f"{count} in 12 months; limit {most:g}"
    return f"{over}; evidence that the true rate is above the limit: {evidence}."


_Counter = tuple[Row, Level, dict[str, Any]]


def _rate(trend: Trend | None) -> _Counter:
    if trend is None:
        return Row("1. Rate", "nothing adopted to count from"), "none", {"e_value": None}
    level: Level = "escalate" if trend.highest >= 1 / trend.alpha else "none"
    value = trend.sentence[:1].upper() + trend.sentence[1:]
    note = f"e-value {trend.e_value:.3g}, highest {trend.highest:.3g}; proof from {1 / trend.alpha:g}"
    return Row("1. Rate", value, note), level, {"e_value": trend.e_value, "highest": trend.highest}


def _count(sent: Sequence[Asked], renewed: int, limits: Limits) -> _Counter:
    areas = Counter(one.area for one in sent)
    area, most = max(areas.items(), key=lambda item: (item[1], item[0]), default=("no area", 0))
    total = len(sent) + renewed
    levels: list[Level] = [limits.force.level(total), limits.area.level(most)]
    level = max(levels, key=tuple(_LIGHTS).index)
    value = f"{total} in the force; {most} in {area}, the most in one area"
    note = f"limits {_limit(limits.force)} and {_limit(limits.area)}; renewals counted"
    return Row("2. Count in 12 months", value, note), level, {"force": total, "area": most, "area_name": area}


def _renewals(renewed: int, sent: int) -> _Counter:
    level: Level = "notice" if renewed else "none"
    return (
        Row("3. Renewals and extensions", f"{renewed} in {sent} deployments", "each counts as a deployment"),
        level,
        {"renewals": renewed, "deployments": sent},
    )


def _hours(sent: Sequence[Asked]) -> _Counter:
    granted, used = sum(one.granted for one in sent), sum(one.used for one in sent)
    share = f"{100 * used / granted:.0f} %" if granted else "nothing was granted"
    value = f"{used:.2f} of {granted:.2f} square-kilometre hours granted were used ({share})"
    return Row("4. Area and hours", value, "shows whether more is asked for than is needed"), "none", {
        "used": used,
        "granted": granted,
    }  # fmt: skip


def _refusals(year: Sequence[Asked], limits: Limits) -> _Counter:
    refused, decided = sum(one.refused for one in year), sum(one.refused or one.authorised for one in year)
    if not decided:
        return Row("5. Requests refused", "none decided yet"), "none", {"refused": 0, "decided": 0}
    upper = upper_bound(refused, decided)
    rubber = limits.approvals_notice is not None and 1 - refused / decided >= limits.approvals_notice
    value = f"{refused} of {decided}; the true share is at most {100 * upper:.0f} % (95 in 100)"
    level: Level = "notice" if rubber else "none"
    return Row("5. Requests refused", value, "is anybody ever refused?"), level, {
        "refused": refused,
        "decided": decided,
        "upper": upper,
    }  # fmt: skip


def upper_bound(refused: int, decided: int) -> float:
    """Return the one-sided upper 95 % bound of the share refused (Clopper and Pearson).

    >>> round(upper_bound(0, 20), 2)
    0.14
    """
    from scipy.special import betaincinv

    return float(betaincinv(refused + 1, decided - refused, 0.95)) if refused < decided else 1.0


def _words(trigger: str) -> str:
    """Return a trigger as the rules name it."""
    return str(catalogue().facts["trigger.type"].choices.get(trigger, trigger.replace("_", " ")))


def _triggers(sent: Sequence[Asked], limits: Limits) -> _Counter:
    mix = Counter(one.trigger for one in sent)
    foreign = sum(count for trigger, count in mix.items() if trigger not in limits.triggers)
    told = ", ".join(f"{_words(trigger)}: {count}" for trigger, count in sorted(mix.items())) or "none"
    level: Level = "block" if foreign else "none"
    note = f"permitted: {', '.join(map(_words, limits.triggers))}"
    return Row("6. Triggers", told, note), level, {"mix": dict(mix), "others": foreign}


def _concentration(year: Sequence[Asked], sent: Sequence[Asked]) -> _Counter:
    areas = Counter(one.area for one in sent)
    if not areas:
        return Row("7. Concentration", "no deployment"), "none", {"p": None}
    area, most = max(areas.items(), key=lambda item: (item[1], item[0]))
    there = sum(one.area == area for one in year)
    p = as_concentrated(most, len(sent), there, len(year))
    value = f"{area}: {most} of {len(sent)} deployments, {there} of {len(year)} requests"
    level: Level = "notice" if p <= _CHANCE else "none"
    note = f"p = {p:.2g} that so many fall there if requests were granted alike everywhere"
    return Row("7. Concentration", value, note), level, {"area": area, "share": most / len(sent), "p": p}


def as_concentrated(here: int, sent: int, asked_here: int, asked: int) -> float:
    """Return the chance of ``here`` or more of ``sent`` in an area with ``asked_here`` of ``asked`` requests.

    Formula: hypergeometric tail (Fisher's exact test, one-sided).

    >>> round(as_concentrated(4, 4, 5, 10), 3)
    0.024
    """
    ways = [
        math.comb(asked_here, k) * math.comb(asked - asked_here, sent - k)
        for k in range(max(0, sent - (asked - asked_here)), min(sent, asked_here) + 1)
    ]
    low = max(0, sent - (asked - asked_here))
    return sum(ways[max(0, here - low) :]) / sum(ways)


def _chart(sent: Sequence[Asked], limits: Limits, now: datetime) -> tuple[Chart, ...]:
    points, total = [(0.0, 0.0)], 0
    for one in sorted(sent, key=lambda case: case.at):
        day = (one.at - (now - YEAR)) / timedelta(days=1)
        points += [(day, float(total)), (day, float(total + 1 + one.renewals))]
        total += 1 + one.renewals
    points.append((365.0, float(total)))
    permitted = [(0.0, 0.0), (365.0, limits.permitted)]
    series = {"deployments and renewals": points, "at the rate permitted": permitted}
    return (Lines("Deployments adding up over the last twelve months", "days", "deployments", series),)


def _limit(limit: Limit) -> str:
    return f"{limit.most:g}" if limit.most is not None else "none"
