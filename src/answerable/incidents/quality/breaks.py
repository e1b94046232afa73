"""Checks over the years: months that were not recorded, and steps in the level that look like a change of recording."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from answerable.incidents.quality.report import Check, percent
from answerable.incidents.quality.thresholds import thresholds
from answerable.incidents.quality.view import View

_SERIES = 4000
_SEED = 2018
_YEAR = 12


@dataclass(frozen=True)
class Step:
    """A step in a monthly series: the position of its first month after, the ratio of the rates, and the evidence."""

    at: int
    ratio: float
    strength: float


def missing_months(view: View) -> Check:
    """Count the months inside the span of the data that have hardly any incidents."""
    title = "Months not recorded"
    months, counts = _monthly(view)
    if len(months) < 3:
        return Check(
            "missing_months", title, None, None, 0.0, "look", "Cannot tell: there are fewer than three months."
        )
    empty = _nearly_empty(counts)
    names = tuple(month.strftime("%Y-%m") for month, bad in zip(months, empty, strict=True) if bad)
    share = len(names) / len(months)
    says = (
        f"{len(names)} of {len(months)} months have no or hardly any incidents: {', '.join(names[:6])}."
        if names
        else f"Each of the {len(months)} months has incidents."
    )
    return Check("missing_months", title, len(names), share, 0.0, "wrong" if names else "ok", says, names)


def recording_breaks(view: View) -> Check:
    """Look for steps in the monthly counts that chance and season do not explain; a steep trend is found too."""
    limit = thresholds()
    title = "Breaks in recording"
    months, counts = _monthly(view)
    empty = _nearly_empty(counts)
    typical = float(np.median(counts[~empty])) if (~empty).any() else 0.0
    if len(months) < 8 or typical < limit["break_least"]:
        what = f"{len(months)} whole months" if len(months) < 8 else f"{typical:.0f} incidents in a typical month"
        return Check("breaks", title, None, None, None, "look", f"Cannot tell: {what} are too few.")
    short = len(months) < 2 * _YEAR
    least = limit["break_ratio_short" if short else "break_ratio"]
    found = [s for s in find_steps(_bridged(counts, empty), limit["break_level"]) if max(s.ratio, 1 / s.ratio) >= least]
    names = tuple(f"{months[s.at]:%Y-%m}: {s.ratio - 1:+.0%}".replace("%", " %") for s in found)
    if found:
        says = f"The level steps at {', '.join(names)}. A change in what is recorded, or a real one? Ask the publisher."
    elif short:
        says = f"No step by a factor of {least:g} or more; in two years a smaller one cannot be told from the season."
    else:
        says = f"No step of {percent(least - 1)} or more that chance and season do not explain."
    return Check("breaks", title, len(found), None, limit["break_level"], "look" if found else "ok", says, names)


def find_steps(counts: NDArray[np.float64], level: float, most: int = 5) -> list[Step]:
    """Return the steps in a monthly series (shape (n,), n >= 8, no gaps), strongest first.

    Around each month the mean of the year before is compared with that of the year from it on (half the series where
    that is shorter), so that the season cancels, on a scale where counts have one variance (2 sqrt(y + 3/8)). The noise
    is estimated from the steps between neighbouring months, which one break cannot inflate. A series without a break is
    flagged with chance ``level``: the threshold is the quantile of the same statistic, noise estimate included, over
    simulated steady series of that length. A step in the first or the last year has no year beside it: it is not
    found.
    """
    width = _width(counts.size)
    scaled = 2 * np.sqrt(counts + 0.375)
    strength = _strength(scaled[None, :], width)[0]
    threshold = _threshold(counts.size, level)
    steps: list[Step] = []
    while len(steps) < most and np.nanmax(strength) > threshold:
        best = int(np.nanargmax(strength))
        at = best + width
        ratio = counts[at : at + width].mean() / max(counts[at - width : at].mean(), 1e-9)
        steps.append(Step(at, float(ratio), float(strength[best])))
        # Windows that reach over a step found already would find it again.
        strength[max(0, best - width + 1) : best + width] = -1.0
    return steps


def _width(n: int) -> int:
    return min(_YEAR, n // 2)


def _strength(scaled: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Return |mean after - mean before| / its standard error at each possible step: shape (series, n - 2 width + 1)."""
    total = np.cumsum(np.pad(scaled, ((0, 0), (1, 0))), axis=1)
    sums = total[:, width:] - total[:, :-width]
    gap = np.abs(sums[:, width:] - sums[:, :-width]) / width
    # Neighbours differ by noise (and a little season, which only makes the test more careful).
    noise = np.sqrt((np.diff(scaled, axis=1) ** 2).mean(axis=1) / 2)
    return np.asarray(gap / np.maximum(noise * np.sqrt(2 / width), 1e-12)[:, None])


@cache
def _threshold(n: int, level: float) -> float:
    rng = np.random.default_rng(_SEED)
    return float(np.quantile(_strength(rng.normal(size=(_SERIES, n)), _width(n)).max(axis=1), 1 - level))


def _monthly(view: View) -> tuple[list[date], NDArray[np.float64]]:
    """Return the whole months of the data in local time, and the number of incidents in each.

    The first and the last month are left out where the source has days, since they may have been cut.
    """
    local = view.frame.select(month=pl.col("local").dt.truncate("1mo").dt.date(), precision="precision")
    counted = local.group_by("month").agg(pl.len().alias("n")).sort("month")
    ends = pl.date_range(pl.col("month").min(), pl.col("month").max(), "1mo")
    full = counted.select(ends).join(counted, on="month", how="left", maintain_order="left")
    if (local["precision"] != "month").any():
        full = full.slice(1, max(0, full.height - 2))
    return full["month"].to_list(), full["n"].fill_null(0).to_numpy().astype(float)


def _nearly_empty(counts: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark the months far below the median of the six on each side; a sparse series has none that stand out."""
    padded = np.pad(counts, 6, constant_values=np.nan)
    if not counts.size:
        return np.zeros(0, bool)
    around = np.nanmedian(np.lib.stride_tricks.sliding_window_view(padded, 13), axis=1)
    limit = thresholds()
    return np.asarray((around >= limit["break_least"]) & (counts < limit["empty_month"] * around))


def _bridged(counts: NDArray[np.float64], empty: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Fill months that were not recorded from their neighbours, so that a gap is not taken for two steps."""
    at = np.arange(counts.size)
    return np.asarray(np.interp(at, at[~empty], counts[~empty]))
