"""What a workspace shows of its adoptions: what the record says, what is in force, and how the tests stand now."""

from __future__ import annotations

from typing import Any

from answerable.case.adoption import Adoption, alarms, tests_of
from answerable.case.duties import referrals
from answerable.place import stamp
from answerable.service.adopt import adoptions, standing_of
from answerable.service.adoption import around_of
from answerable.service.adoption_events import read_adoption
from answerable.service.adoption_packs import kept_copy
from answerable.service.adoption_said import line_of, said_of, tested
from answerable.service.case_lists import standings
from answerable.service.workspace import Workspace


def list_adoptions(workspace: Workspace) -> list[dict[str, Any]]:
    """Return every adoption with its state now and whether it is what is in force, in the order they were opened."""
    now = workspace.clock.now()
    return [{**line_of(one, now), "in_force": _in_force(workspace, one)} for one in adoptions(workspace)]


def show_adoption(workspace: Workspace, case_id: str) -> dict[str, Any]:
    """Return one adoption whole; UsageError where there is none of that id.

    Where nothing is decided yet, ``tests`` are those that a decision to adopt would meet now.
    """
    adoption = read_adoption(workspace, case_id)
    now = workspace.clock.now()
    said = said_of(adoption, now)
    if adoption.last("adopt", "reject") is None:
        pack = kept_copy(workspace, adoption.pack, adoption.pack_version, adoption.pack_hash)
        tests = tests_of(adoption, around_of(workspace, adoption, pack), now)
        said |= tested([test.published() for test in tests], decided=False)
    told = [alarm.as_json() for alarm in alarms(standing_of(workspace, adoption.pack), now)]
    return {
        **said,
        "in_force": _in_force(workspace, adoption),
        "alarms": told,
        "overdue_referrals": _overdue_referrals(workspace, adoption),
    }


def _overdue_referrals(workspace: Workspace, adoption: Adoption) -> list[dict[str, str]]:
    """Return the long-term alternatives that cases under this pack handed on, and whose date passed without outcome."""
    now = workspace.clock.now()
    return [
        {"case": case.id, "option": duty.what, "owner": duty.owner, "due": stamp(duty.due)}
        for case in standings(workspace)
        if case.pack.rpartition("@")[0] == adoption.pack
        for duty in referrals(case, now)
        if duty.overdue
    ]


def _in_force(workspace: Workspace, adoption: Adoption) -> bool:
    found = standing_of(workspace, adoption.pack).adoption
    return found is not None and (found.id, found.adopted_at) == (adoption.id, adoption.adopted_at)
