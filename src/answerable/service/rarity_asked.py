"""How rare one more case would be in each area that somebody asks for now: the rarity report, for open proposals."""

from __future__ import annotations

from collections.abc import Mapping

from answerable.case.rarity import Authorised, Rarity, rarity
from answerable.service.adopt import adopted_pack
from answerable.service.history import History, read_histories
from answerable.service.rarity import Ground, counted
from answerable.service.rarity_entries import Entries
from answerable.service.rarity_report import RarityReport
from answerable.service.workspace import Workspace

# What the guard counts by itself; whatever else stands in a report is of the whole force, and holds for any area.
_COUNTED = frozenset(("force_year", "area_year", "overlap", "force_quarter", "area_hours_28", "area_days_90"))


def rarity_asked(workspace: Workspace, report: RarityReport, asked: Mapping[str, str]) -> dict[str, Rarity]:
    """Return what the guard says of one more case in each area of ``asked``, a case id by the area's name.

    An area that the ``report`` names has what stands there. Of any other the ground of its case is looked at, since
    what was authorised on the same ground under another name counts for it. Nothing for no areas; NotAllowed where no
    pack is in force.
    """
    named = {use.name: use.guard for use in report.areas if use.name in asked}
    others = {area: case for area, case in asked.items() if area not in named}
    return {**named, **_on_their_ground(workspace, report, others)} if others else named


def _on_their_ground(workspace: Workspace, report: RarityReport, asked: Mapping[str, str]) -> dict[str, Rarity]:
    pack, tz = adopted_pack(workspace), workspace.settings.time_zone or "UTC"
    known = [one for one in Entries.read(workspace).authorised(pack.name) if _by(one, report)]
    ground = Ground(workspace, [*known, *read_histories(workspace, asked.values())])
    earlier = [counted(one.case, report.at) for one in known]
    of_the_force = [one for one in report.force.guard.measures if one.name not in _COUNTED]
    return {
        area: rarity(
            earlier,
            ground.overlap,
            Authorised(case, report.at),
            pack.settings["rarity"],
            tz=tz,
            others=of_the_force,
        )
        for area, case in asked.items()
    }


def _by(one: History, report: RarityReport) -> bool:
    """Say whether a case was authorised by the instant of the report."""
    return one.case.authorised_at is not None and one.case.authorised_at <= report.at
