"""Evaluate a deployment, or all of them, from the record and the incidents of a workspace; nothing is written."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from answerable.case.casefile import CaseFile
from answerable.case.machine import Case, over_at, state_at
from answerable.errors import InputError, UsageError
from answerable.evaluate.deployment import OneDeployment, one_deployment
from answerable.evaluate.displacement import AFTER_HOURS, rings
from answerable.evaluate.programme import Window as Triggered
from answerable.evaluate.programme import programme
from answerable.evaluate.summary import Summary
from answerable.incidents import Incidents
from answerable.place import Area, Window, local
from answerable.service.history import History, deployment_cases, read_history
from answerable.service.study import incidents_of
from answerable.service.workspace import Workspace

HARMS = ("complaint", "injury_officer", "injury_other", "force", "weapon_drawn")
_FACTS = {
    "search": "searches",
    "arrest": "arrests",
    "contact": "contacts",
    "force": "uses of force",
    "weapon_drawn": "weapons drawn",
    "complaint": "complaints",
    "injury_officer": "injuries of officers",
    "injury_other": "injuries of others",
}
_SEED = 20181203
_NIGHT = (21, 6)
_NOT_DEPLOYED = {"REFUSED": "refused", "EXPIRED": "expired", "WITHDRAWN": "withdrawn", "LAPSED": "lapsed"}


@dataclass(frozen=True)
class _Told:
    """One case as an evaluation needs it: its ground, the window that counts, and what the log expected there."""

    case: Case
    area: Area
    window: Window
    logged: float | None
    state: str


def evaluate_case(workspace: Workspace, case_id: str) -> Summary:
    """Return the evaluation of one deployment: facts, counts, and the verdict that they allow.

    UsageError where there is no such case or it was never started; InputError where no incidents were imported.
    """
    incidents, known_until = _known(workspace)
    told = _told(workspace, read_history(workspace, case_id), incidents)
    if told is None or told.case.started_at is None:
        raise UsageError(
            "This case was never a deployment: it has an area and a window, and nobody was sent.",
            where=case_id,
            fix="Evaluate the programme: such cases are its comparison.",
        )
    until = told.window.end + timedelta(hours=AFTER_HOURS)
    after = Window(told.window.end, until)
    nearby = {f"in the ring {ring.name.removeprefix(told.area.name).strip()}": _count(incidents, ring, told.window)
              for ring in rings(told.area)}  # fmt: skip
    nearby[f"in its area in the {AFTER_HOURS} hours after, the time for retaliation"] = _count(
        incidents, told.area, after
    )
    kinds = Counter(str(entry.get("kind")) for entry in told.case.log)
    one = OneDeployment(
        title=f"Case {case_id}, {told.case.title}",
        incidents=_count(incidents, told.area, told.window),
        logged=told.logged,
        asked=told.case.trigger.replace("_", " "),
        nearby=nearby,
        facts={words: kinds[kind] for kind, words in _FACTS.items()},
        over=known_until >= until,
        plan=_plan(told.case),
    )
    return one_deployment(one, harms=tuple(_FACTS[kind] for kind in HARMS))


def evaluate_programme(workspace: Workspace, *, a_year: float | None = None) -> Summary:
    """Return the verdict on all deployments: deployed windows against triggered ones in which nobody was deployed.

    ``a_year`` is the ceiling that the programme is held to, the pack's own if left out. UsageError where no case has a
    window that is over.
    """
    incidents, known_until = _known(workspace)
    found = []
    for case_id in deployment_cases(workspace):
        told = _told(workspace, read_history(workspace, case_id), incidents)
        if told is None or told.window.end > known_until:
            continue
        deployed = told.case.started_at is not None
        if deployed or told.state in _NOT_DEPLOYED:
            reason = "" if deployed else _NOT_DEPLOYED[told.state]
            count = _count(incidents, told.area, told.window)
            found.append(Triggered(deployed, count, _stratum(told), reason, told.logged))
    if not found:
        raise UsageError(
            "No case has a window that is over, in the incidents as they are known.",
            where=str(workspace.folder),
            fix="Wait, and import the incidents of that time.",
        )
    ceiling = a_year if a_year is not None else _ceiling(workspace)
    return programme(found, rng=np.random.default_rng(_SEED), a_year=ceiling)


def _told(workspace: Workspace, history: History, incidents: Incidents) -> _Told | None:
    case, now = history.case, workspace.clock.now()
    casefile = CaseFile.read(history.document, where=case.id, tz=workspace.settings.time_zone)
    area, asked = casefile.outline(incidents.projection), casefile.asked_window
    if area is None or asked is None:
        return None
    window = asked
    if case.started_at is not None:
        end = min(over_at(case, now) or now, case.ends_at or asked.end)
        if end > case.started_at:
            window = Window(case.started_at, end)
    return _Told(case, area, window, _logged(history, asked, window), str(state_at(case, now)))


def _plan(case: Case) -> dict[str, str]:
    """Return the plan that was fixed at the decision, in words."""
    plan = case.plan
    told = {
        "outcome": str(plan.get("outcome") or ""),
        "compared with": ", ".join(map(str, plan.get("comparators") or ())),
        "horizon": f"{plan['horizon_days']} days" if plan.get("horizon_days") else "",
        "margin": str(plan.get("margin") or ""),
    }
    return {name: value for name, value in told.items() if value}


def _logged(history: History, asked: Window, window: Window) -> float | None:
    """Return the incidents that the log had expected in ``window``, from the forecast published at the assessment."""
    for event in reversed(history.case.events):
        forecast = (event.data.get("picture") or {}).get("forecast") or {}
        p = forecast.get("probability")
        if isinstance(p, float) and 0 < p < 1:
            return -math.log1p(-p) * window.hours / asked.hours
    return None


def _count(incidents: Incidents, area: Area, window: Window) -> int:
    frame = incidents.frame.filter(
        (pl.col("occurred_from") >= window.start.astimezone(UTC))
        & (pl.col("occurred_from") < window.end.astimezone(UTC))
    )
    x, y = replace(incidents, frame=frame).points()
    return int(area.contains(x, y).sum())


def _known(workspace: Workspace) -> tuple[Incidents, datetime]:
    """Return the serious incidents as they are known now, and until when they reach."""
    found = incidents_of(workspace).known(workspace.clock.now()).serious().located()
    until = found.frame["occurred_to"].max()
    if not isinstance(until, datetime):
        raise InputError(
            "There are no incidents to count.", where=str(workspace.folder), fix="Import them, and those since."
        )
    return found, min(until, workspace.clock.now())


def _stratum(told: _Told) -> str:
    start = local(told.window.start, told.case.time_zone)
    night = start.hour >= _NIGHT[0] or start.hour < _NIGHT[1]
    return f"{told.case.trigger}, {'night' if night else 'day'}"


def _ceiling(workspace: Workspace) -> float:
    rarity = workspace.pack.settings.get("rarity") or {}
    permitted = rarity.get("permitted_per_year")
    if not permitted:
        raise UsageError(
            "The pack names no ceiling to hold a programme to.",
            where=workspace.pack.name,
            fix="Say how many deployments a year are meant: --a-year N.",
        )
    return float(permitted)
