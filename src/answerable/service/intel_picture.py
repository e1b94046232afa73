"""The picture of an area and window in a workspace, shown to whoever sealed an estimate before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from answerable.case.casefile import CaseFile
from answerable.errors import UsageError
from answerable.intel.estimate import Estimate
from answerable.intel.picture import Picture, make_picture
from answerable.intel.reach import reach
from answerable.intel.report import Report
from answerable.place import Area, Window, parse_instant
from answerable.service.forecasting import asked_place
from answerable.service.intel_estimates import ANALYSTS, keep_estimate, sealed
from answerable.service.intel_kept import kept_reports, who
from answerable.service.intel_prior import Forecasts, cited_prior
from answerable.service.intel_reports import reliability, reports_for
from answerable.service.workspace import Workspace


@dataclass(frozen=True)
class Shown:
    """A picture with the estimate that its reader had sealed before."""

    estimate: Estimate
    picture: Picture

    def as_json(self) -> dict[str, Any]:
        """Return both ready for JSON."""
        return {"estimate": self.estimate.as_json(), "picture": self.picture.as_json()}


def picture_for(workspace: Workspace, casefile: CaseFile, at: datetime) -> Picture | None:
    """Return the picture for the area and window of a case, from its reports and those kept here that it refers to.

    The forecast is the workspace's own, else the one the case file cites; None where there is neither, or where the
    case names no area or window.
    """
    forecasts = Forecasts(workspace)
    area, window = casefile.outline(forecasts.projection), casefile.asked_window
    if area is None or window is None:
        return None
    prior = forecasts.prior(area, window, at) or cited_prior(casefile)
    if prior is None:
        return None
    stored = reports_for(workspace, casefile.trigger.refs if casefile.trigger else (), at)
    here = {report.ref for report in stored}
    reports = [*stored, *(report for report in casefile.graded_reports if report.ref not in here)]
    ancr = casefile.judgement.ancr if casefile.judgement else None
    return make_picture(prior, reports, reliability(workspace), area=area, window=window, at=at, ancr=ancr)


def picture_of(
    workspace: Workspace,
    area: Area,
    window: Window,
    account: str,
    *,
    estimate: float | None = None,
    ancr: str = "",
) -> Shown:
    """Return the picture of any area and window from all kept reports that are about it.

    Only to an analyst who has sealed an estimate for it: given here, or before. NotAllowed otherwise, or where a sealed
    estimate would be changed; UsageError where the workspace has no incidents to forecast from.
    """
    who(workspace, account, ANALYSTS, "see a picture")
    now = workspace.clock.now()
    own = sealed(workspace, area, window, account, (estimate, ancr))
    prior = Forecasts(workspace).prior(area, window, now)
    if prior is None:
        raise UsageError(
            "There is no forecast for this area and window.",
            where=area.name,
            fix="Import incidents first, and ask about a place within them.",
        )
    reports = [report for report in (kept.report for kept in kept_reports(workspace)) if _about(report, area, window)]
    picture = make_picture(prior, reports, reliability(workspace), area=area, window=window, at=now, ancr=own.ancr)
    if own.shown_at is None:
        own = own.shown(picture.probability, now)
        keep_estimate(workspace, own, area.geojson()["geometry"], account)
    return Shown(own, picture)


def _about(report: Report, area: Area, window: Window) -> bool:
    common = reach(report, area, window)
    return common is not None and common.any


def asked(
    workspace: Workspace, place: str, radius_m: float, hours: tuple[str, str], tz: str = ""
) -> tuple[Area, Window]:
    """Return the area and window a user named: ``LON,LAT`` or a GeoJSON file, and two times in the zone ``tz``.

    InputError where one of them cannot be read, or nothing was imported yet.
    """
    start, end = (parse_instant(time, tz or workspace.tz) for time in hours)
    return asked_place(workspace, place, radius_m), Window(start, end)
