"""What a programme could ever show, from what the record holds: said before its first deployment is authorised."""

from __future__ import annotations

import math

from answerable.case.machine import Case
from answerable.errors import UsageError
from answerable.evaluate.plan import plan
from answerable.evaluate.summary import Summary
from answerable.service.history import read_history
from answerable.service.rarity_entries import Entries
from answerable.service.workspace import Workspace

FALL = 0.30


def beforehand(workspace: Workspace, case_id: str, *, fall: float = FALL) -> Summary:
    """Return the power of the programme, at the number of incidents that the log expects in this case's window.

    UsageError where the case has no forecast in the log yet, or the pack no rate that it permits.
    """
    history = read_history(workspace, case_id)
    expected = expected_of(history.case)
    if expected is None:
        raise UsageError(
            "No forecast for this case is in the log yet.",
            where=case_id,
            fix="Assess it first, or give the incidents per window: answerable evaluate power --baseline 0.05.",
        )
    return plan(expected, fall, a_year=permitted(workspace))


def said_beforehand(workspace: Workspace, case_id: str) -> str:
    """Return what has to be said before the first authorisation under a pack: empty later, or where it is not known."""
    if Entries.read(workspace).authorised(workspace.pack.name):
        return ""
    try:
        found = beforehand(workspace, case_id)
    except UsageError:
        return ""
    needed, a_year = found.numbers["needed"], found.numbers["a_year"]
    return (
        f"Before the first authorisation: {found.prose[0]} To see violence fall by {100 * FALL:.0f} % would take "
        f"{needed:,} deployments, {needed / a_year:,.0f} years at {a_year:g} a year."
    )


def expected_of(case: Case) -> float | None:
    """Return the incidents that the log expects in a case's window: the forecast published with its assessment."""
    for event in reversed(case.events):
        p = ((event.data.get("picture") or {}).get("forecast") or {}).get("probability")
        if isinstance(p, float) and 0 < p < 1:
            return -math.log1p(-p)
    return None


def permitted(workspace: Workspace) -> float:
    """Return how many deployments a year the pack means to permit; UsageError where it says nothing of it."""
    a_year = (workspace.pack.settings.get("rarity") or {}).get("permitted_per_year")
    if not a_year:
        raise UsageError(
            "The pack names no ceiling to hold a programme to.",
            where=workspace.pack.name,
            fix="Say how many deployments a year are meant: --a-year N.",
        )
    return float(a_year)
