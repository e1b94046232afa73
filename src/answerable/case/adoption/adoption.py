"""An adoption as the fold of its events, and the states that only the clock makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from answerable.case.event import Event
from answerable.errors import IntegrityError
from answerable.place import read_stamp

PREFIX = "A-"


def is_adoption(case_id: str) -> bool:
    """Say whether a case id is an adoption's rather than a deployment's.

    >>> is_adoption("A-2018-0001"), is_adoption("2018-0001"), is_adoption("")
    (True, False, False)
    """
    return case_id.startswith(PREFIX)


class State(StrEnum):
    """Where an adoption stands. RESPONDING, EVALUATING, SUNSET and REVERTED are made by the clock, never stored."""

    NEW = "NEW"
    DRAFT = "DRAFT"
    CONSULTING = "CONSULTING"
    RESPONDING = "RESPONDING"
    ADOPTED = "ADOPTED"
    REJECTED = "REJECTED"
    EVALUATING = "EVALUATING"
    RENEWED = "RENEWED"
    REPEALED = "REPEALED"
    SUNSET = "SUNSET"
    REVERTED = "REVERTED"

    @property
    def undecided(self) -> bool:
        """Whether the decision is still to come."""
        return self in (State.DRAFT, State.CONSULTING, State.RESPONDING)

    @property
    def in_force(self) -> bool:
        """Whether the policy was adopted and has not come to an end."""
        return self in (State.ADOPTED, State.EVALUATING, State.RENEWED)


LEADS_TO: Mapping[str, State] = {
    "propose": State.DRAFT,
    "consult": State.CONSULTING,
    "adopt": State.ADOPTED,
    "reject": State.REJECTED,
    "renew": State.RENEWED,
    "repeal": State.REPEALED,
}


@dataclass(frozen=True)
class Adoption:
    """One adoption.

    ``state`` is the last state an event led to; ask :func:`state_at` for the state at an instant. ``pack``,
    ``pack_version`` and ``pack_hash`` say what is (or would be) adopted: the outcome of a consultation may change it.
    ``proposal`` is what was opened, ``reach`` who was reached, ``outcome`` the published response. ``renewed_at`` is
    when the present period began; ``terms`` are the metrics and stop rules it was adopted with. ``hands`` are the
    (office, person) pairs of everyone who has acted on it.
    """

    id: str
    state: State = State.NEW
    version: int = 0
    title: str = ""
    pack: str = ""
    pack_version: int = 0
    pack_hash: str = ""
    proposal: Mapping[str, Any] = field(default_factory=dict)
    consulted_at: datetime | None = None
    closes_at: datetime | None = None
    reach: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    responses: tuple[Mapping[str, Any], ...] = ()
    considered: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    notices: tuple[Mapping[str, Any], ...] = ()
    outcome: Mapping[str, Any] | None = None
    adopted_at: datetime | None = None
    renewed_at: datetime | None = None
    sunset_at: datetime | None = None
    reverts_at: datetime | None = None
    evaluation_due_at: datetime | None = None
    terms: Mapping[str, Any] = field(default_factory=dict)
    evaluations: tuple[Mapping[str, Any], ...] = ()
    hands: frozenset[tuple[str, str]] = frozenset()
    events: tuple[Event, ...] = ()

    @classmethod
    def fold(cls, case_id: str, events: Iterable[Event]) -> Adoption:
        """Return the adoption that ``events`` (in order) tell; IntegrityError where one is missing or foreign."""
        adoption = cls(case_id)
        for event in events:
            adoption = adoption.after(event)
        return adoption

    @classmethod
    def at_once(cls, event: Event) -> Adoption:
        """Return the adoption that a lone ``adopt`` entry tells: a rehearsal takes the example without asking."""
        return replace(_adopt(cls("", State.ADOPTED), event), events=(event,))

    def after(self, event: Event) -> Adoption:
        """Return the adoption as it stands once ``event`` has happened."""
        if event.case != self.id or event.version != self.version + 1:
            raise IntegrityError(
                f"Event {event.version} of {event.case} does not follow event {self.version} of {self.id}.",
                where=f"adoption {self.id}",
                fix="Read the events again, in order.",
            )
        moved = replace(
            self,
            version=event.version,
            hands=self.hands | {(event.office, event.person)},
            events=(*self.events, event),
            state=LEADS_TO.get(event.kind, self.state),
        )
        step = _STEPS.get(event.kind)
        return step(moved, event) if step else moved

    @property
    def last_at(self) -> datetime | None:
        """When the last event happened."""
        return self.events[-1].at if self.events else None

    @property
    def time_critical(self) -> bool:
        """Whether this is a change for a few days that reverts by itself."""
        return bool(self.proposal.get("time_critical"))

    @property
    def audience(self) -> list[dict[str, Any]]:
        """The groups and bodies that were to be asked, each with whether it was reached, as far as is known."""
        return [{**one, **self.reach.get(one["org"], {})} for one in self.proposal.get("audience", ())]

    @property
    def since(self) -> datetime | None:
        """When the present period of the policy began: its adoption, or its last renewal."""
        return self.renewed_at or self.adopted_at

    @property
    def evaluated(self) -> tuple[Mapping[str, Any], ...]:
        """The evaluations published in the present period."""
        began = self.last("adopt", "renew")
        return tuple(one for one in self.evaluations if began is not None and one["event"] > began.version)

    def last(self, *kinds: str) -> Event | None:
        """Return the newest event of one of ``kinds``, or None."""
        return next((event for event in reversed(self.events) if event.kind in kinds), None)


def state_at(adoption: Adoption, now: datetime) -> State:
    """Return the state of ``adoption`` at the instant ``now``.

    RESPONDING from the close of the consultation on; REVERTED from ``reverts_at`` and SUNSET from ``sunset_at`` on,
    with no job and no event; EVALUATING once the evaluation is due or published.
    """
    if adoption.state is State.CONSULTING and adoption.closes_at is not None and now >= adoption.closes_at:
        return State.RESPONDING
    if not adoption.state.in_force:
        return adoption.state
    if adoption.reverts_at is not None and now >= adoption.reverts_at:
        return State.REVERTED
    if adoption.sunset_at is not None and now >= adoption.sunset_at:
        return State.SUNSET
    due = adoption.evaluation_due_at is not None and now >= adoption.evaluation_due_at
    return State.EVALUATING if due or adoption.evaluated else adoption.state


def _instant(data: Mapping[str, Any], key: str) -> datetime | None:
    value = data.get(key)
    return read_stamp(value) if value else None


def _propose(adoption: Adoption, event: Event) -> Adoption:
    data = event.data
    return replace(
        adoption,
        title=data["title"],
        pack=data["pack"],
        pack_version=data["version"],
        pack_hash=data["hash"],
        proposal=data,
    )


def _consult(adoption: Adoption, event: Event) -> Adoption:
    return replace(adoption, consulted_at=event.at, closes_at=read_stamp(event.data["closes_at"]))


def _notice(adoption: Adoption, event: Event) -> Adoption:
    return replace(adoption, notices=(*adoption.notices, {**event.data, "at": event.at}))


def _respond(adoption: Adoption, event: Event) -> Adoption:
    return replace(adoption, responses=(*adoption.responses, *event.data["responses"]))


def _reach(adoption: Adoption, event: Event) -> Adoption:
    return replace(adoption, reach={**adoption.reach, **{one["org"]: one for one in event.data["audience"]}})


def _consider(adoption: Adoption, event: Event) -> Adoption:
    return replace(adoption, considered={**adoption.considered, **{one["theme"]: one for one in event.data["themes"]}})


def _outcome(adoption: Adoption, event: Event) -> Adoption:
    pack = event.data["pack"]
    changed = replace(adoption, pack_version=pack["version"], pack_hash=pack["hash"])
    return replace(changed, outcome={**event.data, "event": event.version, "at": event.at})


def _adopt(adoption: Adoption, event: Event) -> Adoption:
    data = event.data
    return replace(
        adoption,
        title=adoption.title or data["title"],
        pack=data["pack"],
        pack_version=data["version"],
        pack_hash=data["hash"],
        adopted_at=event.at,
        sunset_at=_instant(data, "sunset_at"),
        reverts_at=_instant(data, "reverts_at"),
        evaluation_due_at=_instant(data, "evaluation_due_at"),
        terms={key: data.get(key, ()) for key in ("metrics", "stop_rules")},
    )


def _evaluation(adoption: Adoption, event: Event) -> Adoption:
    one = {**event.data, "at": event.at, "event": event.version}
    return replace(adoption, evaluations=(*adoption.evaluations, one))


def _renew(adoption: Adoption, event: Event) -> Adoption:
    return replace(
        adoption,
        renewed_at=event.at,
        sunset_at=_instant(event.data, "sunset_at"),
        evaluation_due_at=_instant(event.data, "evaluation_due_at"),
    )


_STEPS = {
    "propose": _propose,
    "consult": _consult,
    "notice": _notice,
    "respond": _respond,
    "reach": _reach,
    "consider": _consider,
    "outcome": _outcome,
    "adopt": _adopt,
    "evaluation": _evaluation,
    "renew": _renew,
}
