"""Backtest forecast models on a file of incidents or a workspace's own: the data, the area, the windows, the report."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from answerable.errors import InputError, UsageError
from answerable.forecast.backtest import Progress, run
from answerable.forecast.chunk import months_between, windows_between
from answerable.forecast.diagnosis.overview import overview
from answerable.forecast.history import look_back
from answerable.forecast.timeline import Timeline
from answerable.forecast.verdict import verdict
from answerable.incidents import Incidents
from answerable.incidents.reading import read_incidents
from answerable.place import Area, Grid, Window, local, parse_instant, read_areas, stamp, union
from answerable.work import Work


@dataclass(frozen=True)
class Plan:
    """What to test. Times are local where they have no offset; ``months`` above 0 tests calendar months, not hours.

    ``keep`` is a folder whose finished units are used again (a run that was stopped goes on); without one they go into
    a folder that is removed in the end.
    """

    train_from: str = ""
    test_from: str = ""
    test_to: str = ""
    hours: float = 24.0
    months: int = 0
    cell_m: int = 500
    models: tuple[str, ...] = ("all",)
    area: Path | None = None
    predictions: Path | None = None
    workers: int = 1
    refit_days: int = 28
    keep: Path | None = None


def read_for_backtest(file: Path, plan: Plan, *, tz: str | None, now: datetime) -> Incidents:
    """Read a file of incidents in the projection of the study area, where one is given."""
    projection = read_areas(plan.area)[0].projection if plan.area else None
    return read_incidents(file, tz=tz, now=now, projection=projection).incidents


def backtest(incidents: Incidents, plan: Plan, progress: Progress | None = None) -> dict[str, Any]:
    """Run the plan and return the report as JSON types, see :func:`answerable.forecast.verdict.verdict`; ``diagnosis``
    says what the data were like when the test began.

    The last third of the data is tested where no start of the test is given. The study area is that of ``plan.area``,
    else the outline of what was known when the test begins. InputError where data, area or period do not hold up.
    """
    used = _since(incidents, plan)
    start, end = _period(used, plan)
    area, named = _study_area(used, plan, start)
    grid = Grid.cover(area, plan.cell_m)
    windows = _windows(used, plan, start, end)
    line = Timeline.of(used, grid)
    with ExitStack() as stack:
        folder = plan.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="answerable-")))
        if plan.predictions:
            _room_for(plan.predictions)
        work = stack.enter_context(Work(folder, workers=plan.workers))
        outcome = run(
            line, windows, plan.models, work,
            refit=timedelta(days=plan.refit_days), predictions=plan.predictions, progress=progress,
        )  # fmt: skip
    report = verdict(outcome)
    report["data"] |= {
        "train_from": stamp(_first(used)),
        "study_area": named,
        "known_at_assumed": used.manifest.known_at_assumed,
        "time_zone": used.manifest.tz,
        "outside_the_area": int((line.cell < 0).sum()),
    }
    report["diagnosis"] = overview(look_back(line, windows[0].start), grid)
    if plan.predictions:
        report["predictions"] = str(plan.predictions)
    return report


def _since(incidents: Incidents, plan: Plan) -> Incidents:
    if not len(incidents):
        raise InputError("There are no incidents to test on.", where="the data", fix="Name a file with incidents.")
    if not plan.train_from:
        return incidents
    at = parse_instant(plan.train_from, incidents.manifest.tz or "UTC")
    kept = incidents.frame.filter(pl.col("occurred_from") >= at)
    if not kept.height:
        raise InputError("No incident is as late as that.", where=f"--train-from {plan.train_from}", fix="Check it.")
    return Incidents(kept, incidents.manifest)


def _first(incidents: Incidents) -> datetime:
    return datetime.fromtimestamp(incidents.frame["occurred_from"].dt.epoch("s").min(), UTC)  # type: ignore[arg-type]


def _period(incidents: Incidents, plan: Plan) -> tuple[datetime, datetime]:
    zone = incidents.manifest.tz or "UTC"
    first = _first(incidents)
    last = datetime.fromtimestamp(incidents.frame["occurred_to"].dt.epoch("s").max(), UTC)  # type: ignore[arg-type]
    start = parse_instant(plan.test_from, zone) if plan.test_from else first + (last - first) * 2 / 3
    end = parse_instant(plan.test_to, zone) if plan.test_to else last
    if not plan.test_from:
        # The day there, not in UTC: what is known to the day alone would else lie across two windows.
        start = local(start, zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    if not first < start < end:
        raise InputError(
            "The test must begin after the first incident and before its own end.",
            where=f"data from {stamp(first)}, test from {stamp(start)} to {stamp(end)}",
            fix="Check --train-from, --test-from and --test-to.",
        )
    return start, end


def _windows(incidents: Incidents, plan: Plan, start: datetime, end: datetime) -> list[Window]:
    if plan.months:
        if plan.months != 1:
            raise UsageError("Only single months are tested.", where=f"--months {plan.months}", fix="Give 1.")
        return months_between(start, end, incidents.manifest.tz or "UTC")
    if not 0 < plan.hours <= 24 * 366:
        raise UsageError("A window lasts from minutes to a year.", where=f"--hours {plan.hours:g}", fix="Try 24.")
    _fine_enough(incidents, plan.hours)
    return windows_between(start, end, plan.hours)


def _fine_enough(incidents: Incidents, hours: float) -> None:
    """Refuse windows shorter than the days that incidents are known to (InputError); months are refused elsewhere."""
    width = (incidents.frame["occurred_to"] - incidents.frame["occurred_from"]).median()
    known_to = width / timedelta(hours=1) if isinstance(width, timedelta) else 0.0
    if hours < 0.9 * known_to < 24 * 27:
        raise InputError(
            f"Most of these incidents are known to within {known_to:.0f} hours only, so nothing shorter can be tested.",
            where=f"--hours {hours:g}", fix="Test windows of whole days, with --hours 24.",
        )  # fmt: skip


def _study_area(incidents: Incidents, plan: Plan, start: datetime) -> tuple[Area, str]:
    if plan.area:
        parts = read_areas(plan.area, projection=incidents.projection)
        return union(parts, plan.area.name), plan.area.name
    x, y = incidents.known(start).points()
    if not len(x):
        raise InputError(
            "No incident with a place was known when the test begins, so there is no area to study.",
            where=stamp(start), fix="Begin the test later, or name the area with --area FILE.",
        )  # fmt: skip
    outline = Area.outline(x, y, margin_m=500, projection=incidents.projection)
    return outline, "the outline of what was known when the test begins"


def _room_for(out: Path) -> None:
    if not out.parent.is_dir():
        raise InputError("There is no such folder.", where=str(out.parent), fix="Make it, or write elsewhere.")
