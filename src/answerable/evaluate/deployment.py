"""One deployment: what happened, what had been expected, and why that cannot tell whether it worked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from answerable.evaluate.chart import Lines
from answerable.evaluate.observed_expected import ObservedExpected, observed_expected
from answerable.evaluate.summary import Row, Summary
from answerable.evaluate.verdict import CANNOT_TELL, NOT_ASSESSABLE

_UNLIKELY = 0.05
_HALF = 0.5


@dataclass(frozen=True)
class OneDeployment:
    """What is known of one deployment.

    ``incidents`` of serious violence in its area and window; ``logged`` what had been expected there without it (None
    where no forecast is in the log); ``nearby`` counts by ring and for the hours after; ``asked`` what it was for;
    ``facts`` of what was done and what went wrong (searches, force used, complaints, injuries), by name; ``plan`` what
    was fixed at the decision about how it would be judged. ``exploratory`` is whether it is judged by anything else.
    """

    title: str
    incidents: int
    logged: float | None
    asked: str = ""
    nearby: Mapping[str, int] | None = None
    facts: Mapping[str, int] | None = None
    plan: Mapping[str, str] | None = None
    over: bool = True
    exploratory: bool = False


def one_deployment(one: OneDeployment, *, harms: Sequence[str] = ()) -> Summary:
    """Return the evaluation of one deployment: "cannot tell", with the numbers that say why.

    Never a percentage, whatever the count. ``harms`` are the names of facts that are reported as facts at once when
    above 0. A deployment whose window is not over, or without a logged expectation, is not assessable.
    """
    if not one.over:
        return _not_assessable(one, "Its window, and the hours after, are not over yet.", "wait until they are")
    if one.logged is None or not one.logged > 0:
        return _not_assessable(
            one,
            "No expectation was logged before it began, so there is nothing to compare with.",
            "a forecast in the log before the window opens",
        )
    found = observed_expected(one.incidents, one.logged)
    rows = [
        Row("Serious incidents in its area and window", str(one.incidents)),
        Row(
            "Expected without it, as logged beforehand",
            f"{found.expected:.2g}",
            f"9 in 10: {found.low} to {found.high}",
        ),
        Row("Chance of this few or fewer if nothing changed", _chance(found.as_few)),
        Row("Chance of this many or more if nothing changed", _chance(found.as_many)),
        *(Row(f"Serious incidents: {name}", str(count)) for name, count in (one.nearby or {}).items()),
        *(Row(name[:1].upper() + name[1:], str(count)) for name, count in (one.facts or {}).items()),
        *(Row(f"Fixed at the decision: {name}", value) for name, value in (one.plan or {}).items()),
    ]
    half = observed_expected(0, one.logged * _HALF)
    prose = [*_harm(one, harms), *_words(one, found), _limit(found, half)]
    return Summary(
        title=one.title,
        method="Count against the expectation logged beforehand (Poisson).",
        table=tuple(rows),
        prose=tuple(prose),
        verdict=CANNOT_TELL,
        assumptions=("the logged expectation was right on average", "incidents were recorded as usual"),
        power=f"none: had it halved violence, no incident would be seen {_in_100(half.as_few)} times in 100, and "
        f"without any effect {_in_100(observed_expected(0, one.logged).as_few)} times",
        would_change="nothing that happens in one deployment; many deployments, with comparable windows, might.",
        numbers={
            "incidents": one.incidents,
            "expected": found.expected,
            "low": found.low,
            "high": found.high,
            "as_few": found.as_few,
            "as_many": found.as_many,
            "facts": dict(one.facts or {}),
            "nearby": dict(one.nearby or {}),
            "plan": dict(one.plan or {}),
        },
        charts=(_counts(one.incidents, found.expected, half.expected),),
        exploratory=one.exploratory,
    )


def _counts(incidents: int, expected: float, halved: float) -> Lines:
    """Return how often each count or fewer would be seen, with and without an effect: where the curves meet, no count
    tells one from the other.
    """
    from scipy.special import pdtr

    most = max(4, incidents + 1, round(2 * expected))
    curves = {"if nothing changed": expected, "had it halved violence": halved}
    return Lines(
        "How often this many serious incidents or fewer would be seen",
        "serious incidents",
        "times in 100",
        {name: [(float(k), 100 * float(pdtr(k, mean))) for k in range(most + 1)] for name, mean in curves.items()},
        mark=float(incidents),
        mark_label=f"seen: {incidents}",
    )


def _words(one: OneDeployment, found: ObservedExpected) -> list[str]:
    said = ["We cannot tell whether this deployment changed violence."]
    if one.asked:
        said.append(f"It was asked for because of {one.asked}.")
    expected = f"Without it, {found.expected:.2g} serious incidents would be expected here in that time"
    if one.incidents == 0:
        said.append(f"{expected}, so none is the most likely result whether or not it helped.")
    elif found.as_many < _UNLIKELY:
        said.append(
            f"{expected}; {one.incidents} is more than chance usually gives. That may be why it was called for."
        )
    else:
        said.append(f"{expected}; {one.incidents} is within what chance alone gives.")
    return said


def _limit(found: ObservedExpected, half: ObservedExpected) -> str:
    if half.as_few - found.as_few > _UNLIKELY and found.observed == 0:
        return "Even if it had halved violence we could hardly have seen it."
    return "Even if it had halved violence we could not have seen it."


def _harm(one: OneDeployment, harms: Sequence[str]) -> list[str]:
    seen = [(name, (one.facts or {}).get(name, 0)) for name in harms]
    told = [f"{count} {name}" for name, count in seen if count]
    return [f"What went wrong is known at once: {', '.join(told)}."] if told else []


def _not_assessable(one: OneDeployment, why: str, change: str) -> Summary:
    return Summary(
        title=one.title,
        method="None applies.",
        table=(Row("Serious incidents in its area and window", str(one.incidents) if one.over else "not known yet"),),
        prose=(f"Not assessable. {why}",),
        verdict=NOT_ASSESSABLE,
        would_change=f"{change}.",
        numbers={"incidents": one.incidents if one.over else None},
    )


def _chance(p: float) -> str:
    return f"{_in_100(p)} in 100" if p >= 0.01 else "fewer than 1 in 100"


def _in_100(p: float) -> int:
    return round(100 * p)
