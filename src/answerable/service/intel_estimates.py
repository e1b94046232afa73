"""Human estimates kept in a workspace: sealed before a picture is shown, resolved and scored afterwards."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from answerable.errors import NotAllowed, UsageError
from answerable.intel.estimate import Estimate, scores, seal
from answerable.place import Area, Projection, Window, choose_projection, stamp
from answerable.service.intel_deployed import deployments
from answerable.service.intel_kept import ESTIMATE, RESOLVERS, who
from answerable.service.workspace import Workspace

ANALYSTS = ("analyst",)


def seal_estimate(
    workspace: Workspace, area: Area, window: Window, account: str, *, probability: float, ancr: str
) -> Estimate:
    """Keep an analyst's own estimate before anything computed is shown; NotAllowed where another was sealed before."""
    who(workspace, account, ANALYSTS, "seal an estimate")
    return sealed(workspace, area, window, account, (probability, ancr))


def sealed(workspace: Workspace, area: Area, window: Window, account: str, given: tuple[float | None, str]) -> Estimate:
    """Return the estimate that an account sealed for an area and window, now or before: ``given`` is what it says now.

    NotAllowed where nothing was given, now or before, or another was sealed before.
    """
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
    new = seal(Estimate(subject, area.name, window, probability, ancr, account, now), before)
    if before is None:
        keep_estimate(workspace, new, area.geojson()["geometry"], account)
    return new


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
