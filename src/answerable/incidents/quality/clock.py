"""Checks of times: how exact they are, whether the clock was read or guessed, and whether it is the right clock."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from answerable.incidents.quality.report import Check, Level, graded, percent
from answerable.incidents.quality.thresholds import thresholds
from answerable.incidents.quality.view import View, examples
from answerable.incidents.table import PRECISIONS

_COARSE = "Cannot tell: no incident is timed to the {unit}."


def precision_mix(view: View) -> Check:
    """Count the incidents timed no better than the day."""
    counts = dict(view.frame["precision"].value_counts().iter_rows())
    coarse = counts.get("day", 0) + counts.get("month", 0)
    share = coarse / len(view)
    parts = [f"{counts[p]:,} to the {p}" for p in PRECISIONS if p in counts]
    says = f"Times are given {', '.join(parts)}."
    if coarse:
        says += f" {percent(share)} cannot be placed in a window of hours."
    level = graded(share, look=thresholds()["coarse_look"], wrong=2.0)
    return Check("precision", "How exact the times are", coarse, share, 0.0, level, says)


def round_times(view: View) -> Check:
    """Measure the share of times on the full or half hour."""
    limit = thresholds()
    title = "Round times"
    expected = 2 / 60
    if not len(view.minute_of_day):
        return Check("round_times", title, None, None, expected, "look", _COARSE.format(unit="minute"))
    on = view.minute_of_day % 30 == 0
    share = float(on.mean())
    says = f"{percent(share)} of the times are on the full or half hour, where {percent(expected)} would be by chance"
    level: Level = "ok"
    if _beyond_chance(int(on.sum()), on.size, expected):
        level = graded(share, look=limit["round_look"], wrong=limit["round_wrong"])
    says += ": many are estimates." if level == "look" else ": the minute means nothing." if level == "wrong" else "."
    return Check("round_times", title, int(on.sum()), share, expected, level, says)


def midnight(view: View) -> Check:
    """Measure the share of times at exactly 00:00, which often stands for a time that nobody knew."""
    limit = thresholds()
    title = "Times at exactly 00:00"
    expected = 1 / 1440
    if not len(view.minute_of_day):
        return Check("midnight", title, None, None, expected, "look", _COARSE.format(unit="minute"))
    at = view.minute_of_day == 0
    share = float(at.mean())
    says = f"{percent(share)} of the times are exactly 00:00, where {percent(expected)} would be by chance"
    level: Level = "ok"
    if _beyond_chance(int(at.sum()), at.size, expected):
        level = graded(share, look=limit["midnight_look"], wrong=limit["midnight_wrong"])
    says += ": it seems to stand for an unknown time." if level != "ok" else "."
    return Check("midnight", title, int(at.sum()), share, expected, level, says)


def _beyond_chance(count: int, n: int, share: float) -> bool:
    """Say whether a count lies more than four standard deviations above its expectation, and one incident."""
    return bool(count > n * share + 4 * np.sqrt(n * share * (1 - share)) + 1)


def ambiguous_times(view: View) -> Check:
    """Count times in an hour that the clocks repeat or skip; their intervals cover both readings."""
    title = "Times at which the clocks change"
    timed = view.frame.filter(pl.col("precision").is_in(("minute", "hour")))
    if timed.is_empty():
        return Check("ambiguous_times", title, None, None, None, "look", _COARSE.format(unit="hour"))
    width = pl.when(pl.col("precision") == "minute").then(pl.duration(minutes=1)).otherwise(pl.duration(hours=1))
    both = timed.filter(pl.col("occurred_to") - pl.col("occurred_from") > width)
    share = both.height / timed.height
    says = (
        f"{both.height:,} times fall in an hour that the clocks repeat or skip; they are kept as an interval that "
        "covers both readings."
        if both.height
        else "No time falls in an hour that the clocks repeat or skip."
    )
    level = graded(share, look=thresholds()["ambiguous_look"], wrong=2.0)
    return Check("ambiguous_times", title, both.height, share, 2 / 8760, level, says, examples(both))


def day_profile(view: View) -> Check:
    """Hold the hours of the day against what violence looks like: quietest in the morning, busiest late at night.

    Finds times all in one hour, a day folded into twelve hours, a flat day, and a clock that is hours off. A shift of
    a few hours is not seen, since cities differ by as much; the sentence says how many.
    """
    limit = thresholds()
    hours, n = view.hours, int(view.hours.sum())
    if not n:
        return _profile("look", _COARSE.format(unit="hour"))
    if n < limit["profile_least"]:
        return _profile("look", f"Cannot tell: {n:,} timed incidents do not fill the hours of the day.")
    shares = hours / n
    for problem in (_one_hour(shares), _folded(shares)):
        if problem:
            return _profile("wrong", problem, hours)
    quiet = np.array([np.take(shares, range(h - 2, h + 2), mode="wrap").sum() for h in range(24)])
    # Entry h holds the four hours of which the start of hour h is the middle.
    lowest, middle = float(quiet.min()), int(np.argmin(quiet))
    if lowest > limit["quiet_share"]:
        says = f"The day is almost flat: its quietest four hours hold {percent(lowest)}. Were these times made up?"
        return _profile("look", says, hours)
    span = f"{(middle - 2) % 24:02d}:00 to {(middle + 2) % 24:02d}:00"
    if not limit["quiet_from"] <= middle <= limit["quiet_to"]:
        return _profile("look", _shifted(view, middle, span), hours)
    says = f"The day is quietest from {span}, as violence mostly is. {_unseen(middle)}"
    return _profile("ok", says, hours)


def _unseen(middle: int) -> str:
    """Say how wrong a clock could be that shows the quietest hours at ``middle``, and still pass."""
    limit = thresholds()
    late, early = middle - int(limit["quiet_from"]), int(limit["quiet_to"]) - middle
    both = [f"{n} hour{'' if n == 1 else 's'} too {which}" for n, which in ((late, "late"), (early, "early")) if n]
    return f"Times up to {' or '.join(both)} would look the same."


def _profile(level: Level, says: str, hours: NDArray[np.int64] | None = None) -> Check:
    where = () if hours is None else (" ".join(f"{h:02d}h:{n}" for h, n in enumerate(hours.tolist())),)
    return Check("day_profile", "The hours of the day", None, None, None, level, says, where)


def _one_hour(shares: NDArray[np.float64]) -> str | None:
    busiest = int(np.argmax(shares))
    if shares[busiest] < thresholds()["one_hour_wrong"]:
        return None
    return (
        f"{percent(float(shares[busiest]))} of all times are in the hour from {busiest:02d}:00: it stands for unknown."
    )


def _folded(shares: NDArray[np.float64]) -> str | None:
    # A clock of twelve hours is written 0 to 11 or 1 to 12.
    for name, part in (("00:00 to 11:59", range(12)), ("01:00 to 12:59", range(1, 13))):
        if 1 - shares[list(part)].sum() < thresholds()["half_day_wrong"]:
            return f"All times lie from {name}: morning and evening have been folded together (am and pm lost)."
    return None


def _shifted(view: View, middle: int, span: str) -> str:
    says = f"The day is quietest from {span}, where violence is mostly quietest in the early morning"
    tz = view.incidents.manifest.tz
    offset = view.frame.select(
        ((pl.col("local").dt.replace_time_zone("UTC") - pl.col("occurred_from")).dt.total_hours()).median()
    ).item()
    limit = thresholds()
    # Had UTC been read as local time, the local clock would be early or late by the zone's own offset.
    for clock, hour in (("UTC", middle + offset), ("local time", middle - offset)):
        if abs(offset) >= 3 and limit["quiet_from"] <= hour % 24 <= limit["quiet_to"]:
            wrong = f"{tz} time" if clock == "UTC" else "UTC"
            return f"{says}. It would fit if these were times in {clock} that were read as {wrong}."
    return f"{says}. Are the hours shifted, or in another zone than {tz}?"
