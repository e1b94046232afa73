"""The few entries of the record that the rarity guard looks at, read in one pass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from answerable.service.history import History, read_histories
from answerable.service.workspace import Workspace
from answerable.store.protocol import StoredEvent

_AUTHORISING = ("authorise", "urgent")


@dataclass(frozen=True)
class Entries:
    """What counts, of one workspace: the entries that authorised, refused, or adopted a policy, oldest first."""

    workspace: Workspace
    stored: tuple[StoredEvent, ...]

    @classmethod
    def read(cls, workspace: Workspace) -> Entries:
        """Read them; the cost is that of one look over the record, however many cases came to nothing."""
        return cls(workspace, workspace.store.events(kinds=(*_AUTHORISING, "adopt", "refuse")))

    def authorised(self, pack: str) -> tuple[History, ...]:
        """Return every case that was ever authorised under any version of ``pack``, in the order of authorisation."""
        ids = dict.fromkeys(event.case_id for event in self.stored if event.kind in _AUTHORISING)
        found = read_histories(self.workspace, ids)
        return tuple(one for one in found if one.case.pack.rpartition("@")[0] == pack)

    def refused(self, pack: str, since: datetime, until: datetime) -> tuple[tuple[datetime, datetime], ...]:
        """Return when each case under ``pack`` refused after ``since`` and up to ``until`` was opened, and refused."""
        ended = {e.case_id: e.at for e in self.stored if e.kind == "refuse" and since < e.at <= until}
        openings = self.workspace.store.events(tuple(ended), kinds=("open",)) if ended else ()
        asked = {one.case_id: one for one in openings if str(one.data["pack"]).rpartition("@")[0] == pack}
        return tuple((asked[case].at, at) for case, at in ended.items() if case in asked)

    def adopted(self, pack: str) -> tuple[datetime, ...]:
        """Return when any version of ``pack`` was adopted for good: neither renewals nor loosenings that revert."""
        said = ((event.at, event.data) for event in self.stored if event.kind == "adopt")
        return tuple(at for at, data in said if data.get("pack") == pack and "reverts_at" not in data)
