"""What data are like before a model is fitted to them: near repeats, echoes, concentration, stability, breaks.

Everything is worked out from what was known at one instant, and said in sentences beside the figures. Times known to
the month only can tell nothing of repeats and echoes; fewer than ten incidents, or a short history, leave out what
they cannot tell.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from answerable.errors import InputError
from answerable.forecast.diagnosis.breaks import find_break
from answerable.forecast.diagnosis.concentration import concentration_curve, hot_spot_stability
from answerable.forecast.diagnosis.echoes import find_echoes
from answerable.forecast.diagnosis.knox import knox
from answerable.forecast.history import History
from answerable.place import Grid

_SEED = 2018
_FEWEST = 10
# The newest incidents are enough for the Knox table: pairs grow with the square of their number.
_MOST_FOR_KNOX = 5000
_DEALS = 99
_DISTANCES_M, _LAGS_DAYS = (0.0, 100.0, 400.0), (0.0, 1.0, 7.0, 14.0)
_FOUR_WEEKS_H = 672.0
_CLAIM = 0.05


def overview(past: History, grid: Grid) -> dict[str, Any]:
    """Return figures by name, and ``sentences`` that say them, as JSON types; a part that cannot be told is None."""
    rng = np.random.default_rng(_SEED)
    told: dict[str, Any] = {"incidents": len(past), "near_repeats": None, "echoes": None, "break": None}
    told |= {"concentration": None, "stability": None, "sentences": []}
    if len(past) < _FEWEST:
        told["sentences"].append(f"Only {len(past)} incidents are known: too few to say what they are like.")
        return told
    for part in (_concentration, _stability, _repeats, _echoes, _break):
        part(told, past, grid, rng)
    return told


def _concentration(told: dict[str, Any], past: History, grid: Grid, rng: np.random.Generator) -> None:
    found = concentration_curve(np.bincount(past.cell, minlength=len(grid)), rng)
    at = found.areas.index(0.05)
    told["concentration"] = {
        "areas": list(found.areas), "share": list(found.share), "by_chance": list(found.by_chance),
        "gini": found.gini, "gini_by_chance": found.gini_by_chance,
    }  # fmt: skip
    told["sentences"].append(
        f"The busiest 5 % of the cells held {100 * found.share[at]:.0f} % of {len(past):,} incidents; as many spread "
        f"evenly would by chance have put {100 * found.by_chance[at]:.0f} % there."
    )


def _stability(told: dict[str, Any], past: History, grid: Grid, rng: np.random.Generator) -> None:
    early = past.hours < past.span / 2
    before, after = (np.bincount(past.cell[half], minlength=len(grid)) for half in (early, ~early))
    if not (before.any() and after.any()):
        return
    found = hot_spot_stability(before, after, rng)
    told["stability"] = {"area": found.area, "found": found.found, "if_nothing_changed": found.if_nothing_changed}
    told["sentences"].append(
        f"The busiest 5 % of the cells in the first half of the time held {100 * found.found:.0f} % of the incidents "
        f"in the second; if no place had changed it would be {100 * found.if_nothing_changed:.0f} %."
    )


def _repeats(told: dict[str, Any], past: History, grid: Grid, rng: np.random.Generator) -> None:  # noqa: ARG001
    if past.monthly:
        return
    newest = slice(-_MOST_FOR_KNOX, None)
    places = (past.x[newest], past.y[newest], past.hours[newest])
    try:
        table = knox(*places, rng, distances_m=_DISTANCES_M, lags_days=_LAGS_DAYS, deals=_DEALS)
        one = knox(*places, rng, distances_m=(0.0, 400.0), lags_days=(0.0, 14.0), deals=_DEALS)
    except InputError as error:
        told["sentences"].append(f"Near repeats were not looked for: {error.what}")
        return
    p, seen, expected = float(one.p[0, 0]), int(one.pairs[0, 0]), float(one.expected[0, 0])
    told["near_repeats"] = {"p": p, "pairs": seen, "expected": expected, "table": table.as_json()}
    words = f"{seen:,} pairs lie within 400 m and 14 days, {expected:,.0f} expected if times were dealt out anew"
    claim = (
        "more than chance, which a common cause makes as well as contagion" if p <= _CLAIM else "no more than chance"
    )
    told["sentences"].append(f"Near repeats: {words} (p = {p:.2f}): {claim}.")


def _echoes(told: dict[str, Any], past: History, grid: Grid, rng: np.random.Generator) -> None:  # noqa: ARG001
    if past.monthly:
        return
    found = find_echoes(past.x, past.y, past.hours)
    told["echoes"] = {"echoes": found.echoes, "duplicates": found.duplicates}
    told["sentences"].append(
        found.warning
        or f"{found.echoes:,} incidents follow another within a minute and 300 m: too few to be echoes of a feed."
    )


def _break(told: dict[str, Any], past: History, grid: Grid, rng: np.random.Generator) -> None:  # noqa: ARG001
    steps = int(past.span // _FOUR_WEEKS_H)
    season = 13 if steps >= 3 * 13 else 0
    try:
        counts = np.histogram(past.hours, past.span - _FOUR_WEEKS_H * np.arange(steps, -1, -1.0))[0]
        found = find_break(counts, rng, period=season, deals=199)
    except InputError:
        return
    told["break"] = {"weeks_before_the_end": 4 * (steps - found.at), "factor": found.factor, "p": found.p}
    told["sentences"].append(
        f"The clearest step in recording, {4 * (steps - found.at)} weeks before the end, is by a factor of "
        f"{found.factor:.2f} (p = {found.p:.2f}): "
        + ("something changed there, in the city or in how it is counted." if found.p <= _CLAIM else "no clear break.")
    )
