"""What a store promises, and the values that go in and out of it.

An event of a case and its pending leaf are stored in one transaction; ``publish`` gives pending leaves their place in
the tree and signs the new head. Nothing that was appended is ever changed or removed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from answerable.record.disclose import merged, parse_disclosure
from answerable.record.encode import parse_body
from answerable.record.note import Signer
from answerable.record.proof import Opening, Proof

LATER = "later"
PRIVATE = "private"
OWN = "private/"
"""What the name of a field begins with that is never published: the statement may have a public one of that name."""
COVER = "cover"
"""The kind of an entry that says nothing: it only keeps the beat of the log."""


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
class Field:
    """One field that a statement keeps back: its ``name``, its ``digest`` in the statement, and when it is released.

    ``release`` is ``later`` (at a date) or ``private`` (never). ``value`` is the disclosure, or what opens it.
    """

    name: str
    digest: str
    release: str
    value: str | Callable[[], str] = dataclass_field(default="", compare=False, repr=False)

    @cached_property
    def text(self) -> str:
        """The disclosure; empty once it was erased."""
        return self.value if isinstance(self.value, str) else self.value()


@dataclass(frozen=True)
class Link:
    """How a statement is tied to those before it: the case's ``number``, its ``version`` in the case, and a hash.

    ``previous`` is the lower-case hex SHA-256 of the statement before it in its case; of one that opens a case, of the
    statement that opened the case with the number before; empty where there is none.
    """

    number: int
    version: int
    previous: str


@dataclass(frozen=True)
class Erasure:
    """One field that was destroyed: of which event, its name and digest, when, on what basis, by which office."""

    event_seq: int
    name: str
    digest: str
    at: datetime
    basis: str
    office: str


@dataclass(frozen=True)
class NewEvent:
    """An event to append.

    ``case_version`` is 1 for the first event of a case and one more for each next one; both ``case_id`` and it are
    empty (``""``, 0) for an entry that belongs to no case. ``actor`` is an account name, or ``""`` for the system
    itself, which can take no decision. ``body`` is the canonical public statement, hidden in the log by ``blind``
    (32 random bytes); ``fields`` stay in the store, bound to the body by their digests (in statements of version 1,
    ``private`` by a ``salt`` of 32 random bytes). ``standing`` is
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
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True)
class StoredEvent:
    """An event as it is kept.

    ``seq`` counts all events of the store from 1; ``person`` is who was behind ``actor``; ``leaf_index`` is the entry's
    place in the log, None until it is published. ``whole`` is the private part of a statement of version 1.
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
    whole: bytes
    salt: bytes
    leaf_index: int | None
    fields: tuple[Field, ...] = ()

    @property
    def private(self) -> bytes:
        """What is never published, as JSON: every private field that was neither erased nor empty."""
        if self.salt or not self.fields:
            return self.whole
        found = {
            one.name.removeprefix(OWN): parse_disclosure(one.text).value
            for one in self.fields
            if one.release == PRIVATE and one.text
        }
        return json.dumps({name: value for name, value in found.items() if value is not None}).encode()

    @property
    def later(self) -> tuple[str, ...]:
        """The disclosures that are released at a date and were not erased."""
        return tuple(one.text for one in self.fields if one.release == LATER and one.text)

    @property
    def said(self) -> dict[str, Any]:
        """The statement, its ``data`` with what is released later; what is empty there is left out."""
        later = self.later
        body = parse_body(self.body)
        if later:
            body = merged(body, later)
            names = {one.name for one in self.fields}
            body["data"] = {k: v for k, v in body["data"].items() if v is not None or k not in names}
        return body

    @property
    def data(self) -> dict[str, Any]:
        """What the statement says beside its frame, with what is released later."""
        found: dict[str, Any] = self.said["data"]
        return found


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
        self,
        case_id: str | Collection[str] | None = None,
        after_seq: int = 0,
        kinds: Collection[str] | None = None,
    ) -> tuple[StoredEvent, ...]:
        """Return events in order of ``seq``, of one case or of all (``""``: those of no case), of some kinds or all.

        Covers only where ``kinds`` names them. A collection of cases is read at once, and costs hardly more than one.
        """
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

    def link(self, case_id: str, kind: str) -> Link:
        """Return how the next statement of a case is tied to those before it; a new case is one that ``kind`` opens."""
        ...

    def pending(self) -> int:
        """Return how many leaves wait to be published."""
        ...

    def publish(
        self, signer: Signer, now: datetime, *, most: int | None = None, first: Collection[str] = ()
    ) -> LogHead:
        """Give every pending leaf its place in the tree, then sign the new head; the standing head if nothing is new.

        With ``most``, only so many: entries of the kinds in ``first`` before others, covers after all.

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

    def erase(
        self,
        fields: Sequence[tuple[int, str]],
        at: datetime,
        basis: str,
        office: str,
        events: Sequence[NewEvent] = (),
    ) -> None:
        """Destroy value, salt and key of ``fields`` (event, name) for good, and store ``events`` that say so.

        ``InputError`` for a field that is not there, ``NotAllowed`` for one that was erased before.
        """
        ...

    def erasures(self) -> tuple[Erasure, ...]:
        """Return what was erased, in the order of events."""
        ...

    def cover_seed(self, day: str, fresh: bytes = b"") -> bytes:
        """Return the secret of the covers of ``day``; ``fresh`` (32 random bytes) becomes it where there is none yet.

        Empty where there is none and none is given.
        """
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
