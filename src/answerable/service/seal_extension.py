"""A longer seal on the reasons of one case: an entry of its own, opened at once, by a named office and with an end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from answerable.case.adoption import is_adoption
from answerable.errors import NotAllowed, UsageError
from answerable.place import parse_instant, stamp
from answerable.service.erasure import check_code, office_of
from answerable.service.openings import is_open
from answerable.service.publish import publish
from answerable.service.statement import statement
from answerable.service.workspace import Workspace

LONGEST = timedelta(days=366)
KIND = "seal-extension"


def extend_seal(workspace: Workspace, case_id: str, until: str, basis: str, account: str) -> dict[str, Any]:
    """Keep what is released later of a case back until ``until``; return what the entry says.

    It names the case, so that the public can hold the force to it; facts are never delayed. NotAllowed for a wrong
    office or a case whose facts are not public yet; UsageError for a date that is past or more than a year ahead.
    """
    office = office_of(workspace, account)
    check_code(basis, "holds")
    events = workspace.store.events(case_id) if case_id and not is_adoption(case_id) else ()
    if not events:
        raise UsageError("There is no such case.", where=case_id)
    if not all(is_open(workspace, one) for one in events[:1]):
        raise NotAllowed(
            "The facts of this case are not public yet, so nothing is to be delayed.",
            where=case_id,
            fix="Extend the seal once they are: within a day of its end.",
        )
    end = parse_instant(until, workspace.settings.time_zone or "UTC")
    now = workspace.clock.now()
    if not now < end <= now + LONGEST:
        raise UsageError("A seal ends after now, and within a year.", where=until, fix="Name a nearer date.")
    said = {"case": case_id, "until": stamp(end), "basis": basis}
    workspace.store.append([statement(workspace, KIND, said, office=office, account=account)])
    publish(workspace)
    return said
