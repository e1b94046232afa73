"""Burden given need and concentration, place by place: read from a file, and told beside the audit of groups."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from answerable.errors import InputError
from answerable.evaluate.burden import Burden, Place, burden_given_need
from answerable.evaluate.chart import Range, Ranges
from answerable.evaluate.concentration import Concentration, concentration
from answerable.evaluate.counts_file import read_counts
from answerable.evaluate.fairness import CANNOT_TELL, LESS, MORE
from answerable.evaluate.summary import Row, Summary

COLUMNS = ("place", "group", "deployments", "person_hours", "need")
_SEED = 20181203


def read_places(path: Path) -> list[Place]:
    """Return the places of a CSV file; InputError with the row for whatever does not fit."""
    rows = read_counts(
        path, COLUMNS, what="file of places", needs="Places need",
        fix="One row per ward or small area, those without a deployment included.",
    )  # fmt: skip
    return [_place(row, where) for row, where in rows]


def with_places(audit: Summary, places: Sequence[Place], reporting: tuple[float, float]) -> Summary:
    """Return the audit of groups with what their places show: burden given need, and concentration.

    Errors: InputError where the groups of the places are not those of the audit, or as
    :func:`answerable.evaluate.burden.burden_given_need`.
    """
    groups = {place.group for place in places}
    known = {name for name, one in audit.numbers.items() if isinstance(one, Mapping)}
    if groups != known:
        raise InputError(
            f"The groups of the places are not those of the audit: {', '.join(sorted(groups ^ known))}.",
            where="places",
            fix="Use the same names in both files.",
        )
    found = burden_given_need(places, reporting=reporting)
    gathered = concentration(
        [place.deployments for place in places],
        [place.need for place in places],
        rng=np.random.default_rng(_SEED),
    )
    numbers: dict[str, Any] = {name: dict(one) for name, one in audit.numbers.items()}
    for one in found:
        numbers[one.group] |= _numbers(one)
    numbers["all places"] = {
        "share_of_busiest_tenth": gathered.share,
        "by_need_and_chance": [gathered.low, gathered.high],
        "deployed_to_again": gathered.again,
    }
    return replace(
        audit,
        method=f"{audit.method} Place by place: Poisson regression of deployments on need, scatter between places.",
        table=(*audit.table, *(_row(one) for one in found), *_gathered(gathered)),
        prose=(*audit.prose[:-1], *_prose(found), *audit.prose[-1:]),
        assumptions=(*audit.assumptions, _by_chance(len(found))),
        numbers=numbers,
        charts=(*audit.charts, _chart(found)),
    )


def _prose(found: Sequence[Burden]) -> list[str]:
    by = {word: [one.group for one in found if one.band is not None and one.band.verdict == word]
          for word in (MORE, LESS, CANNOT_TELL)}  # fmt: skip
    words = {MORE: "more", LESS: "fewer"}
    said = [
        f"{', '.join(by[word])}: {words[word]} deployments than places alike in need elsewhere." for word in words
        if by[word]
    ]  # fmt: skip
    if by[CANNOT_TELL]:
        said.append(
            f"We cannot tell whether {', '.join(by[CANNOT_TELL])} saw more or fewer deployments than places alike in "
            "need elsewhere."
        )
    apart = [one.group for one in found if one.band is None]
    if apart:
        said.append(f"{', '.join(apart)}: not assessable, since hardly any place elsewhere is like theirs in need.")
    return said


def _by_chance(groups: int) -> str:
    return (
        f"each group is judged by itself: of {groups} that are all treated alike, chance singles out at least one in "
        f"up to {100 * (1 - 0.95**groups):.0f} of 100 audits"
    )


def _row(one: Burden) -> Row:
    label = f"{one.group}: deployments given need, place by place"
    if one.band is None:
        return Row(label, "not assessable", f"{100 * one.alike:.0f} in 100 of its places are like others in need")
    band = one.band
    turn = f"turns round at reporting of {band.tipping:.2f}" if math.isfinite(band.tipping) else "no turning point"
    high = f"{band.high:.2f}" if math.isfinite(band.high) else "no upper end"
    ratio = f"{band.ratio:.2f} times" if math.isfinite(band.ratio) else "all deployments"
    return Row(label, f"{ratio} ({band.low:.2f} to {high})", f"{band.verdict}; {turn}")


def _gathered(found: Concentration) -> list[Row]:
    busiest = "the busiest place" if found.places == 1 else f"the {found.places} busiest places"
    said = (
        "more than need and chance explain" if found.share > found.high
        else "less than need and chance would" if found.share < found.low
        else "within what need and chance explain"
    )  # fmt: skip
    return [
        Row(
            f"All places: deployments in {busiest}",
            f"{100 * found.share:.0f} % (by need and chance {100 * found.low:.0f} to {100 * found.high:.0f} %)",
            said,
        ),
        Row("All places: deployed to more than once", str(found.again), "the same streets again"),
    ]


def _chart(found: Sequence[Burden]) -> Ranges:
    return Ranges(
        "Deployments given need, over those in places alike elsewhere",
        "times the others' rate",
        tuple(Range(o.group, o.band.ratio, o.band.low, o.band.high) for o in found if o.band is not None),
        reference=1.0,
        ratio=True,
    )


def _numbers(one: Burden) -> dict[str, Any]:
    band = one.band
    ends = None if band is None else [_finite(band.ratio), band.low, _finite(band.high)]
    return {
        "given_need": ends,
        "given_need_tipping": None if band is None else _finite(band.tipping),
        "given_need_verdict": "not assessable" if band is None else band.verdict,
        "alike": one.alike,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _place(row: Mapping[str, str], where: str) -> Place:
    try:
        return Place(
            name=row["place"].strip(),
            group=row["group"].strip(),
            deployments=int(row["deployments"]),
            person_hours=float(row["person_hours"]),
            need=float(row["need"]),
        )
    except (AttributeError, TypeError, ValueError) as error:
        raise InputError("This place cannot be read.", where=f"{where}: {error}", fix="Give whole counts.") from error
