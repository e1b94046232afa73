"""The card of a claim such as "more homicides so far than in all of last year": true by which count, and what of it.

Always the same lines, in the same order: what was counted, by which definition the claim holds, whether the rates
differ by more than chance, how the year may end, whether there was a spate, and how far such counts are revised.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from answerable.errors import InputError
from answerable.evaluate.chart import Chart, Lines, Range, Ranges
from answerable.evaluate.indicator.claims import Claim, known_by
from answerable.evaluate.indicator.spate import most_in, scan_p
from answerable.evaluate.indicator.year_end import (
    BackTest,
    back_test,
    dispersion_in_years,
    seasonal_share,
    year_end,
)
from answerable.evaluate.rates import compare_rates
from answerable.evaluate.summary import Row, Summary

_BACK_TEST_YEARS = 8
_CHANCE = 0.05
_SPATE_MONTHS = 3
_SCAN_WINDOWS = 3
_METHOD = (
    "Counts as published, with the day on which each was known; exact conditional comparison of rates; year's end by a "
    "gamma-Poisson forecast shrunk to the years before; spates by Naus's scan statistic."
)


@dataclass(frozen=True)
class History:
    """Counts by month of the years before, shape (years, 12), the first of them ``first_year``.

    ``this_year`` are the months of the year asked about that were over, shape (months,); they may be empty.
    """

    first_year: int
    months: np.ndarray
    this_year: np.ndarray


@dataclass(frozen=True)
class Holds:
    """Whether this year's count is above one definition of last year's."""

    claim: Claim
    last: Claim

    @property
    def holds(self) -> bool:
        """Whether it is."""
        return self.claim.count > self.last.count


def homicide_card(claims: Iterable[Claim], *, as_of: date, history: History | None = None) -> Summary:
    """Return the card for the year of ``as_of``, from what was known on that day.

    Errors: InputError where no count of that year, or of the whole year before, was known then.
    """
    every = tuple(claims)
    known = known_by(every, as_of)
    now = _newest(known, as_of)
    last = [one for one in known if one.whole_year and one.start.year == as_of.year - 1]
    if not last:
        raise InputError(
            f"No count of the whole of {as_of.year - 1} was known on {as_of}.",
            where="claims",
            fix="Add one with the day on which it was known, or ask for a later day.",
        )
    held = [Holds(now, one) for one in last]
    rows = [
        Row(f"Known on {as_of:%d %B %Y}", f"{now.count} from {now.start:%d %B} to before {now.end:%d %B}", now.source),
        *(_claimed(one) for one in held),
        *(_compared(one) for one in held),
        *_same_date(known, now),
    ]
    numbers: dict[str, object] = {
        "count": now.count,
        "claims": [
            {"definition": one.last.definition, "last_year": one.last.count, "holds": one.holds} for one in held
        ],
        "rates": [_rate(one) for one in held],
    }
    prose = [_verdict(held)]
    ended, tested = _end_of_year(now, history)
    numbers["year_end"] = ended
    rows.append(Row("Where the year may end", _range(ended), "9 in 10 such ranges should hold the truth"))
    if tested is not None:
        numbers["back_test"] = {"forecasts": tested.forecasts, "held": tested.held, "mean_error": tested.mean_error}
        held_words = f"{round(100 * tested.held)} of 100 such ranges held in {tested.forecasts} past months"
        rows.append(Row("How such forecasts did", held_words, f"on average {tested.mean_error:+.1f} off"))
    if history is not None:
        row, numbers["spate"] = _spate(history, as_of.year)
        rows.append(row)
    rows.append(_revised(every, as_of, numbers))
    prose.append("None of this says why, nor what would bring the number down.")
    return Summary(
        title=f"Homicides in {as_of.year}, as known on {as_of:%d %B %Y}",
        method=_METHOD,
        table=tuple(rows),
        prose=tuple(prose),
        assumptions=("events are counted once each, whatever their number of victims says of their cause",),
        would_change="A count by another definition, or the revisions that follow every year.",
        numbers=numbers,
        charts=_charts(held, now, history),
    )


def _charts(held: Sequence[Holds], now: Claim, history: History | None) -> tuple[Chart, ...]:
    found = [compare_rates(one.claim.count, one.claim.days, one.last.count, one.last.days) for one in held]
    ratios = Ranges(
        "The rate so far over last year's, by every count of last year",
        "times last year's rate",
        tuple(
            Range(f"{one.last.count}: {one.last.definition}", rate.ratio, rate.low, rate.high)
            for one, rate in zip(held, found, strict=True)
        ),
        reference=1.0,
        ratio=True,
    )
    if history is None:
        return (ratios,)
    last = now.start.year - history.first_year
    years = {history.first_year + i: history.months[i] for i in range(max(0, last - 3), last)}
    own = {now.start.year: history.this_year} if history.this_year.size else {}
    series = {
        str(year): [(0.0, 0.0), *((m + 1.0, float(total)) for m, total in enumerate(np.cumsum(months)))]
        for year, months in {**own, **years}.items()
    }
    return (
        Lines(
            "Counts adding up over the year, from the table by month as it stands now",
            "months gone",
            "homicides",
            series,
        ),
        ratios,
    )


def _newest(known: Sequence[Claim], as_of: date) -> Claim:
    of_year = [one for one in known if one.start == date(as_of.year, 1, 1)]
    if not of_year:
        raise InputError(
            f"No count of {as_of.year} was known on {as_of}.", where="claims", fix="Ask for a later day, or add one."
        )
    return max(of_year, key=lambda one: (one.end, one.known_at))


def _claimed(one: Holds) -> Row:
    word = "true" if one.holds else "false"
    return Row(f"More than all of {one.last.start.year}?", word, f"{one.last.count}: {one.last.definition}")


def _rate(one: Holds) -> dict[str, object]:
    found = compare_rates(one.claim.count, one.claim.days, one.last.count, one.last.days)
    return {
        "definition": one.last.definition,
        "ratio": found.ratio,
        "low": found.low,
        "high": found.high,
        "p": found.p,
    }


def _compared(one: Holds) -> Row:
    found = compare_rates(one.claim.count, one.claim.days, one.last.count, one.last.days)
    chance = "within what chance alone produces" if found.p > _CHANCE else "more than chance alone would do"
    return Row(
        f"Rate against {one.last.start.year}",
        f"{found.ratio:.2f} times ({found.low:.2f} to {found.high:.2f}): {_word(found.ratio)}, {chance}",
        f"p = {found.p:.2g}; {one.last.definition}",
    )


def _word(ratio: float) -> str:
    return "higher" if ratio > 1 else "lower" if ratio < 1 else "the same"


def _same_date(known: Sequence[Claim], now: Claim) -> Iterable[Row]:
    for one in known:
        if one.start.year == now.start.year - 1 and not one.whole_year and one.start.month == 1:
            match = next((c for c in known if c.start == now.start and c.days == one.days), None)
            if match is not None:
                found = compare_rates(match.count, match.days, one.count, one.days)
                yield Row(
                    f"To the same date ({one.end:%d %B})",
                    f"{match.count} against {one.count}: {found.ratio:.2f} times ({found.low:.2f} to {found.high:.2f})",
                    f"p = {found.p:.2g}",
                )


def _verdict(held: Sequence[Holds]) -> str:
    yes, no = [one for one in held if one.holds], [one for one in held if not one.holds]
    year = held[0].last.start.year
    if yes and no:
        return (
            f"The claim is true against {_listed(yes)} and false against {_listed(no)}: it depends on what is counted "
            f"in {year}."
        )
    return f"The claim is {'true' if yes else 'false'} by every count of {year} known then: {_listed(held)}."


def _listed(held: Sequence[Holds]) -> str:
    return ", ".join(f"{one.last.count} ({one.last.definition})" for one in held)


def _end_of_year(now: Claim, history: History | None) -> tuple[dict[str, float], BackTest | None]:
    if now.whole_year:
        return {"mean": now.count, "low": now.count, "high": now.count}, None
    share = now.days / ((date(now.start.year + 1, 1, 1) - now.start).days)
    if history is None:
        found = year_end(now.count, share)
        return {"mean": found.mean, "low": found.low, "high": found.high}, None
    months = _before(history, now.start.year)
    share = float(np.interp(12 * share, np.arange(13), [0.0, *seasonal_share(months)]))
    years = [int(total) for total in months.sum(axis=1)]
    found = year_end(now.count, share, years, dispersion=dispersion_in_years(months))
    tested = back_test(months) if len(months) >= _BACK_TEST_YEARS else None
    return {"mean": found.mean, "low": found.low, "high": found.high}, tested


def _before(history: History, year: int) -> np.ndarray:
    months = history.months[: year - history.first_year]
    if len(months) < 1:
        raise InputError(
            f"The counts by month hold no year before {year}.",
            where="counts",
            fix="Give earlier years, or leave them out.",
        )
    return months


def _spate(history: History, year: int) -> tuple[Row, dict[str, float]]:
    """Return whether the worst three months on end, of this year or else the last, are more than its own rate makes."""
    own = len(history.this_year) >= _SCAN_WINDOWS * _SPATE_MONTHS
    months = history.this_year if own else history.months[-1]
    worst = most_in(months, _SPATE_MONTHS)
    p = scan_p(len(months) / _SPATE_MONTHS, float(months.mean()) * _SPATE_MONTHS, worst)
    chance = "no more than chance makes" if p > _CHANCE else "more than chance makes"
    row = Row(
        f"Was there a spate in {year if own else year - 1}?",
        f"{worst} in its worst three months; {chance} at the year's own rate",
        f"p = {p:.2g} (scan statistic, {len(months)} months)",
    )
    return row, {"year": year if own else year - 1, "most": worst, "p": p}


def _range(found: dict[str, float]) -> str:
    if found["low"] == found["high"]:
        return f"{found['low']:.0f}: the year is over"
    return f"about {found['mean']:.0f} (between {found['low']:.0f} and {found['high']:.0f})"


def _revised(every: Sequence[Claim], as_of: date, numbers: dict[str, object]) -> Row:
    """Return how counts of one and the same whole year differ between sources and over time."""
    years = sorted({one.start.year for one in every if one.whole_year and one.start.year < as_of.year})
    ranges = {year: [c.count for c in every if c.whole_year and c.start.year == year] for year in years}
    ranges = {year: counts for year, counts in ranges.items() if len(counts) > 1}
    numbers["revisions"] = {str(year): [min(counts), max(counts)] for year, counts in ranges.items()}
    if not ranges:
        return Row("How far such counts are revised", "not known: one count a year only")
    told = "; ".join(f"{year}: {min(counts)} to {max(counts)}" for year, counts in ranges.items())
    return Row("How far such counts are revised", told, "all published counts of one whole year, later ones included")
