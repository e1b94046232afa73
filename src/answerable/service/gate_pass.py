"""The pass of a deployment: the proof of its authority with the precise area disclosed, for whoever issues weapons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from answerable.case.casefile import CaseFile
from answerable.errors import NotAllowed, UsageError
from answerable.record.gate import AUTHORITIES, PRIVATE_AREA
from answerable.record.proof import Proof
from answerable.service.witnessing import witnessed_proof
from answerable.service.workspace import Workspace


def precise_area(casefile: CaseFile, kind: str) -> Mapping[str, Any]:
    """Return what an authority keeps back beside its statement, so that a gate can be shown it: the area as drawn."""
    drawn = casefile.outline() if kind in AUTHORITIES else None
    return {} if drawn is None else {PRIVATE_AREA.rpartition("/")[2]: drawn.geojson()["geometry"]}


@dataclass(frozen=True)
class Authority:
    """The newest authority of a case: its place in the log, and the disclosure of its precise area if it is kept."""

    leaf_index: int
    area: tuple[str, ...]


def make_pass(workspace: Workspace, case_id: str) -> Proof:
    """Return the proof of the newest authority of a case, its precise area disclosed and nothing else that is private.

    UsageError where there is no such case; NotAllowed where it has no authority, or where that is not witnessed yet.
    A pass of an authority that was revoked can be made; a gate that has a fresh head refuses it.
    """
    found = authority_of(workspace, case_id)
    return replace(witnessed_proof(workspace, found.leaf_index), disclosures=found.area)


def authority_of(workspace: Workspace, case_id: str) -> Authority:
    """Return the newest authority of a case; errors as for ``make_pass``."""
    events = workspace.store.events(case_id) if case_id else ()
    if not events:
        known = ", ".join(line.id for line in workspace.store.cases()) or "none yet"
        raise UsageError("There is no such case.", where=case_id, fix=f"Cases: {known}.")
    given = [event for event in events if event.kind in AUTHORITIES]
    if not given:
        raise NotAllowed(
            "Nobody has authorised this deployment.", where=f"case {case_id}", fix="A pass proves an authority."
        )
    newest = given[-1]
    if newest.leaf_index is None:
        raise NotAllowed(
            "This authority is not published yet.",
            where=f"case {case_id}",
            fix="Run 'answerable record publish'; in a sealed workspace wait for the next beat.",
        )
    return Authority(
        newest.leaf_index, tuple(one.text for one in newest.fields if one.name == PRIVATE_AREA and one.text)
    )
