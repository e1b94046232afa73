"""A deployment case as the fold of its events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from answerable.case.changes import changes
from answerable.case.event import Event
from answerable.case.standing import CaseArea, Referral, Standing, over_at, state_at
from answerable.case.state import LEADS_TO, State
from answerable.errors import IntegrityError

__all__ = ["LEADS_TO", "Advice", "Case", "CaseArea", "Referral", "Standing", "State", "over_at", "state_at"]


@dataclass(frozen=True)
class Advice:
    """One piece of advice on a case: which office gave it, where it stands, and whether it has been answered.

    ``stance`` is support, neutral, object or no_reply. ``text`` is empty where the adviser keeps it unpublished.
    """

    number: int
    adviser: str
    stance: str
    text: str = ""
    published: bool = False
    needs_answer: bool = False
    answer: str = ""

    @property
    def waits(self) -> bool:
        """Whether a decision must wait for its answer: an objection, or advice that asks for one."""
        return (self.stance == "object" or self.needs_answer) and self.stance != "no_reply" and not self.answer


@dataclass(frozen=True)
class Case(Standing):
    """One deployment case with its history.

    ``findings`` are those of the last tested transition. ``hands`` are the (role, person) pairs of everyone who has
    acted on it. ``advice`` and ``log`` are what was said and written in the order recorded; ``plan`` is the evaluation
    plan fixed at the decision.
    """

    findings: tuple[Mapping[str, Any], ...] = ()
    hands: frozenset[tuple[str, str]] = frozenset()
    advice: tuple[Advice, ...] = ()
    log: tuple[Mapping[str, Any], ...] = ()
    plan: Mapping[str, Any] = field(default_factory=dict)
    events: tuple[Event, ...] = ()

    @classmethod
    def fold(cls, case_id: str, events: Iterable[Event]) -> Case:
        """Return the case that ``events`` (in order) tell; IntegrityError where one is missing or foreign."""
        case = cls(case_id)
        for event in events:
            case = case.after(event)
        return case

    def after(self, event: Event) -> Case:
        """Return the case as it stands once ``event`` has happened."""
        if event.case != self.id or event.version != self.version + 1:
            raise IntegrityError(
                f"Event {event.version} of case {event.case} does not follow event {self.version} of case {self.id}.",
                where=f"case {self.id}",
                fix="Read the events again, in order.",
            )
        common: dict[str, Any] = {
            "state": LEADS_TO.get(event.kind, self.state),
            "version": event.version,
            "last_at": event.at,
            "findings": tuple(event.data.get("findings", self.findings)),
            "hands": self.hands | {(event.office, event.person)},
            "events": (*self.events, event),
        }
        return replace(self, **{**common, **changes(self, event)})

    @property
    def standing(self) -> Standing:
        """How the case stands, without its history."""
        return Standing(**{name: getattr(self, name) for name in _STANDING})

    @property
    def unanswered(self) -> tuple[Advice, ...]:
        """Advice that a decision must wait for."""
        return tuple(one for one in self.advice if one.waits)

    def acted(self, *kinds: str) -> frozenset[str]:
        """Return the persons who did one of ``kinds`` on this case (none where that has been erased)."""
        return frozenset(event.person for event in self.events if event.kind in kinds and event.person)

    def done_at(self, *kinds: str) -> datetime | None:
        """Return when one of ``kinds`` was last done."""
        return next((event.at for event in reversed(self.events) if event.kind in kinds), None)


_STANDING = tuple(one.name for one in fields(Standing))
