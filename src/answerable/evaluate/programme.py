"""Many deployments together: the comparison with triggered windows first, the logged expectation as its check."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from answerable.errors import InputError
from answerable.evaluate.chart import Range, Ranges
from answerable.evaluate.displaced import Displaced, displaced
from answerable.evaluate.observed_expected import ObservedExpected, observed_expected
from answerable.evaluate.power import TOO_RARE, deployments_needed, power, too_rare
from answerable.evaluate.summary import Row, Summary
from answerable.evaluate.trigger_matched import Matched, trigger_matched
from answerable.evaluate.verdict import CANNOT_TELL, FELL, MARGIN, MOVED, NOT_ASSESSABLE, ROSE, verdict_for

_FALL = 0.30
_SEEN = 0.80
_CHANCE = 0.05
_ENOUGH = 5.0
"""So many incidents expected in windows without a deployment, for them to recalibrate what was logged."""


@dataclass(frozen=True)
class Window:
    """One triggered window: ``deployed`` or not (and then why: ``reason``), its ``incidents`` and its ``stratum``.

    ``logged`` is what the log had expected there beforehand, None where it holds no forecast; ``nearby`` counts the
    incidents in the rings around it and in the hours after, None where they were not counted.
    """

    deployed: bool
    incidents: int
    stratum: str
    reason: str = ""
    logged: float | None = None
    nearby: int | None = None


def programme(
    windows: Sequence[Window],
    *,
    rng: np.random.Generator,
    a_year: float,
    margin: float = MARGIN,
    exploratory: bool = False,
    permutations: int = 2000,
    harms: Mapping[str, int] | None = None,
) -> Summary:
    """Return the verdict on all deployments under one policy.

    The primary design compares deployed with triggered-but-not-deployed windows inside strata; the check compares with
    the logged expectation, recalibrated on windows without a deployment. Where they disagree in sign, or the interval
    and the permuted labels do not both leave out chance, it cannot be told. What leaving out each reason for not
    deploying would change is shown, since those windows are no random choice. ``harms`` (force used, injuries, weapons
    drawn) are counts over all deployments, told first and as facts. Errors: InputError for no windows.
    """
    if not windows:
        raise InputError("There is no triggered window to evaluate.", where="programme", fix="Wait for the first case.")
    deployed = [one for one in windows if one.deployed]
    others = [one for one in windows if not one.deployed]
    if not deployed or not others:
        return _not_assessable(len(deployed), len(others), exploratory)
    try:
        matched = _matched(windows, rng, permutations)
    except InputError as error:
        return _not_assessable(len(deployed), len(others), exploratory, error.what)
    check, moved = _check(deployed, others), _displaced(windows, rng, permutations)
    said = _verdict(matched, check, moved, margin)
    needed = _needed(others, len(others) // len(deployed))
    left_out = _without(windows, rng)
    rare = [TOO_RARE] if needed is not None and too_rare(needed, a_year) else []
    return Summary(
        title=f"{_number(len(deployed), 'deployment')} against {_number(len(others), 'triggered window')} without one",
        method="Mantel-Haenszel rate ratio inside strata, interval by the score of windows, labels permuted in strata.",
        table=(*_rows(matched, check, moved, deployed, others), *_harm_rows(harms), *left_out.rows),
        prose=(*_harm_words(harms), _prose(said, matched), *rare),
        verdict=said,
        assumptions=(
            "inside a stratum, refusal had nothing to do with the violence to come",
            "incidents recorded alike",
        ),
        power=_power(others, len(deployed), needed),
        would_change="more deployments, more comparable windows, or a comparison chosen by lot.",
        exploratory=exploratory,
        numbers={
            "deployed": len(deployed),
            "compared": len(others),
            "ratio": _finite(matched.ratio),
            "low": matched.low,
            "high": _finite(matched.high),
            "p": matched.p,
            "observed_over_expected": check.ratio if check is not None else None,
            "nearby": None if moved is None else _finite(moved.nearby.ratio),
            "total": None if moved is None else _finite(moved.total.ratio),
            "needed": needed,
            "margin": margin,
            "harms": dict(harms or {}),
        },
        charts=_charts(matched, moved, left_out),
    )


@dataclass(frozen=True)
class _LeftOut:
    rows: tuple[Row, ...]
    ranges: tuple[Range, ...]


def _verdict(matched: Matched, check: ObservedExpected | None, moved: Displaced | None, margin: float) -> str:
    if math.isnan(matched.ratio):
        return CANNOT_TELL
    ratios = [check.ratio] if check is not None and check.observed else []
    said = verdict_for(matched.low, matched.high, margin=margin, checks=ratios, estimate=matched.ratio)
    if said in (FELL, ROSE) and matched.p > _CHANCE:
        return CANNOT_TELL
    return MOVED if said == FELL and moved is not None and moved.moved(matched) else said


def _rows(
    matched: Matched,
    check: ObservedExpected | None,
    moved: Displaced | None,
    deployed: Sequence[Window],
    others: Sequence[Window],
) -> list[Row]:
    around = [] if moved is None else [
        Row("Rate ratio around it and in the hours after", _ratio(moved.nearby), "did it move there?"),
        Row("Rate ratio of both together", _ratio(moved.total), "here, around it and after"),
    ]  # fmt: skip
    return [
        Row("Deployed windows", str(len(deployed)), f"{matched.unmatched} of them without company, left out"),
        Row("Triggered windows without a deployment", str(len(others)), _reasons(others)),
        Row(
            "Serious incidents in deployed windows",
            str(matched.observed),
            f"{_few(matched.expected)} at the others' rate",
        ),
        Row("Rate ratio", _ratio(matched), f"95 in 100; permutation p = {matched.p:.2g}"),
        *around,
        *(_checked(check) if check is not None else []),
    ]


def _harm_rows(harms: Mapping[str, int] | None) -> list[Row]:
    return [Row(f"In all deployments: {name}", str(count)) for name, count in (harms or {}).items()]


def _harm_words(harms: Mapping[str, int] | None) -> list[str]:
    told = [f"{count} {name}" for name, count in (harms or {}).items() if count]
    return [f"What went wrong is known, whatever the effect: {', '.join(told)}."] if told else []


def _charts(matched: Matched, moved: Displaced | None, left_out: _LeftOut) -> tuple[Ranges, ...]:
    rows = [_range("deployed over comparable windows", matched)]
    if moved is not None:
        rows += [_range("around it and in the hours after", moved.nearby), _range("both together", moved.total)]
    title = "Rate of serious incidents in deployed windows over that in comparable ones"
    return (Ranges(title, "times the others' rate", (*rows, *left_out.ranges), reference=1.0, ratio=True),)


def _range(label: str, matched: Matched) -> Range:
    return Range(label, matched.ratio, matched.low, matched.high)


def _displaced(windows: Sequence[Window], rng: np.random.Generator, permutations: int) -> Displaced | None:
    return displaced(
        [one.incidents for one in windows],
        [one.nearby for one in windows],
        [one.deployed for one in windows],
        [one.stratum for one in windows],
        rng=rng,
        permutations=permutations,
    )


def _matched(windows: Sequence[Window], rng: np.random.Generator, permutations: int) -> Matched:
    return trigger_matched(
        [one.incidents for one in windows],
        [one.deployed for one in windows],
        [one.stratum for one in windows],
        rng=rng,
        permutations=permutations,
    )


def _check(deployed: Sequence[Window], others: Sequence[Window]) -> ObservedExpected | None:
    known = [one for one in deployed if one.logged]
    compared = [one for one in others if one.logged]
    if not known or not compared:
        return None
    expected = sum(one.logged or 0.0 for one in compared)
    # Where hardly any incident was expected, none says nothing of how good the expectation was.
    enough = expected >= _ENOUGH
    return observed_expected(
        sum(one.incidents for one in known),
        sum(one.logged or 0.0 for one in known),
        comparison_observed=sum(one.incidents for one in compared) if enough else None,
        comparison_logged=expected if enough else 0.0,
    )


def _baseline(others: Sequence[Window]) -> float:
    """Return incidents in a window without a deployment; as logged beforehand, where none happened in any."""
    seen = sum(one.incidents for one in others)
    logged = [one.logged for one in others if one.logged]
    return seen / len(others) if seen or not logged else sum(logged) / len(logged)


def _needed(others: Sequence[Window], controls: int) -> int | None:
    baseline = _baseline(others)
    return deployments_needed(baseline, _FALL, controls=max(1, controls)) if baseline > 0 else None


def _power(others: Sequence[Window], deployed: int, needed: int | None) -> str:
    if needed is None:
        return "no incident happened in any comparable window, so that nothing could have been seen"
    baseline = _baseline(others)
    seen = power(deployed, baseline, _FALL, controls=max(1, len(others) // deployed))
    return (
        f"a true fall of {100 * _FALL:.0f} % would be seen with {_number(deployed, 'deployment')} "
        f"{100 * seen:.0f} times in 100; {100 * _SEEN:.0f} in 100 would take {needed:,}"
    )


def _without(windows: Sequence[Window], rng: np.random.Generator) -> _LeftOut:
    """Return the ratio without the windows of each reason, as far as others remain; no p is shown, so none is drawn."""
    rows, ranges = [], []
    for reason in sorted({one.reason for one in windows if not one.deployed and one.reason}):
        kept = [one for one in windows if one.deployed or one.reason != reason]
        try:
            found = _matched(kept, rng, 1)
        except InputError:
            rows.append(Row(f"Without windows that were {reason}", "nobody left to compare with"))
            continue
        rows.append(Row(f"Without windows that were {reason}", _ratio(found)))
        ranges.append(_range(f"without windows that were {reason}", found))
    return _LeftOut(tuple(rows), tuple(ranges))


def _reasons(others: Sequence[Window]) -> str:
    counts = {reason: sum(one.reason == reason for one in others) for reason in sorted({one.reason for one in others})}
    return ", ".join(f"{count} {reason or 'for no stated reason'}" for reason, count in counts.items())


def _ratio(matched: Matched) -> str:
    if math.isnan(matched.ratio):
        return "no incident in any of them"
    if math.isinf(matched.ratio):
        return f"no incident in the others (from {matched.low:.2f})"
    high = f"{matched.high:.2f}" if math.isfinite(matched.high) else "no upper end"
    return f"{matched.ratio:.2f} ({matched.low:.2f} to {high})"


def _checked(check: ObservedExpected) -> list[Row]:
    told = f"{check.observed} against {_few(check.expected)} (9 in 10: {check.low} to {check.high})"
    everywhere = "in windows without a deployment; a change in recording shows here, and is taken out of the comparison"
    if check.calibration == 1:
        return [Row("Check: against the logged expectation", told, "as it was logged")]
    return [
        Row("Check: against the logged expectation", told),
        Row("Everywhere, recorded over logged", f"{check.calibration:.2f} times", everywhere),
    ]


def _prose(said: str, matched: Matched) -> str:
    if said == FELL:
        return "There were fewer serious incidents in deployed windows than in comparable ones."
    if said == ROSE:
        return "There were more serious incidents in deployed windows than in comparable ones."
    if said == MOVED:
        return "There were fewer serious incidents in deployed windows, and more around them and after: they moved."
    if said == CANNOT_TELL:
        few = "" if matched.observed else " None happened in deployed windows; few were to be expected."
        return f"We cannot tell whether these deployments changed violence.{few}"
    return "Deployed and comparable windows had the same rate, within the margin fixed beforehand."


def not_assessable(why: str, change: str, rows: Sequence[Row] = ()) -> Summary:
    """Return that the programme cannot be assessed, ``why``, and what would ``change`` that."""
    return Summary(
        title="This programme",
        method="None applies.",
        table=tuple(rows),
        prose=(f"Not assessable. {why.removeprefix('Not assessable: ')}",),
        verdict=NOT_ASSESSABLE,
        would_change=change,
    )


def _not_assessable(deployed: int, others: int, exploratory: bool, why: str = "") -> Summary:
    reason = why or (
        "No window was triggered without being deployed to." if deployed else "There has been no deployment."
    )
    rows = (Row("Deployed windows", str(deployed)), Row("Triggered windows without a deployment", str(others)))
    said = not_assessable(reason, "refused, expired and withdrawn cases kept as comparison.", rows)
    return replace(said, exploratory=exploratory, numbers={"deployed": deployed, "compared": others})


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _few(count: float) -> str:
    """Return an expected count with what can be read of it: 0.019 is not 0.0."""
    return f"{count:.1f}" if count >= 1 or count == 0 else f"{count:.2g}"


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
