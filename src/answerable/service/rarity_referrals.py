"""Long-term alternatives that were set aside and handed on, and are overdue: told with the use of the tactic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from answerable.case.duties import referrals
from answerable.place import stamp
from answerable.service.case_lists import standings
from answerable.service.workspace import Workspace


@dataclass(frozen=True)
class OverdueReferral:
    """One referral without an outcome past its date: the ``option``, the office that has it, and the case."""

    option: str
    owner: str
    due: datetime
    days_overdue: int
    case: str

    @property
    def sentence(self) -> str:
        """The referral in one line."""
        days = "1 day" if self.days_overdue == 1 else f"{self.days_overdue} days"
        owner = f", with {self.owner.replace('_', ' ')}" if self.owner else ""
        return f"{self.option.replace('_', ' ')}{owner}: due {stamp(self.due)}, {days} overdue (case {self.case})"

    def as_json(self) -> dict[str, Any]:
        """Return the referral as plain data."""
        return {**vars(self), "due": stamp(self.due), "sentence": self.sentence}


def overdue_referrals(workspace: Workspace, at: datetime) -> tuple[OverdueReferral, ...]:
    """Return every overdue referral of the workspace, of any case, whatever became of it; the longest overdue first."""
    owed = ((duty, case.id) for case in standings(workspace) for duty in referrals(case, at) if duty.overdue)
    return tuple(
        OverdueReferral(duty.what, duty.owner, duty.due, (at - duty.due).days, case)
        for duty, case in sorted(owed, key=lambda pair: (pair[0].due, pair[1], pair[0].what))
    )
