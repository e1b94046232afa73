"""What goes into the machine and what comes out: actors, commands and events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from answerable.place import Window


@dataclass(frozen=True)
class Actor:
    """Who acts: the ``person`` behind an ``account``, the ``roles`` that account holds, and whether it is a human.

    A person with two accounts is one person; separation of duties looks at ``person`` only.
    """

    person: str
    account: str
    roles: frozenset[str]
    human: bool = True


@dataclass(frozen=True)
class Proposal:
    """What a case asks for, as far as the public record says it: ``window`` is the longest the authority could be."""

    title: str
    trigger: str
    area_name: str
    area_km2: float
    window: Window


@dataclass(frozen=True)
class Command:
    """What an actor asks the machine to do.

    ``kind`` is a transition. ``proposal`` is needed to open, ``reasons`` to authorise and to refuse,
    ``what_would_change`` to refuse. ``starts_at`` and ``ends_at`` narrow the window at authorisation. ``private`` is
    kept with the event and never published.
    """

    kind: str
    proposal: Proposal | None = None
    reasons: str = ""
    what_would_change: str = ""
    conditions: tuple[str, ...] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    private: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """One thing that happened to a case: the transition made, or ``blocked``.

    ``version`` is the place of the event in its case, from 1: a store that holds one already refuses it. ``office`` is
    the role the actor acted in. ``data`` is public; ``private`` holds the person and account behind the office.
    """

    case: str
    version: int
    kind: str
    at: datetime
    office: str
    data: Mapping[str, Any]
    private: Mapping[str, Any]

    @property
    def person(self) -> str:
        """Who acted; empty where the private part has been erased."""
        return str(self.private.get("person", ""))
