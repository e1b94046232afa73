"""The facts of a case that its file cannot give: how rare another authorisation would still be."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from answerable.case.casefile import CaseFile
from answerable.case.facts import facts_of
from answerable.case.machine import Case
from answerable.case.rarity import Authorised, rarity
from answerable.place import Area, Projection
from answerable.policy.pack import Pack
from answerable.service.history import read_history
from answerable.service.workspace import Workspace


def facts_for(workspace: Workspace, case: Case, casefile: CaseFile, pack: Pack, now: datetime) -> dict[str, Any]:
    """Return every fact that the rules may test on this case at the instant ``now``."""
    return facts_of(casefile, now, _rarity(workspace, case, casefile, pack, now))


def _rarity(workspace: Workspace, case: Case, casefile: CaseFile, pack: Pack, now: datetime) -> dict[str, Any]:
    if "rarity" not in pack.settings:
        return {}
    others = [line.id for line in workspace.store.cases() if line.id != case.id]
    histories = {name: read_history(workspace, name) for name in others}
    earlier = [
        Authorised(name, history.case.authorised_at)
        for name, history in histories.items()
        if history.case.authorised_at is not None
    ]
    here = _outline(casefile)

    def overlaps(name: str) -> bool:
        there = CaseFile.read(histories[name].document, tz=workspace.settings.time_zone)
        return here.overlaps(_outline(there, here.projection))

    found = rarity(earlier, overlaps, now, pack.settings["rarity"])
    return {"rarity.level": found.level}


def _outline(casefile: CaseFile, projection: Projection | None = None) -> Area:
    outline = casefile.outline(projection)
    if outline is None:
        raise AssertionError("an open case has an area")
    return outline
