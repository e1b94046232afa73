"""Seven counters that would show an exception turning into a habit, from the public record alone.

Formulae: the rate by the always-valid test of ``case.rarity.trend``; refusals with the one-sided upper 95 % end of
Clopper and Pearson; concentration by an exact binomial test of the largest area's uses against its share of proposals.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass

from answerable.policy.pack import Pack
from answerable.service.public_view import PublicCase, PublicView
from answerable.web.catalogue import say
from answerable.web.once import once
from answerable.web.pages.case_words import TRIGGERS
from answerable.web.rare import Rare, counted, hours, rare, under, within

WITHIN, NEAR, OVER, NO_LIMIT, CANNOT = "within", "near", "over", "no_limit", "cannot"
_LEVELS = {"none": WITHIN, "notice": NEAR, "escalate": NEAR, "block": OVER}
_FEWEST = 5


@dataclass(frozen=True)
class Counter:
    """One counter: what it counts, its value and its limit in words, and its ``level`` (a key of the catalogue)."""

    title: str
    value: str
    limit: str
    level: str

    @property
    def level_words(self) -> str:
        """The level in words."""
        return say(f"routine.{self.level}")


@once
def counters(view: PublicView, pack: Pack) -> tuple[Counter, ...]:
    """Return the seven counters under ``pack`` at ``view.as_of``."""
    found, every = rare(view, pack), under(view, pack)
    year = [case for case in under(view, pack, "authorise", "urgent") if within(case.authorised_at, view.as_of)]
    return (
        _rate(found),
        _count(found, len(year)),
        _renewals(found, year),
        _hours(view, year),
        _refusals(sum(within(case.at("refuse"), view.as_of) for case in under(view, pack, "refuse")), len(year), found),
        _triggers(year),
        _places(every, year),
    )


def _rate(found: Rare | None) -> Counter:
    title = say("routine.rate")
    if found is None or found.trend is None:
        return Counter(title, say("told.counters.not_tested"), "none", NO_LIMIT)
    trend = found.trend
    level = OVER if trend.alarm_at else NEAR if trend.e_value > 1 / (2 * trend.alpha) else WITHIN
    return Counter(title, trend.sentence, say("told.counters.a_year_tested_at", permitted=trend.permitted), level)


def _count(found: Rare | None, used: int) -> Counter:
    if found is None or found.force.limit.most is None:
        return Counter(say("routine.count"), str(used), "none", NO_LIMIT)
    worst = max((len(area.cases) for area in found.areas), default=0)
    levels = [found.force.level, *(area.level for area in found.areas)]
    level = OVER if "block" in levels else NEAR if any(one != "none" for one in levels) else WITHIN
    most = found.areas[0].limit.most if found.areas else None
    areas = say("told.counters.in_one_area", most=most) if most is not None else ""
    return Counter(
        say("routine.count"),
        say("told.counters.in_the_force_in", used=used, worst=worst),
        say("told.counters.in_the_force", most=found.force.limit.most, areas=areas),
        level,
    )


def _renewals(found: Rare | None, year: Sequence[PublicCase]) -> Counter:
    extended = sum(event.kind == "extend" for case in year for event in case.events)
    most = found.force.limit.most if found else None
    value = say("told.counters.extended_in_all_if", extended=extended, extended2=len(year) + extended)
    if most is None:
        return Counter(say("routine.renewals"), value, "none", NO_LIMIT)
    counted_all = len(year) + extended
    level = OVER if counted_all >= most else NEAR if counted_all >= most - 1 else WITHIN
    return Counter(say("routine.renewals"), value, say("told.counters.extensions_counted", most=most), level)


def _hours(view: PublicView, year: Sequence[PublicCase]) -> Counter:
    told = [counted(case, view.as_of) for case in year]
    granted = sum(one.granted.hours for one in told if one.granted)
    out = sum(one.out.hours for one in told if one.out)
    share = f" ({100 * out / granted:.0f} %)" if granted else ""
    return Counter(
        say("routine.hours"),
        say("told.counters.of_hours_granted", out=out, granted=granted, share=share),
        "none",
        NO_LIMIT,
    )


def _refusals(refused: int, authorised: int, found: Rare | None) -> Counter:
    decided = refused + authorised
    upper = upper_share(refused, decided)
    value = (
        say("told.counters.of_decided_as_many", refused=refused, decided=decided, upper=100 * upper)
        if decided
        else say("told.counters.none_decided")
    )
    share = next((one for one in found.shares if one.name == "approval_rate"), None) if found else None
    if share is None or share.limit.notice is None:
        return Counter(say("routine.refusals"), value, "none", NO_LIMIT)
    level = CANNOT if decided < _FEWEST else _LEVELS[share.level]
    return Counter(
        say("routine.refusals"),
        value,
        say("told.counters.notice_from_of_approved", notice=100 * share.limit.notice),
        level,
    )


def upper_share(count: int, of: int) -> float:
    """Return the one-sided upper 95 % end for a share seen ``count`` times of ``of`` (Clopper and Pearson); 1 for none.

    >>> round(upper_share(0, 20), 2)
    0.14
    """
    from scipy.special import betaincinv

    return 1.0 if count >= of else float(betaincinv(count + 1, of - count, 0.95))


def _triggers(year: Sequence[PublicCase]) -> Counter:
    seen = Tally(case.trigger for case in year)
    other = sum(count for trigger, count in seen.items() if trigger not in TRIGGERS)
    value = "; ".join(f"{count} {TRIGGERS.get(name, name.replace('_', ' '))}" for name, count in sorted(seen.items()))
    return Counter(
        say("routine.triggers"), value or "none", say("told.counters.these_two_and_nothing"), OVER if other else WITHIN
    )


def _places(every: Sequence[PublicCase], year: Sequence[PublicCase]) -> Counter:
    from scipy.special import bdtrc

    title, limit = say("routine.places"), say("told.counters.none_a_look_and")
    if not year:
        return Counter(title, "none", limit, NO_LIMIT)
    name, most = Tally(case.area_name for case in year).most_common(1)[0]
    share = sum(case.area_name == name for case in every) / len(every)
    value = say("told.counters.of_uses_and_of", name=name, most=most, year=len(year), share=100 * share)
    if len(year) < _FEWEST or share >= 1:
        return Counter(title, value, limit, CANNOT)
    chance = float(bdtrc(most - 1, len(year), share))
    return Counter(
        title, say("told.counters.by_chance", value=value, chance=chance), limit, NEAR if chance < 0.05 else WITHIN
    )


def hours_by_area(view: PublicView, found: Rare) -> list[tuple[str, int, float]]:
    """Return name, uses and hours with officers out of each area, as the counters count them."""
    return [
        (one.name, len(one.cases), hours([counted(case, view.as_of).out for case in one.cases], one.period))
        for one in found.areas
    ]
