"""The fairness audit as read from a file and told in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from answerable.errors import InputError
from answerable.evaluate.chart import Range, Ranges
from answerable.evaluate.counts_file import read_counts
from answerable.evaluate.fairness import CANNOT_TELL, IMPOSSIBLE, LESS, MORE, Audit, Band, Group
from answerable.evaluate.rates import RateComparison
from answerable.evaluate.summary import Row, Summary

COLUMNS = ("group", "deployments", "futile", "person_hours", "need", "incidents", "missed")


def read_groups(path: Path) -> list[Group]:
    """Return the groups of a CSV file; InputError with the row for whatever does not fit."""
    rows = read_counts(
        path, COLUMNS, what="file of groups", needs="An audit needs",
        fix="One row per group of places: fifths of areas by deprivation, or boroughs.",
    )  # fmt: skip
    return [_group(row, where) for row, where in rows]


def fairness_report(audits: Sequence[Audit], reporting: tuple[float, float]) -> Summary:
    """Return the audit of all groups as a summary."""
    by = {word: [one.group for one in audits if one.for_need.verdict == word] for word in (MORE, LESS, CANNOT_TELL)}
    prose = [f"{', '.join(by[word])}: deployments {word}." for word in (MORE, LESS) if by[word]]
    if by[CANNOT_TELL]:
        prose.append(f"We cannot tell whether {', '.join(by[CANNOT_TELL])} bore more or less than their need.")
    return Summary(
        title="Who bears deployments, and who goes without",
        method="Rate ratios of each group of places to all others, exact intervals; need over a range of reporting.",
        table=tuple(row for one in audits for row in _rows(one)),
        prose=(*prose, IMPOSSIBLE),
        verdict=MORE if by[MORE] else LESS if by[LESS] else CANNOT_TELL,
        assumptions=(
            f"groups report between {reporting[0]:g} and {reporting[1]:g} times as much of what happens as the others",
            "deployments are called one by one",
        ),
        power=f"to see a group bear twice its need takes {max(one.needed for one in audits):,} deployments at most",
        would_change="other rates of reporting: each group's tipping point is in the table.",
        numbers={
            one.group: {
                "for_need": _ends(one.for_need),
                "tipping": _finite(one.for_need.tipping),
                "verdict": one.for_need.verdict,
                "futile_for_need": _ends(one.futile_for_need),
                "missed_for_need": _ends(one.missed),
                "per_head": _ends(one.burden),
                "futile_per_head": _ends(one.futile),
                "hit_rate": [_finite(end) for end in one.hit_rate],
                "calibration": list(one.calibration) if one.calibration else None,
                "needed": one.needed,
            }
            for one in audits
        },
        charts=(
            Ranges(
                "Deployments for its need, over those of all other groups",
                "times the others' rate",
                tuple(Range(one.group, one.for_need.ratio, one.for_need.low, one.for_need.high) for one in audits),
                reference=1.0,
                ratio=True,
            ),
        ),
    )


def _rows(one: Audit) -> list[Row]:
    rate, low, high = one.hit_rate
    hit = f"{100 * rate:.0f} in 100 ({100 * low:.0f} to {100 * high:.0f})" if not math.isnan(rate) else "no deployment"
    tipping = f"{one.for_need.tipping:.2f}" if math.isfinite(one.for_need.tipping) else "none"
    return [
        Row(f"{one.group}: deployments for its need", _band(one.for_need), one.for_need.verdict),
        Row(f"{one.group}: reporting at which that turns round", tipping, "relative to the other groups"),
        Row(f"{one.group}: futile deployments for its need", _band(one.futile_for_need), one.futile_for_need.verdict),
        Row(f"{one.group}: deployments per head", _ratio(one.burden), "describes; says nothing of need"),
        Row(f"{one.group}: futile deployments per head", _ratio(one.futile), "who bears false alarms"),
        Row(f"{one.group}: missed incidents for its need", _band(one.missed), _missed(one.missed)),
        Row(f"{one.group}: incidents over what was forecast", *_calibrated(one.calibration)),
        Row(f"{one.group}: deployments that met an incident", hit, "says nothing of those not sent"),
    ]


def _missed(band: Band) -> str:
    """Return the verdict on incidents that nobody had considered: under-protection counts too."""
    words = {MORE: "missed more often than elsewhere", LESS: "missed less often than elsewhere"}
    return words.get(band.verdict, CANNOT_TELL)


def _calibrated(found: tuple[float, float, float] | None) -> tuple[str, str]:
    if found is None:
        return "not known", "give the sum of what was forecast in a column 'forecast'"
    ratio, low, high = found
    said = "too low here" if low > 1 else "too high here" if high < 1 else f"{CANNOT_TELL} whether it is off"
    return f"{ratio:.2f} ({low:.2f} to {high:.2f})", f"forecasts: {said}; all areas and windows"


def _band(band: Band) -> str:
    if math.isnan(band.ratio):
        return "no event"
    return f"{band.ratio:.2f} times ({band.low:.2f} to {_end(band.high)})"


def _ratio(found: RateComparison) -> str:
    return "no event" if math.isnan(found.ratio) else f"{found.ratio:.2f} times ({found.low:.2f} to {_end(found.high)})"


def _end(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "no upper end"


def _ends(band: Band | RateComparison) -> list[float | None]:
    return [_finite(band.ratio), band.low, _finite(band.high)]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _group(row: dict[str, str], where: str) -> Group:
    try:
        return Group(
            name=row["group"].strip(),
            deployments=int(row["deployments"]),
            futile=int(row["futile"]),
            person_hours=float(row["person_hours"]),
            need=float(row["need"]),
            incidents=int(row["incidents"]),
            missed=int(row["missed"]),
            forecast=float(row.get("forecast") or 0),
        )
    except (AttributeError, TypeError, ValueError) as error:
        raise InputError("This group cannot be read.", where=f"{where}: {error}", fix="Give whole counts.") from error
