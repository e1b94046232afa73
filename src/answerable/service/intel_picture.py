"""The picture of an area and window in a workspace, and the human estimates that are sealed before it is shown."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from answerable.case.casefile import CaseFile
from answerable.errors import NotAllowed, UsageError
from answerable.intel.estimate import Estimate, scores, seal
from answerable.intel.picture import Picture, make_picture
from answerable.intel.reach import reach
from answerable.intel.report import Report
from answerable.place import Area, Projection, Window, choose_projection, parse_instant, stamp
from answerable.service.forecasting import asked_place
from answerable.service.intel_deployed import deployments
from answerable.service.intel_kept import ESTIMATE, kept_reports, who
from answerable.service.intel_prior import Forecasts, cited_prior
from answerable.service.intel_reports import RESOLVERS, reliability, reports_for
from answerable.service.workspace import Workspace

ANALYSTS = ("analyst",)


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
    sealed = _sealed(workspace, area, window, account, (estimate, ancr))
    prior = Forecasts(workspace).prior(area, window, now)
    if prior is None:
        raise UsageError(
            "There is no forecast for this area and window.",
            where=area.name,
            fix="Import incidents first, and ask about a place within them.",
        )
    reports = [report for report in (kept.report for kept in kept_reports(workspace)) if _about(report, area, window)]
    picture = make_picture(prior, reports, reliability(workspace), area=area, window=window, at=now, ancr=sealed.ancr)
    if sealed.shown_at is None:
        sealed = sealed.shown(picture.probability, now)
        keep_estimate(workspace, sealed, area.geojson()["geometry"], account)
    return Shown(sealed, picture)


def seal_estimate(
    workspace: Workspace, area: Area, window: Window, account: str, *, probability: float, ancr: str
) -> Estimate:
    """Keep an analyst's own estimate before anything computed is shown; NotAllowed where another was sealed before."""
    who(workspace, account, ANALYSTS, "seal an estimate")
    return _sealed(workspace, area, window, account, (probability, ancr))


def estimates(workspace: Workspace) -> tuple[Estimate, ...]:
    """Return every estimate kept here."""
    return tuple(read_estimate(kept.value)[0] for kept in workspace.store.kept(ESTIMATE))


def resolve_estimates(workspace: Workspace, subject: str, account: str, *, happened: bool | None) -> int:
    """Keep what happened in the window of ``subject`` with every estimate for it; return how many there are.

    Where a deployment took place they are marked as treated and never scored. UsageError where there is no such
    subject or its window is still open.
    """
    who(workspace, account, RESOLVERS, "resolve an estimate")
    found = [kept for kept in workspace.store.kept(ESTIMATE) if kept.id.startswith(f"{subject}.")]
    if not found:
        raise UsageError("There is no estimate of this subject.", where=subject, fix="See 'intel reliability --json'.")
    happenings = deployments(workspace)
    for kept in found:
        estimate, geometry = read_estimate(kept.value)
        if estimate.window.end > workspace.clock.now():
            raise UsageError("This window is still open.", where=stamp(estimate.window.end), fix="Wait for its end.")
        area = estimate_ground(geometry, estimate.area)
        treated = any(one.covers(area, estimate.window) for one in happenings)
        keep_estimate(workspace, estimate.resolved(happened, treated=treated), geometry, account)
    return len(found)


def estimate_scores(workspace: Workspace) -> dict[str, Any]:
    """Return the scores of people and of the computed pictures on the same windows."""
    return scores(estimates(workspace))


def subject_of(area: Area, window: Window) -> str:
    """Return a short name of an area and window, the same for everybody who asks about them."""
    told = json.dumps([area.geojson()["geometry"], stamp(window.start), stamp(window.end)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _sealed(
    workspace: Workspace, area: Area, window: Window, account: str, given: tuple[float | None, str]
) -> Estimate:
    probability, ancr = given
    subject = subject_of(area, window)
    kept = workspace.store.kept(ESTIMATE, f"{subject}.{account}")
    before = read_estimate(kept[0].value)[0] if kept else None
    if probability is None:
        if before is not None:
            return before
        raise NotAllowed(
            "The computed picture is shown only after your own estimate is sealed.",
            where=area.name,
            fix="Give --estimate (0 to 1) and --ancr (low, moderate or high) first.",
        )
    now = workspace.clock.now()
    sealed = seal(Estimate(subject, area.name, window, probability, ancr, account, now), before)
    if before is None:
        keep_estimate(workspace, sealed, area.geojson()["geometry"], account)
    return sealed


def keep_estimate(workspace: Workspace, estimate: Estimate, geometry: Any, account: str) -> None:
    """Keep an estimate with the geometry of its area in degrees."""
    value = json.dumps({"estimate": estimate.as_json(), "geometry": geometry}, sort_keys=True).encode()
    name = f"{estimate.subject}.{estimate.account}"
    workspace.store.keep(ESTIMATE, name, value, workspace.clock.now(), account)


def read_estimate(value: bytes) -> tuple[Estimate, Any]:
    """Return an estimate as it is kept, with the geometry of its area in degrees."""
    document = json.loads(value)
    return Estimate.from_json(document["estimate"]), document["geometry"]


def estimate_ground(geometry: Any, name: str, projection: Projection | None = None) -> Area:
    """Return the area of an estimate in the metres of ``projection`` (default: the one that fits it)."""
    from shapely.geometry import shape

    ground = shape(geometry)
    fitting = projection or choose_projection(ground.centroid.x, ground.centroid.y)
    return Area.from_degrees(ground, projection=fitting, name=name)


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
