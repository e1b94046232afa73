"""What a programme could ever show, said before its first authorisation."""

from __future__ import annotations

import numpy as np

from answerable.errors import InputError
from answerable.evaluate.chart import Lines
from answerable.evaluate.power import (
    ALPHA,
    CEILING_YEARS,
    TOO_RARE,
    WANTED,
    deployments_needed,
    none_seen,
    power,
    smallest_fall,
    too_rare,
)
from answerable.evaluate.summary import Row, Summary

_FALLS = (0.14, 0.30, 0.50)
_CONTROLS = (1, 5, 20)


def plan(baseline: float, fall: float, *, controls: int = 1, a_year: float = 4.0) -> Summary:
    """Return what can be seen of a ``fall`` (a fraction) at ``baseline`` incidents a window and ``a_year`` deployments.

    Errors: InputError for a ceiling not above 0, or as :func:`answerable.evaluate.power.power`.
    """
    if not a_year > 0:
        raise InputError("A ceiling is above 0 a year.", where=f"{a_year}", fix="Give what the rules allow in a year.")
    needed = deployments_needed(baseline, fall, controls=controls)
    deployed = max(1, int(a_year * CEILING_YEARS))
    seen = power(deployed, baseline, fall, controls=controls)
    least = smallest_fall(deployed, baseline, controls=controls)
    rare = too_rare(needed, a_year)
    rows = [
        Row("Needed to see this fall", f"{needed:,} deployments", f"{needed / a_year:,.0f} years at {a_year:g} a year"),
        Row(f"Chance to see it in {CEILING_YEARS} years", f"{100 * seen:.0f} %", f"{deployed:,} deployments"),
        Row(
            f"Smallest fall to be seen in {CEILING_YEARS} years",
            f"{100 * least:.0f} %" if least is not None else "none: not even the end of all violence there",
        ),
        *(
            Row(
                f"No incident in {count} deployed window{'' if count == 1 else 's'}",
                f"{100 * none_seen(count, baseline):.0f} %",
                "if nothing changed",
            )
            for count in (1, 5, 20)
        ),
        *(
            Row(
                f"Needed for a fall of {100 * true:.0f} %",
                ", ".join(f"{deployments_needed(baseline, true, controls=k):,}" for k in _CONTROLS),
                f"with {', '.join(map(str, _CONTROLS))} comparable windows each",
            )
            for true in _FALLS
        ),
    ]
    first = (
        TOO_RARE
        if rare
        else f"A programme of {a_year:g} deployments a year could show a fall of {100 * fall:.0f} % within "
        f"{needed / a_year:.0f} years."
    )
    return Summary(
        title=f"What could be seen of a fall of {100 * fall:.0f} % at {baseline:.3g} serious incidents per window",
        method="Exact conditional test of two Poisson rates, one-sided.",
        table=tuple(rows),
        prose=(
            first,
            f"Seeing no incident in one deployed window says nothing: that happens {100 * none_seen(1, baseline):.0f} "
            f"times in 100 although nothing changed.",
        ),
        assumptions=("incidents come one by one", "windows without a deployment are comparable"),
        power=f"figures are for {100 * WANTED:.0f} % power and a risk of a false finding of {100 * ALPHA:.0f} %.",
        would_change="more incidents per window (a broader outcome), more comparable windows, or a larger true effect.",
        numbers={
            "baseline": baseline,
            "fall": fall,
            "controls": controls,
            "a_year": a_year,
            "needed": needed,
            "power_in_ten_years": seen,
            "smallest_fall_in_ten_years": least,
            "too_rare": rare,
        },
        charts=(power_curves(baseline, deployed, needed, controls, fall),),
    )


def power_curves(
    baseline: float,
    deployed: int,
    needed: int,
    controls: int,
    fall: float,
    *,
    unit: str = "deployments",
    mark: str = "",
) -> Lines:
    """Return the chance to see falls of several sizes, by the number of windows up to twice what is needed.

    ``deployed`` is where the vertical line stands, ``mark`` what it says and ``unit`` what is counted along the axis.
    """
    most = max(2 * needed, 2 * deployed, 20)
    counts = np.unique(np.geomspace(1, most, 14).astype(int)).tolist()
    series = {
        f"a true fall of {100 * true:.0f} %": [
            (float(n), 100 * power(n, baseline, true, controls=controls)) for n in counts
        ]
        for true in sorted({*_FALLS, fall}, reverse=True)
    }
    return Lines(
        f"How likely a true fall would be seen, by the number of {unit}",
        unit,
        "times in 100",
        series,
        mark=float(deployed),
        mark_label=mark or f"{CEILING_YEARS} years at the ceiling: {deployed:,}",
        log_x=True,
    )
