"""Which rules came into force how, from the public record alone: every adoption, what stands now, and the alarms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from answerable.case.adoption import Adoption, Alarm, Standing, alarms, standing
from answerable.case.adoption.stop import Evaluated, evaluated
from answerable.case.event import Event
from answerable.service.public_view import PublicEvent, PublicView
from answerable.web.once import once


@dataclass(frozen=True)
class Policies:
    """How the rules came about, as of one instant.

    ``at_once`` are the entries that adopted rules without asking anybody, which only a rehearsal or a simulation has;
    ``asked`` the ids of the adoption cases that can be read, newest last; ``closed`` those whose proposal has not been
    opened to the public. ``standings`` say of each pack what is in force, ``alarms`` what has to be said of it.
    """

    at_once: tuple[PublicEvent, ...]
    asked: tuple[str, ...]
    closed: tuple[str, ...]
    standings: tuple[Standing, ...]
    alarms: tuple[Alarm, ...]

    def in_force(self, case_id: str, adopted_at: datetime | None) -> bool:
        """Say whether the adoption of that id (empty for one at once) and instant is what is in force now."""
        found = (one.adoption for one in self.standings)
        return any(one is not None and (one.id, one.adopted_at) == (case_id, adopted_at) for one in found)


@once
def policies_of(view: PublicView) -> Policies:
    """Return how the rules of a public record came about, as of ``view.as_of``."""
    of_cases = {event.index for events in view.adoptions.values() for event in events}
    at_once = tuple(event for event in view.policies if event.index not in of_cases)
    asked = tuple(name for name, events in view.adoptions.items() if events[0].kind == "propose")
    folded = [*(_alone(event) for event in at_once), *(_folded(name, view.adoptions[name]) for name in asked)]
    packs = dict.fromkeys(one.pack for one in folded if one.adopted_at is not None)
    standings = [standing(folded, pack, view.as_of, _evaluations(view, pack)) for pack in packs]
    return Policies(
        at_once=at_once,
        asked=asked,
        closed=tuple(name for name in view.adoptions if name not in asked),
        standings=tuple(standings),
        alarms=tuple(alarm for found in standings for alarm in alarms(found, view.as_of)),
    )


def _alone(event: PublicEvent) -> Adoption:
    return Adoption.at_once(Event("", 1, event.kind, event.at, event.office, event.data, private={}))


def _folded(case_id: str, events: Sequence[PublicEvent]) -> Adoption:
    told = (Event(case_id, n, e.kind, e.at, e.office, e.data, private={}) for n, e in enumerate(events, 1))
    return Adoption.fold(case_id, told)


def _evaluations(view: PublicView, pack: str) -> list[Evaluated]:
    """Return the evaluations of every deployment under any version of ``pack``: what a stop rule looks at."""
    return [
        evaluated(case.id, event.at, event.data)
        for case, event in view.events("evaluate")
        if str(case.events[0].data.get("pack", "")).rpartition("@")[0] == pack
    ]
