"""What a store promises, and the values that go in and out of it.

An event of a case and its pending leaf are stored in one transaction; ``publish`` gives pending leaves their place in
the tree and signs the new head. Nothing that was appended is ever changed or removed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from answerable.record.note import Signer
from answerable.record.proof import Opening, Proof


@dataclass(frozen=True)
class Workspace:
    """What a store is for, fixed when it is made: ``kind`` simulated, rehearsal or real; ``origin`` names its log."""

    id: str
    kind: str
    origin: str


@dataclass(frozen=True)
class Person:
    """One account: its ``name``, the ``person`` behind it (two accounts may share one) and its ``roles``.

    ``disabled_at`` is when the account was closed, or None. A closed account can no longer act.
    """

    account: str
    person: str
    roles: tuple[str, ...]
    disabled_at: datetime | None = None


@dataclass(frozen=True)
class NewEvent:
    """An event to append.

    ``case_version`` is 1 for the first event of a case and one more for each next one; both ``case_id`` and it are
    empty (``""``, 0) for an entry that belongs to no case. ``actor`` is an account name, or ``""`` for the system
    itself, which can take no decision. ``body`` is the canonical public statement, hidden in the log by ``blind``
    (32 random bytes); ``private`` stays in the store, bound to the body by ``salt`` (32 random bytes). ``standing`` is
    the case as it stands after this event, as JSON that holds nothing private: lists read it and need not fold events.
    """

    case_id: str
    case_version: int
    kind: str
    at: datetime
    actor: str
    office: str
    body: bytes
    blind: bytes
    private: bytes = b""
    salt: bytes = b""
    standing: str = ""


@dataclass(frozen=True)
class StoredEvent:
    """An event as it is kept.

    ``seq`` counts all events of the store from 1; ``person`` is who was behind ``actor``; ``leaf_index`` is the entry's
    place in the log, None until it is published.
    """

    seq: int
    case_id: str
    case_version: int
    kind: str
    at: datetime
    actor: str
    person: str
    office: str
    body: bytes
    blind: bytes
    private: bytes
    salt: bytes
    leaf_index: int | None


@dataclass(frozen=True)
class CaseLine:
    """One case as its events tell it: how many there are (``version``), the first, and the last with its kind.

    ``standing`` is what was stored with the last event, empty where nothing was.
    """

    id: str
    version: int
    first_at: datetime
    last_at: datetime
    last_kind: str
    standing: str = ""


@dataclass(frozen=True)
class Kept:
    """One version of a living document: what ``kind`` it is, its ``id``, and who kept it when (``""``: the system)."""

    kind: str
    id: str
    version: int
    value: bytes
    at: datetime
    actor: str


@dataclass(frozen=True)
class Unless:
    """What would make an append come too late: an event of one of ``kinds``, of any case, stored after ``seq``."""

    seq: int
    kinds: frozenset[str]


@dataclass(frozen=True)
class AuditLine:
    """Something that was tried or done and has no entry in the log: a refused attempt, a look at private text."""

    at: datetime
    actor: str
    action: str
    case_id: str = ""
    reason: str = ""


@dataclass(frozen=True)
class LogHead:
    """The newest signed head: ``note`` is the checkpoint as it is published; ``at`` is when it was signed."""

    origin: str
    size: int
    root: bytes
    note: str
    at: datetime


@dataclass(frozen=True)
class FsckReport:
    """What a full re-hash found: how much was looked at, and every ``problem`` as a sentence (none: all is well)."""

    events: int
    entries: int
    heads: int
    problems: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


class Store(Protocol):
    """A place that keeps the record of one workspace.

    Errors: ``NotAllowed`` when a rule of the store stops an act (someone else acted first, the same person in two
    roles, a closed account); ``InputError`` for a malformed value; ``IntegrityError`` when what is stored, signed and
    kept outside the database do not agree.
    """

    @property
    def workspace(self) -> Workspace:
        """What this store is for."""
        ...

    @property
    def settings(self) -> dict[str, str]:
        """How the store writes (engine, version, journal, synchronous), for ``status``."""
        ...

    def append(
        self, events: Sequence[NewEvent], audit: Sequence[AuditLine] = (), *, unless: Unless | None = None
    ) -> tuple[StoredEvent, ...]:
        """Store ``events``, their pending leaves and ``audit`` lines in one transaction: all of it or nothing.

        ``NotAllowed``, and nothing is stored, where what ``unless`` names has happened meanwhile.
        """
        ...

    def events(
        self, case_id: str | None = None, after_seq: int = 0, kinds: Collection[str] | None = None
    ) -> tuple[StoredEvent, ...]:
        """Return events in order of ``seq``, of one case or of all (``""``: those of no case), of some kinds or all."""
        ...

    def last_at(self) -> datetime | None:
        """Return when the newest event happened, None where there is none."""
        ...

    def cases(self) -> tuple[CaseLine, ...]:
        """Return every case, in the order they were opened."""
        ...

    def standings(self) -> tuple[tuple[str, str], ...]:
        """Return the id of every case with what was stored with its last event (``""``: nothing), in order of opening.

        The same as ``cases`` tells, and quicker where there are many.
        """
        ...

    def pending(self) -> int:
        """Return how many leaves wait to be published."""
        ...

    def publish(self, signer: Signer, now: datetime) -> LogHead:
        """Give every pending leaf its place in the tree, then sign the new head; the standing head if nothing is new.

        Raises ``IntegrityError``, and signs nothing, if the tree is behind or differs from the head file.
        """
        ...

    def head(self) -> LogHead | None:
        """Return the newest signed head, None before the first ``publish``."""
        ...

    def entry(self, index: int) -> bytes:
        """Return the log entry at ``index``; ``InputError`` if there is none."""
        ...

    def node(self, level: int, position: int) -> bytes:
        """Return the hash of a complete node of the tree; ``IntegrityError`` if it is missing."""
        ...

    def leaf_of(self, event_seq: int) -> int | None:
        """Return the place in the log of an event's entry, None until it is published."""
        ...

    def proof(self, index: int) -> Proof:
        """Return the proof, with its opening, that entry ``index`` is under the newest signed head."""
        ...

    def openings(self, after_index: int = -1) -> tuple[Opening, ...]:
        """Return the openings of all entries under the newest signed head whose index is beyond ``after_index``."""
        ...

    def add_person(self, person: Person) -> None:
        """Add an account; ``InputError`` if the name is taken."""
        ...

    def disable_person(self, account: str, at: datetime) -> None:
        """Close an account; ``InputError`` if there is none of that name."""
        ...

    def person(self, account: str) -> Person | None:
        """Return the account of that name, or None."""
        ...

    def people(self) -> tuple[Person, ...]:
        """Return all accounts, by name."""
        ...

    def audit(self, case_id: str | None = None) -> tuple[AuditLine, ...]:
        """Return audit lines in the order they were written, of one case or all."""
        ...

    def separate(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Keep the two offices of each pair apart from now on: no person may act in both on one case.

        Acts that end a case are exempt. Pairs that are kept apart already change nothing; none can be taken back.
        """
        ...

    def separated(self) -> frozenset[tuple[str, str]]:
        """Return the pairs of offices that are kept apart, each in alphabetical order."""
        ...

    def keep(self, kind: str, id: str, value: bytes, at: datetime, actor: str, *, after: int | None = None) -> int:
        """Keep a new version of a document that is no entry of the log; return its number, from 1.

        ``NotAllowed``, and nothing is kept, where the newest version is not ``after`` (0: none, or it was forgotten):
        someone else changed the document since it was read.
        """
        ...

    def kept(self, kind: str, id: str | None = None) -> tuple[Kept, ...]:
        """Return the newest version of every document of a kind (or the one named ``id``), by id."""
        ...

    def versions(self, kind: str, id: str) -> tuple[Kept, ...]:
        """Return every version of one document that was not forgotten, oldest first."""
        ...

    def forget(self, kind: str, id: str, at: datetime, reason: str, actor: str = "") -> int:
        """Remove the values of all versions of a document for good; return how many there were.

        That it was done, and why, stays in the audit lines. ``InputError`` where there is nothing to forget.
        """
        ...

    def fsck(self, policy_text: str = "") -> FsckReport:
        """Re-hash every event, entry and node up to every signed head; with a policy, check the signatures too."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...
