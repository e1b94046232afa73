"""Evaluate a deployment, or all of them, from the record and the incidents of a workspace; nothing is written."""

from __future__ import annotations

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
from answerable.evaluate.programme import not_assessable, programme
from answerable.evaluate.strata import in_bands
from answerable.evaluate.summary import Summary
from answerable.evaluate.verdict import MARGIN
from answerable.incidents import Incidents
from answerable.place import Area, Window, local
from answerable.service.beforehand import expected_of, permitted
from answerable.service.history import History, deployment_cases, read_history
from answerable.service.study import incidents_of
from answerable.service.workspace import Workspace

SERIOUS = "serious"
OUTCOMES = (SERIOUS, "any")
"""What can be counted: serious incidents, as fixed at every decision, or any that were imported."""
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
_TRIGGERS = {
    "imminent_intel": "intelligence that serious violence is imminent",
    "serious_assault_response": "a serious assault that had just happened",
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


def evaluate_case(
    workspace: Workspace, case_id: str, *, outcome: str = SERIOUS, after_hours: int = AFTER_HOURS
) -> Summary:
    """Return the evaluation of one deployment: facts, counts, and the verdict that they allow.

    Another ``outcome`` than serious incidents, other hours afterwards, or a case without a plan fixed at its decision
    make it exploratory. UsageError where there is no such case, no such outcome, or it was never started; InputError
    where no incidents were imported.
    """
    incidents, known_until = incidents_known(workspace, outcome)
    told = _told(workspace, read_history(workspace, case_id), incidents)
    if told is None or told.case.started_at is None:
        raise UsageError(
            "This case was never a deployment: it has an area and a window, and nobody was sent.",
            where=case_id,
            fix="Evaluate the programme: such cases are its comparison.",
        )
    until = told.window.end + timedelta(hours=after_hours)
    nearby = {}
    for ring in rings(told.area):
        where = ring.name.removeprefix(told.area.name).strip()
        nearby[f"in the ring {where}"] = incidents_within(incidents, ring, told.window)
    after = incidents_within(incidents, told.area, Window(told.window.end, until))
    nearby[f"in its area in the {after_hours} hours after, the time for retaliation"] = after
    one = OneDeployment(
        title=f"Case {case_id}, {told.case.title}",
        incidents=incidents_within(incidents, told.area, told.window),
        logged=told.logged,
        asked=_TRIGGERS.get(told.case.trigger, told.case.trigger.replace("_", " ")),
        nearby=nearby,
        facts=_facts([told.case]),
        over=known_until >= until,
        plan=_plan(told.case),
        exploratory=outcome != SERIOUS or after_hours != AFTER_HOURS or not told.case.plan,
    )
    return one_deployment(one, harms=tuple(_FACTS[kind] for kind in HARMS))


def evaluate_programme(
    workspace: Workspace, *, a_year: float | None = None, margin: float = MARGIN, outcome: str = SERIOUS
) -> Summary:
    """Return the verdict on all deployments: deployed windows against triggered ones in which nobody was deployed.

    ``a_year`` is the ceiling that the programme is held to, the pack's own if left out. Another ``margin`` or
    ``outcome`` than those fixed, or a deployment without a plan fixed at its decision, make it exploratory. Where no
    window is over, it is not assessable. UsageError where no case was ever opened.
    """
    incidents, known_until = incidents_known(workspace, outcome)
    every = [read_history(workspace, case_id) for case_id in deployment_cases(workspace)]
    told = [one for history in every if (one := _told(workspace, history, incidents)) is not None]
    if not told:
        raise UsageError("There is no case yet.", where=str(workspace.folder), fix="Wait for the first case.")
    over = [one for one in told if one.window.end <= known_until]
    sent = [one for one in over if one.case.started_at is not None]
    found = [_triggered(one, incidents, known_until) for one in over if one in sent or one.state in _NOT_DEPLOYED]
    if not found:
        why = f"No case has a window that is over in the incidents as they are known, until {known_until:%d %B %Y}."
        return not_assessable(why, "a later import of incidents.")
    return programme(
        in_bands(found),
        rng=np.random.default_rng(_SEED),
        a_year=a_year if a_year is not None else permitted(workspace),
        margin=margin,
        exploratory=margin != MARGIN or outcome != SERIOUS or any(not one.case.plan for one in sent),
        harms={_FACTS[kind]: count for kind, count in _harms(sent).items()},
    )


def _triggered(told: _Told, incidents: Incidents, known_until: datetime) -> Triggered:
    """Return one triggered window, with what happened around it and afterwards where that time is over too."""
    until = told.window.end + timedelta(hours=AFTER_HOURS)
    nearby = None
    if until <= known_until:
        nearby = sum(incidents_within(incidents, ring, told.window) for ring in rings(told.area))
        nearby += incidents_within(incidents, told.area, Window(told.window.end, until))
    deployed = told.case.started_at is not None
    reason = "" if deployed else _NOT_DEPLOYED[told.state]
    count = incidents_within(incidents, told.area, told.window)
    return Triggered(deployed, count, _stratum(told), reason, told.logged, nearby)


def _harms(told: list[_Told]) -> dict[str, int]:
    kinds = Counter(str(entry.get("kind")) for one in told for entry in one.case.log)
    return {kind: kinds[kind] for kind in HARMS}


def _facts(cases: list[Case]) -> dict[str, int]:
    kinds = Counter(str(entry.get("kind")) for case in cases for entry in case.log)
    return {words: kinds[kind] for kind, words in _FACTS.items()}


def outline_of(workspace: Workspace, history: History, incidents: Incidents) -> Area:
    """Return the area of a case in the projection of ``incidents``; InputError where its file gives none."""
    casefile = CaseFile.read(history.document, where=history.case.id, tz=workspace.settings.time_zone)
    area = casefile.outline(incidents.projection)
    if area is None:
        raise InputError("This case has no area.", where=history.case.id, fix="Enter cases that have one.")
    return area


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
    """Return the incidents that the log had expected in ``window``: its part of the window that was asked about."""
    expected = expected_of(history.case)
    return None if expected is None else expected * window.hours / asked.hours


def incidents_within(incidents: Incidents, area: Area, window: Window) -> int:
    """Return how many of ``incidents`` began inside ``area`` and ``window``."""
    frame = incidents.frame.filter(
        (pl.col("occurred_from") >= window.start.astimezone(UTC))
        & (pl.col("occurred_from") < window.end.astimezone(UTC))
    )
    x, y = replace(incidents, frame=frame).points()
    return int(area.contains(x, y).sum())


def incidents_known(workspace: Workspace, outcome: str) -> tuple[Incidents, datetime]:
    """Return the incidents that count as they are known now, and until when the data reach."""
    if outcome not in OUTCOMES:
        raise UsageError("There is no such outcome.", where=outcome, fix=f"Use one of: {', '.join(OUTCOMES)}.")
    every = incidents_of(workspace).known(workspace.clock.now())
    until = every.frame["occurred_to"].max()
    if not isinstance(until, datetime):
        raise InputError(
            "There are no incidents to count.", where=str(workspace.folder), fix="Import them, and those since."
        )
    found = every.serious() if outcome == SERIOUS else every
    return found.located(), min(until, workspace.clock.now())


def _stratum(told: _Told) -> str:
    start = local(told.window.start, told.case.time_zone)
    night = start.hour >= _NIGHT[0] or start.hour < _NIGHT[1]
    return f"{told.case.trigger}, {'night' if night else 'day'}"
