"""The stop rule: so many evaluations running with a fall in confidence and no benefit suspend a policy.

It looks at evaluations of deployments, one after another as they were published. "Cannot tell" is not a benefit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

CONFIDENCE = ("confidence_overall", "confidence_by_group")
_CHANGE = ("change", "estimate", "value")


@dataclass(frozen=True)
class Evaluated:
    """One deployment's evaluation: when, the largest fall in confidence (points, 0 or more), and whether violence fell.

    ``fall`` is None where confidence was not measured.
    """

    case: str
    at: datetime
    fall: float | None
    benefit: bool


def evaluated(case: str, at: datetime, data: Mapping[str, Any]) -> Evaluated:
    """Read an ``evaluate`` event's public data.

    A measure is a change in percentage points, or a mapping with ``change`` (or ``estimate``); by group, a mapping of
    groups to such. The largest fall counts, overall or in any group: a loss in one group is not made good by the mean.
    """
    measures = data.get("measures", {})
    changes = [change for name in CONFIDENCE if name in measures for change in _changes(measures[name])]
    fall = max((max(0.0, -change) for change in changes), default=None)
    return Evaluated(case, at, fall, data.get("verdict") == "fell")


def suspended_at(evaluations: Iterable[Evaluated], margin: float, running: int, since: datetime) -> datetime | None:
    """Return when the rule suspended the policy: the instant of the last of ``running`` adverse evaluations in a row.

    Only evaluations after ``since`` (the adoption or its renewal) count. None where it never did. Once suspended, later
    evaluations change nothing: only a review, ending in a new adoption or a renewal, does.
    """
    count = 0
    for one in sorted((e for e in evaluations if e.at > since), key=lambda e: e.at):
        # Not measured is not measured well: such a deployment neither counts nor starts the count again.
        if one.fall is not None or one.benefit:
            adverse = one.fall is not None and one.fall > margin and not one.benefit
            count = count + 1 if adverse else 0
        if count >= running:
            return one.at
    return None


def _changes(measure: Any) -> list[float]:
    if isinstance(measure, bool):
        return []
    if isinstance(measure, int | float):
        return [float(measure)]
    if isinstance(measure, Mapping):
        named = next((measure[key] for key in _CHANGE if isinstance(measure.get(key), int | float)), None)
        if named is not None:
            return [float(named)]
        return [change for one in measure.values() for change in _changes(one)]
    return [change for one in measure for change in _changes(one)] if isinstance(measure, list | tuple) else []
