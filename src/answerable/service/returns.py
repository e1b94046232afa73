"""Counts for the Home Office's yearly return on police firearms: one incident is one operation, whatever its size.

An armed foot patrol is counted in a column of its own: the presence of an armed response vehicle is another thing.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from answerable.case.deployment import Case
from answerable.case.standing import state_at, was_used
from answerable.errors import UsageError
from answerable.place import Window, local, stamp, zone
from answerable.present.writers import formula_safe
from answerable.service.bulletin import open_cases
from answerable.service.workspace import Workspace

HEAD = (
    "year_ending_march", "case_id", "started_at", "area", "standing", "ho_operation", "ho_arv", "ho_discharge",
    "armed_foot_patrol", "debriefed",
)  # fmt: skip
_APRIL = 4


@dataclass(frozen=True)
class Operation:
    """One operation of the return.

    ``arv`` and ``discharge`` are 1 or 0, None until the debrief has said so. ``foot_patrol`` is 1 where officers
    patrolled on foot, by the deployment's log.
    """

    year: int
    case: str
    started_at: datetime
    area: str
    standing: str
    arv: int | None
    discharge: int | None
    foot_patrol: int
    debriefed: bool

    def row(self) -> tuple[str, ...]:
        """Return the operation as a row under :data:`HEAD`; what is not known is left empty."""
        values = (
            self.year, self.case, stamp(self.started_at), self.area, self.standing, 1, self.arv, self.discharge,
            self.foot_patrol, "yes" if self.debriefed else "no",
        )  # fmt: skip
        return tuple("" if value is None else formula_safe(str(value)) for value in values)


@dataclass(frozen=True)
class Return:
    """The return of one year ending 31 March: every operation, and their sums."""

    year: int
    window: Window
    operations: tuple[Operation, ...]

    @property
    def totals(self) -> dict[str, int]:
        """The figures the return asks for, armed foot patrols apart, and how many operations wait for their debrief."""
        return {
            "ho_operation": len(self.operations),
            "ho_arv": sum(one.arv or 0 for one in self.operations),
            "ho_discharge": sum(one.discharge or 0 for one in self.operations),
            "armed_foot_patrol": sum(one.foot_patrol for one in self.operations),
            "not_debriefed": sum(not one.debriefed for one in self.operations),
        }

    def csv(self) -> str:
        """Return one row for each operation as CSV; no text in it can start a formula."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(HEAD)
        writer.writerows(one.row() for one in self.operations)
        return out.getvalue()


def home_office_return(workspace: Workspace, year: int = 0) -> Return:
    """Return the counts of the year ending 31 March of ``year`` (default: the one we are in).

    UsageError for a year that no calendar has.
    """
    tz = workspace.settings.time_zone or "UTC"
    now = workspace.clock.now()
    year = year or _year_of(now, tz)
    if not re.fullmatch(r"\d{4}", str(year)):
        raise UsageError("This is not a year.", where=str(year), fix="Write it as 2027.")
    first, last = (datetime(y, _APRIL, 1, tzinfo=zone(tz)).astimezone(UTC) for y in (year - 1, year))
    window = Window(first, last)
    return Return(year, window, operations(open_cases(workspace), window, now, year))


def operations(cases: Sequence[Case], window: Window, now: datetime, year: int) -> tuple[Operation, ...]:
    """Return one operation for each case that was started in ``window``, in order of its start."""
    used = [
        case for case in cases if was_used(case) and case.started_at is not None and window.contains(case.started_at)
    ]
    return tuple(_operation(case, now, year) for case in sorted(used, key=lambda c: (c.started_at, c.id)))


def _operation(case: Case, now: datetime, year: int) -> Operation:
    debrief = next((event.data for event in reversed(case.events) if event.kind == "debrief"), None)
    ho = debrief.get("ho", {}) if debrief is not None else {}
    on_foot = any(entry.get("kind") == "foot_patrol" for entry in case.log)
    if case.started_at is None:
        raise AssertionError("an operation was started")
    return Operation(
        year=year,
        case=case.id,
        started_at=case.started_at,
        area=case.area.name if case.area else "",
        standing=str(state_at(case, now)).lower(),
        arv=_flag(ho, "arvs", "arv"),
        discharge=_flag(ho, "discharges", "discharge"),
        foot_patrol=int(on_foot),
        debriefed=debrief is not None,
    )


def _flag(ho: dict[str, int], *names: str) -> int | None:
    """Return 1 or 0: one incident is one operation, with or without a vehicle, however many there were."""
    found = next((ho[name] for name in names if ho.get(name) is not None), None)
    return None if found is None else int(bool(found))


def _year_of(at: datetime, tz: str) -> int:
    there = local(at, tz)
    return there.year + (there.month >= _APRIL)
