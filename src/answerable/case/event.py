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

    ``roles`` are roles, functions and ranks, some of them until a date (``answerable.case.holds``). A person with two
    accounts is one person; separation of duties looks at ``person`` only.
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
    time_zone: str = "UTC"


@dataclass(frozen=True)
class LogEntry:
    """One line of the log of a deployment.

    ``kind`` is one of ``answerable.case.log.KINDS``. ``cell`` is the id of a grid square, ``minutes`` how long
    ``officers`` were there from ``at`` on. ``note`` is never published.
    """

    at: datetime
    kind: str
    cell: str = ""
    officers: int | None = None
    minutes: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Command:
    """What an actor asks the machine to do: ``kind`` is a transition, and each looks at a few of the other fields.

    - open: ``proposal``.
    - every kind: ``sections``, the public part of the case file (``answerable.case.sections``), from which assess,
      authorise, urgent, ratify, review, extend, debrief, evaluate and close take what they publish.
    - assess, urgent: ``picture``, the computed picture as plain data, where there is one.
    - advise: ``stance`` (support, neutral, object, no_reply), ``text``, ``publish`` (whether the adviser wants the
      text published, unedited), ``needs_answer``.
    - answer: ``number`` of the advice, ``text``, and ``changed``: what was changed because of it, or why nothing.
    - authorise, urgent: ``reasons``, ``conditions``, ``starts_at`` and ``ends_at`` to narrow the window.
    - ratify: ``reasons``. refuse: ``reasons``, ``what_would_change``. withdraw, end, revoke: ``reasons``, if any.
    - review: ``outcome`` (continue, vary, end), ``checks`` (``intel_still_valid``, ``threat_reassessed``: yes or no;
      ``community_feedback``: text), ``ends_at`` to shorten, ``reasons``.
    - extend: ``ends_at``, ``reasons``. reasons: ``reasons`` for an ending that gave none.
    - log: ``entries``. referral: ``option`` and ``text``, its outcome.

    ``private`` is kept with the event and never published.
    """

    kind: str
    proposal: Proposal | None = None
    reasons: str = ""
    what_would_change: str = ""
    conditions: tuple[str, ...] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    private: Mapping[str, Any] = field(default_factory=dict)
    sections: Mapping[str, Any] = field(default_factory=dict)
    picture: Mapping[str, Any] | None = None
    stance: str = ""
    text: str = ""
    publish: bool = False
    needs_answer: bool = False
    number: int = 0
    changed: str = ""
    outcome: str = ""
    checks: Mapping[str, Any] = field(default_factory=dict)
    entries: tuple[LogEntry, ...] = ()
    option: str = ""


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
