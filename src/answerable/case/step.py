"""One transition as data: where it starts, whether rules are tested, and what it makes public."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from answerable.case.deployment import Case, State
from answerable.case.event import Actor, Command
from answerable.case.standing import Standing
from answerable.errors import NotAllowed, UsageError
from answerable.place import local
from answerable.policy.evaluate import Findings
from answerable.policy.pack import Pack


@dataclass(frozen=True)
class Request:
    """Everything a transition may look at; ``office`` is the role the actor acts in."""

    case: Case
    command: Command
    facts: Mapping[str, Any]
    pack: Pack
    actor: Actor
    now: datetime
    office: str = ""

    @property
    def where(self) -> str:
        """The case, as an error names it."""
        return f"case {self.case.id}"

    def time(self, at: datetime) -> str:
        """Return an instant as a message says it: local time of the case, with the name of its zone."""
        tz = self.case.time_zone or "UTC"
        return f"{local(at, tz):%Y-%m-%d %H:%M} {tz}"

    def not_allowed(self, what: str, fix: str, where: str = "") -> NotAllowed:
        """Return the error for what this case, or this person, does not allow."""
        return NotAllowed(what, where=f"{self.where}{', ' if where else ''}{where}", fix=fix)

    def lacks(self, what: str, fix: str) -> UsageError:
        """Return the error for a command that lacks what it needs."""
        return UsageError(what, where=self.where, fix=fix)

    def section(self, name: str) -> Mapping[str, Any]:
        """Return a section of the case file, as published; empty where the file has none."""
        found = self.command.sections.get(name)
        return found if isinstance(found, Mapping) else {}

    def limit(self, name: str, otherwise: float) -> float:
        """Return a number of the pack, or ``otherwise`` where it names none."""
        return self.pack.limits[name].value if name in self.pack.limits else otherwise


def _given(request: Request) -> Mapping[str, Any]:  # noqa: ARG001
    return {}


def _always(case: Standing, now: datetime) -> bool:  # noqa: ARG001
    return True


def _unguarded(request: Request) -> None:
    """Let every request pass."""


@dataclass(frozen=True)
class Step:
    """A transition.

    ``starts_from`` are the states it may be asked for in; ``fits`` says whether, as the case stands there, asking can
    come to anything. ``guard`` raises NotAllowed or UsageError for what is not even recorded as an attempt; ``body``
    returns the public data of its event, ``private`` what is kept beside it. ``tested`` steps meet the pack's rules at
    ``point`` (default: the kind), on the facts given and, over them, those that ``facts`` returns; where they do not
    hold the event is ``blocked``, unless ``blocks`` is False. ``separated``
    steps are refused to a person who has acted in a conflicting role; steps that end a case never are. ``key`` is the
    name under which the pack lists who may do it (default: the kind). ``adopted`` steps need the pack under which the
    case was opened to be in force; the others account for what was done under it.
    """

    kind: str
    starts_from: frozenset[State]
    body: Callable[[Request, Findings], dict[str, Any]]
    tested: bool = False
    separated: bool = True
    facts: Callable[[Request], Mapping[str, Any]] = _given
    guard: Callable[[Request], None] = _unguarded
    private: Callable[[Request], Mapping[str, Any]] = _given
    key: str = ""
    point: str = ""
    blocks: bool = True
    adopted: bool = False
    fits: Callable[[Standing, datetime], bool] = _always

    @property
    def role_key(self) -> str:
        """The name under which the pack lists who may do this."""
        return self.key or self.kind

    @property
    def tested_at(self) -> str:
        """The point at which the pack's rules are tested."""
        return self.point or self.kind


def findings_only(request: Request, findings: Findings) -> dict[str, Any]:  # noqa: ARG001
    """Return the body of a step that says nothing but what its rules said."""
    return {"findings": published(findings)}


def published(findings: Findings) -> list[dict[str, Any]]:
    """Return findings as the public record gives them."""
    return [finding.published() for finding in findings]
