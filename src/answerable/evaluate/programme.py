"""Many deployments together: the comparison with triggered windows first, the logged expectation as its check."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from answerable.errors import InputError
from answerable.evaluate.observed_expected import ObservedExpected, observed_expected
from answerable.evaluate.power import TOO_RARE, deployments_needed, power, too_rare
from answerable.evaluate.summary import Row, Summary
from answerable.evaluate.trigger_matched import Matched, trigger_matched
from answerable.evaluate.verdict import CANNOT_TELL, FELL, MARGIN, NOT_ASSESSABLE, ROSE, verdict_for

_FALL = 0.30
_SEEN = 0.80


@dataclass(frozen=True)
class Window:
    """One triggered window: ``deployed`` or not (and then why: ``reason``), its ``incidents`` and its ``stratum``.

    ``logged`` is what the log had expected there beforehand, None where it holds no forecast.
    """

    deployed: bool
    incidents: int
    stratum: str
    reason: str = ""
    logged: float | None = None


def programme(
    windows: Sequence[Window],
    *,
    rng: np.random.Generator,
    a_year: float,
    margin: float = MARGIN,
    exploratory: bool = False,
    permutations: int = 2000,
) -> Summary:
    """Return the verdict on all deployments under one policy.

    The primary design compares deployed with triggered-but-not-deployed windows inside strata; the check compares with
    the logged expectation, recalibrated on windows without a deployment. Where they disagree in sign it cannot be told.
    What leaving out each reason for not deploying would change is shown, since those windows are no random choice.
    Errors: InputError for no windows.
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
    check = _check(deployed, others)
    ratios = [check.ratio] if check is not None and check.observed else []
    said = (
        CANNOT_TELL
        if math.isnan(matched.ratio)
        else verdict_for(matched.low, matched.high, margin=margin, checks=ratios)
    )
    needed = _needed(others, len(others) // len(deployed))
    rows = [
        Row("Deployed windows", str(len(deployed)), f"{matched.unmatched} of them without company, left out"),
        Row("Triggered windows without a deployment", str(len(others)), _reasons(others)),
        Row(
            "Serious incidents in deployed windows",
            str(matched.observed),
            f"{matched.expected:.1f} at the others' rate",
        ),
        Row("Rate ratio", _ratio(matched), f"95 in 100; permutation p = {matched.p:.2g}"),
        *([_checked(check)] if check is not None else []),
        *_without(windows, rng),
    ]
    return Summary(
        title=f"{len(deployed)} deployments against {len(others)} triggered windows without one",
        method="Mantel-Haenszel rate ratio inside strata, interval by the score of windows, labels permuted in strata.",
        table=tuple(rows),
        prose=(_prose(said, matched), *([TOO_RARE] if needed is not None and too_rare(needed, a_year) else [])),
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
            "ratio": None if math.isnan(matched.ratio) else matched.ratio,
            "low": matched.low,
            "high": matched.high if math.isfinite(matched.high) else None,
            "p": matched.p,
            "observed_over_expected": check.ratio if check is not None else None,
            "needed": needed,
            "margin": margin,
        },
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
    return observed_expected(
        sum(one.incidents for one in known),
        sum(one.logged or 0.0 for one in known),
        comparison_observed=sum(one.incidents for one in compared),
        comparison_logged=sum(one.logged or 0.0 for one in compared),
    )


def _needed(others: Sequence[Window], controls: int) -> int | None:
    baseline = sum(one.incidents for one in others) / len(others)
    return deployments_needed(baseline, _FALL, controls=max(1, controls)) if baseline > 0 else None


def _power(others: Sequence[Window], deployed: int, needed: int | None) -> str:
    if needed is None:
        return "no incident happened in any comparable window, so that nothing could have been seen"
    baseline = sum(one.incidents for one in others) / len(others)
    seen = power(deployed, baseline, _FALL, controls=max(1, len(others) // deployed))
    return (
        f"a true fall of {100 * _FALL:.0f} % would be seen with {deployed} deployments {100 * seen:.0f} times in 100; "
        f"{100 * _SEEN:.0f} in 100 would take {needed:,}"
    )


def _without(windows: Sequence[Window], rng: np.random.Generator) -> list[Row]:
    """Return the ratio without the windows of each reason, as far as others remain; no p is shown, so none is drawn."""
    reasons = sorted({one.reason for one in windows if not one.deployed and one.reason})
    rows = []
    for reason in reasons:
        kept = [one for one in windows if one.deployed or one.reason != reason]
        try:
            rows.append(Row(f"Without windows that were {reason}", _ratio(_matched(kept, rng, 1))))
        except InputError:
            rows.append(Row(f"Without windows that were {reason}", "nobody left to compare with"))
    return rows


def _reasons(others: Sequence[Window]) -> str:
    counts = {reason: sum(one.reason == reason for one in others) for reason in sorted({one.reason for one in others})}
    return ", ".join(f"{count} {reason or 'for no stated reason'}" for reason, count in counts.items())


def _ratio(matched: Matched) -> str:
    if math.isnan(matched.ratio):
        return "no incident in any of them"
    high = f"{matched.high:.2f}" if math.isfinite(matched.high) else "no upper end"
    return f"{matched.ratio:.2f} ({matched.low:.2f} to {high})"


def _checked(check: ObservedExpected) -> Row:
    told = f"{check.observed} against {check.expected:.1f} (9 in 10: {check.low} to {check.high})"
    return Row("Check: against the logged expectation", told)


def _prose(said: str, matched: Matched) -> str:
    if said == FELL:
        return "There were fewer serious incidents in deployed windows than in comparable ones."
    if said == ROSE:
        return "There were more serious incidents in deployed windows than in comparable ones."
    if said == CANNOT_TELL:
        few = "" if matched.observed else " None happened in deployed windows; few were to be expected."
        return f"We cannot tell whether these deployments changed violence.{few}"
    return "Deployed and comparable windows had the same rate, within the margin fixed beforehand."


def _not_assessable(deployed: int, others: int, exploratory: bool, why: str = "") -> Summary:
    reason = why or (
        "No window was triggered without being deployed to." if deployed else "There has been no deployment."
    )
    return Summary(
        title="This programme",
        method="None applies.",
        table=(Row("Deployed windows", str(deployed)), Row("Triggered windows without a deployment", str(others))),
        prose=(f"Not assessable. {reason.removeprefix('Not assessable: ')}",),
        verdict=NOT_ASSESSABLE,
        would_change="refused, expired and withdrawn cases kept as comparison.",
        exploratory=exploratory,
        numbers={"deployed": deployed, "compared": others},
    )
