"""A store in memory: the same promises and the same roots as the others, for property tests and the lab.

Nothing of it outlives the process, so it is never the store of a workspace.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from answerable.errors import InputError
from answerable.record.encode import commit, parse_body
from answerable.record.errors import RecordError
from answerable.record.merkle import inclusion_proof
from answerable.record.note import Signer
from answerable.record.proof import Opening, Proof
from answerable.store.faults import broken
from answerable.store.memory_kept import Documents
from answerable.store.memory_tree import Tree
from answerable.store.protocol import (
    COVER,
    AuditLine,
    CaseLine,
    Erasure,
    Field,
    FsckReport,
    Kept,
    Link,
    LogHead,
    NewEvent,
    Person,
    StoredEvent,
    Unless,
    Workspace,
)
from answerable.store.rows import NUMBERED, roles, roles_text
from answerable.store.rules import check_event, check_statement


class MemoryStore:
    """A store that is gone when it is let go of. Safe to share between threads."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._lock = threading.RLock()
        self._events: list[StoredEvent] = []
        self._of_case: dict[str, list[StoredEvent]] = {}
        self._standings: dict[str, str] = {}
        self._audit: list[AuditLine] = []
        self._people: dict[str, Person] = {}
        self._separated: frozenset[tuple[str, str]] = frozenset()
        self._numbers: dict[str, list[StoredEvent]] = {}
        self._erasures: dict[tuple[int, str], Erasure] = {}
        self._seeds: dict[str, bytes] = {}
        self._documents = Documents()
        self._tree = Tree()

    @property
    def settings(self) -> dict[str, str]:
        """How the store writes, for ``status``."""
        return {"engine": "memory", "journal": "none", "synchronous": "none"}

    def append(
        self, events: Sequence[NewEvent], audit: Sequence[AuditLine] = (), *, unless: Unless | None = None
    ) -> tuple[StoredEvent, ...]:
        """Store ``events``, their pending leaves and ``audit`` lines: all of it or nothing."""
        with self._lock:
            if unless and any(event.kind in unless.kinds for event in self._events[unless.seq :]):
                raise broken("overtaken")
            new: list[StoredEvent] = []
            for event in events:
                check_statement(self.workspace, event)
                before = [*self._of_case.get(event.case_id, ()), *(e for e in new if e.case_id == event.case_id)]
                check_event(event, before, self._people, self._separated)
                self._check_link(event, before, new)
                new.append(self._stored(event, len(self._events) + len(new) + 1))
            self._events += new
            for given, stored in zip(events, new, strict=True):
                self._of_case.setdefault(stored.case_id, []).append(stored)
                if stored.case_version == 1 and parse_body(stored.body).get("v") == NUMBERED:
                    self._numbers.setdefault(stored.kind, []).append(stored)
                self._standings[stored.case_id] = given.standing
            self._audit += audit
            return tuple(new)

    def events(
        self,
        case_id: str | Collection[str] | None = None,
        after_seq: int = 0,
        kinds: Collection[str] | None = None,
    ) -> tuple[StoredEvent, ...]:
        """Return events in order of ``seq``, of one case or of all (``""``: those of no case), of some kinds or all."""
        with self._lock:
            found = self._events if case_id is None else self._of_cases(case_id)
            places = {seq: index for index, seq in enumerate(self._tree.published)}
            wanted = (e for e in found if e.seq > after_seq and (e.kind != COVER if kinds is None else e.kind in kinds))
            return tuple(replace(e, leaf_index=places.get(e.seq), fields=self._left(e)) for e in wanted)

    def _of_cases(self, case_id: str | Collection[str]) -> list[StoredEvent]:
        if isinstance(case_id, str):
            return self._of_case.get(case_id, [])
        return sorted((e for one in set(case_id) for e in self._of_case.get(one, [])), key=lambda event: event.seq)

    def last_at(self) -> datetime | None:
        """Return when the newest event happened, None where there is none."""
        with self._lock:
            return self._events[-1].at if self._events else None

    def cases(self) -> tuple[CaseLine, ...]:
        """Return every case, in the order they were opened."""
        with self._lock:
            return tuple(
                CaseLine(name, len(of), of[0].at, of[-1].at, of[-1].kind, self._standings[name])
                for name, of in self._of_case.items()
                if name
            )

    def standings(self) -> tuple[tuple[str, str], ...]:
        """Return the id of every case with what was stored with its last event, in the order they were opened."""
        return tuple((line.id, line.standing) for line in self.cases())

    def link(self, case_id: str, kind: str) -> Link:
        """Return how the next statement of a case is tied to those before it; a new case is one that ``kind`` opens."""
        with self._lock:
            return self._link(case_id, self._of_case.get(case_id, []), self._numbers.get(kind, []))

    def pending(self) -> int:
        """Return how many leaves wait to be published."""
        return len(self._events) - len(self._tree.entries)

    def publish(
        self, signer: Signer, now: datetime, *, most: int | None = None, first: Collection[str] = ()
    ) -> LogHead:
        """Give every pending leaf its place in the tree, then sign the new head; the old one if nothing is new."""
        with self._lock:
            self._tree.guard(self.workspace, signer)
            placed = set(self._tree.published)
            pending = [event for event in self._events if event.seq not in placed]
            if most is not None:
                pending.sort(key=lambda event: (event.kind == COVER, event.kind not in first, event.seq))
            self._tree.integrate(pending[:most])
            return self._tree.sign(self.workspace, signer, now)

    def head(self) -> LogHead | None:
        """Return the newest signed head, None before the first ``publish``."""
        return self._tree.heads[-1] if self._tree.heads else None

    def entry(self, index: int) -> bytes:
        """Return the log entry at ``index``; ``InputError`` if there is none."""
        return self._tree.entry(index)

    def node(self, level: int, position: int) -> bytes:
        """Return the hash of a complete node of the tree; ``IntegrityError`` if it is missing."""
        return self._tree.node(level, position)

    def leaf_of(self, event_seq: int) -> int | None:
        """Return the place in the log of an event's entry, None until it is published."""
        published = self._tree.published
        return published.index(event_seq) if event_seq in published else None

    def proof(self, index: int) -> Proof:
        """Return the proof, with its opening, that entry ``index`` is under the newest signed head."""
        head = self.head()
        if head is None or not 0 <= index < head.size:
            raise InputError("No signed head has this entry yet.", where=f"entry {index}", fix="Publish first.")
        event = self._events[self._tree.published[index] - 1]
        path = tuple(inclusion_proof(index, head.size, self.node))
        return Proof(index, event.body, event.blind, path, head.note)

    def openings(self, after_index: int = -1) -> tuple[Opening, ...]:
        """Return the openings of all entries under the newest signed head whose index is beyond ``after_index``."""
        head = self.head()
        if head is None:
            return ()
        published = enumerate(self._tree.published[: head.size])
        found = ((index, self._events[seq - 1]) for index, seq in published if index > after_index)
        return tuple(Opening(index, event.body, event.blind) for index, event in found)

    def erase(
        self,
        fields: Sequence[tuple[int, str]],
        at: datetime,
        basis: str,
        office: str,
        events: Sequence[NewEvent] = (),
    ) -> None:
        """Destroy the values of ``fields`` (event, name) for good, and store ``events`` that say so."""
        with self._lock:
            gone: dict[tuple[int, str], Erasure] = {}
            for seq, name in fields:
                event = self._events[seq - 1] if 0 < seq <= len(self._events) else None
                found = next((one for one in event.fields if one.name == name), None) if event else None
                if found is None:
                    raise InputError("There is no such field to erase.", where=f"event {seq}, field {name}")
                if (seq, name) in self._erasures | gone:
                    raise broken("erased")
                gone[seq, name] = Erasure(seq, name, found.digest, at, basis, office)
            self.append(events)
            self._erasures |= gone
            for seq, _ in fields:
                self._events[seq - 1] = replace(self._events[seq - 1], fields=self._left(self._events[seq - 1]))

    def erasures(self) -> tuple[Erasure, ...]:
        """Return what was erased, in the order of events."""
        return tuple(self._erasures[place] for place in sorted(self._erasures))

    def cover_seed(self, day: str, fresh: bytes = b"") -> bytes:
        """Return the secret of the covers of ``day``; ``fresh`` becomes it where there is none yet."""
        with self._lock:
            return self._seeds.setdefault(day, fresh) if fresh else self._seeds.get(day, b"")

    def add_person(self, person: Person) -> None:
        """Add an account; ``InputError`` if the name is taken."""
        with self._lock:
            if not person.account or not person.person:
                raise InputError("An account needs a name and a person behind it.", where=person.account)
            if person.account in self._people:
                raise broken("taken")
            kept = roles(roles_text(person.roles))
            self._people[person.account] = replace(person, roles=kept, disabled_at=None)

    def disable_person(self, account: str, at: datetime) -> None:
        """Close an account; ``InputError`` if there is no open one of that name."""
        with self._lock:
            standing = self._people.get(account)
            if standing is None or standing.disabled_at is not None:
                raise InputError("There is no open account of that name.", where=account)
            self._people[account] = replace(standing, disabled_at=at)

    def person(self, account: str) -> Person | None:
        """Return the account of that name, or None."""
        return self._people.get(account)

    def people(self) -> tuple[Person, ...]:
        """Return all accounts, by name."""
        return tuple(self._people[name] for name in sorted(self._people))

    def audit(self, case_id: str | None = None) -> tuple[AuditLine, ...]:
        """Return audit lines in the order they were written, of one case or all."""
        return tuple(line for line in self._audit if case_id in (None, line.case_id))

    def separate(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Keep the two offices of each pair apart from now on; acts that end a case are exempt."""
        with self._lock:
            self._separated |= {(min(pair), max(pair)) for pair in pairs}

    def separated(self) -> frozenset[tuple[str, str]]:
        """Return the pairs of offices that are kept apart, each in alphabetical order."""
        return self._separated

    def keep(self, kind: str, id: str, value: bytes, at: datetime, actor: str, *, after: int | None = None) -> int:
        """Keep a new version of a document that is no entry of the log, next to ``after``; return its number."""
        with self._lock:
            return self._documents.keep(kind, id, value, at, actor, after=after)

    def kept(self, kind: str, id: str | None = None) -> tuple[Kept, ...]:
        """Return the newest version of every document of a kind (or the one named ``id``), by id."""
        return self._documents.newest(kind, id)

    def versions(self, kind: str, id: str) -> tuple[Kept, ...]:
        """Return every version of one document that was not forgotten, oldest first."""
        return self._documents.versions(kind, id)

    def forget(self, kind: str, id: str, at: datetime, reason: str, actor: str = "") -> int:
        """Remove the values of all versions of a document for good; an audit line says so and why."""
        with self._lock:
            removed = self._documents.forget(kind, id)
            self._audit.append(AuditLine(at, actor, f"forget {kind} {id}", "", reason))
            return removed

    def fsck(self, policy_text: str = "") -> FsckReport:
        """Re-hash every event, entry and node up to every signed head; with a policy, check the signatures too."""
        with self._lock:
            found = tuple(self._tree.problems(self._events, policy_text))
            return FsckReport(len(self._events), len(self._tree.entries), len(self._tree.heads), found)

    def close(self) -> None:
        """Do nothing: there is no database to let go of."""

    def _left(self, event: StoredEvent) -> tuple[Field, ...]:
        gone = self._erasures
        return tuple(replace(f, value="") if (event.seq, f.name) in gone else f for f in event.fields)

    def _link(self, case_id: str, before: Sequence[StoredEvent], opened: Sequence[StoredEvent]) -> Link:
        if not case_id:
            return Link(0, 0, "")
        if before:
            number = parse_body(before[0].body).get("number", 0)
            return Link(number, len(before) + 1, hashlib.sha256(before[-1].body).hexdigest())
        if not opened:
            return Link(1, 1, "")
        newest = opened[-1].body
        return Link(parse_body(newest)["number"] + 1, 1, hashlib.sha256(newest).hexdigest())

    def _check_link(self, event: NewEvent, before: Sequence[StoredEvent], new: Sequence[StoredEvent]) -> None:
        body = parse_body(event.body)
        if body.get("v") != NUMBERED or not event.case_id:
            return
        fresh = [e for e in new if e.case_version == 1 and e.kind == event.kind]
        due = self._link(event.case_id, before, [*self._numbers.get(event.kind, ()), *fresh])
        if Link(body["number"], body["version"], body["previous"]) != due:
            raise broken("stale" if before else "numbered")

    def _stored(self, event: NewEvent, seq: int) -> StoredEvent:
        try:
            commit(event.body, event.blind)
        except RecordError as error:
            raise InputError(error.what, where=error.where, fix=error.fix) from error
        who = self._people.get(event.actor)
        return StoredEvent(
            seq=seq,
            case_id=event.case_id,
            case_version=event.case_version,
            kind=event.kind,
            at=event.at,
            actor=event.actor,
            person=who.person if who else "",
            office=event.office,
            body=event.body,
            blind=event.blind,
            whole=event.private,
            salt=event.salt,
            leaf_index=None,
            fields=tuple(sorted(event.fields, key=lambda one: one.name)),
        )
