"""A store in a database that speaks SQL: everything but how to connect, to lock and to name a fault.

Reads go through SQLAlchemy on connections of their own, imported at the first read so that opening stays quick.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Self

from answerable.errors import AnswerableError, InputError, IntegrityError
from answerable.record.errors import Altered, RecordError
from answerable.record.merkle import inclusion_proof, root
from answerable.record.note import Key, Signer, parse_vkey
from answerable.record.proof import Opening, Proof
from answerable.store import fields as kept_back
from answerable.store import numbers
from answerable.store.append import check_not_overtaken, insert, insert_audit, insert_events, integrate
from answerable.store.database import Database
from answerable.store.documents import delete_kept, insert_kept, insert_separation
from answerable.store.faults import broken
from answerable.store.headfile import check_head, read_head
from answerable.store.protocol import (
    AuditLine,
    CaseLine,
    Erasure,
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
from answerable.store.rows import instant, instant_text, roles_text
from answerable.store.rules import check_statement
from answerable.store.signing import sign_head
from answerable.store.tree import entry, node, tree_size
from answerable.store.vault import FILE, Vault

if TYPE_CHECKING:
    from answerable.store.reads import Reads


class SqlStore(ABC):
    """What every database backend shares. Safe to share between threads."""

    faults: ClassVar[tuple[type[Exception], ...]]
    """What the driver raises."""

    def __init__(self, head_file: Path, connection: Database, where: str) -> None:
        self.head_file = head_file
        self.vault = Vault(head_file.parent / FILE)
        self._db = connection
        self._lock = threading.RLock()
        self._opened_reads: Reads | None = None
        row = self._row("SELECT workspace_id, kind, origin FROM meta")
        if row is None:
            raise IntegrityError("The store does not say what workspace it is for.", where=where)
        self.workspace = Workspace(*row)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    @abstractmethod
    def settings(self) -> dict[str, str]:
        """How the store writes, for ``status``."""

    @abstractmethod
    def explain(self, error: Exception) -> AnswerableError:
        """Return the error to show for what the driver said. Nothing was stored, unless it says otherwise."""

    skip_locked: ClassVar[str] = ""
    """What a query says to leave rows that another transaction holds; nothing where one writes at a time."""

    def _begin_aside(self) -> None:
        """Begin a transaction on what is no part of the record, and need not wait for its writers where it can."""
        self._begin()

    @abstractmethod
    def _begin(self) -> None:
        """Begin a transaction that holds the write lock of the record."""

    @abstractmethod
    def _begin_look(self) -> None:
        """Begin a transaction that sees one state of the database throughout."""

    @abstractmethod
    def _make_reads(self) -> Reads:
        """Return reads on connections of their own that refuse to write."""

    @abstractmethod
    def _damage(self) -> Iterator[str]:
        """Yield what is wrong with the database itself, and every rule of it that was changed."""

    def append(
        self, events: Sequence[NewEvent], audit: Sequence[AuditLine] = (), *, unless: Unless | None = None
    ) -> tuple[StoredEvent, ...]:
        """Store ``events``, their pending leaves and ``audit`` lines in one transaction: all of it or nothing."""
        for event in events:
            check_statement(self.workspace, event)
        with self._writing():
            if unless:
                check_not_overtaken(self._db, unless)
            stored = insert_events(self._db, events, self.vault)
            if audit:
                insert_audit(self._db, audit)
        return stored

    def events(
        self,
        case_id: str | Collection[str] | None = None,
        after_seq: int = 0,
        kinds: Collection[str] | None = None,
    ) -> tuple[StoredEvent, ...]:
        """Return events in order of ``seq``, of one case or of all (``""``: those of no case), of some kinds or all."""
        return self._reads.events(case_id, after_seq, kinds)

    def last_at(self) -> datetime | None:
        """Return when the newest event happened, None where there is none."""
        row = self._row("SELECT at FROM events ORDER BY seq DESC LIMIT 1")
        return instant(row[0]) if row else None

    def cases(self) -> tuple[CaseLine, ...]:
        """Return every case, in the order they were opened."""
        return self._reads.cases()

    def standings(self) -> tuple[tuple[str, str], ...]:
        """Return the id of every case with what was stored with its last event, in the order they were opened."""
        return self._reads.standings()

    def link(self, case_id: str, kind: str) -> Link:
        """Return how the next statement of a case is tied to those before it; a new case is one that ``kind`` opens."""
        with self._reading():
            return numbers.link(self._db, case_id, kind)

    def pending(self) -> int:
        """Return how many leaves wait to be published."""
        return self._count("SELECT (SELECT count(*) FROM leaves) - (SELECT count(*) FROM published)")

    def publish(
        self, signer: Signer, now: datetime, *, most: int | None = None, first: Collection[str] = ()
    ) -> LogHead:
        """Give every pending leaf its place in the tree, commit, then sign the new head from committed rows."""
        key = parse_vkey(signer.vkey)
        if key.name != self.workspace.origin:
            raise IntegrityError(
                "The signing key is of another log.", where=key.name, fix=f"Use the key of {self.workspace.origin}."
            )
        with self._lock:
            with self._writing():
                self._guard(signer)
                integrate(self._db, most, first)
            with self._writing():
                self._guard(signer)
                return self._sign(signer, now)

    def head(self) -> LogHead | None:
        """Return the newest signed head, None before the first ``publish``."""
        row = self._row("SELECT size, root, note, at FROM checkpoints ORDER BY size DESC LIMIT 1")
        return LogHead(self.workspace.origin, row[0], row[1], row[2], instant(row[3])) if row else None

    def entry(self, index: int) -> bytes:
        """Return the log entry at ``index``; ``InputError`` if there is none."""
        with self._reading():
            return entry(self._db, index)

    def node(self, level: int, position: int) -> bytes:
        """Return the hash of a complete node of the tree; ``IntegrityError`` if it is missing."""
        with self._reading():
            return node(self._db, level, position)

    def leaf_of(self, event_seq: int) -> int | None:
        """Return the place in the log of an event's entry, None until it is published."""
        row = self._row("SELECT leaf_index FROM published WHERE event_seq = ?", event_seq)
        return int(row[0]) if row else None

    def proof(self, index: int) -> Proof:
        """Return the proof, with its opening, that entry ``index`` is under the newest signed head."""
        head = self.head()
        row = self._row("SELECT body, blind FROM events JOIN published ON event_seq = seq WHERE leaf_index = ?", index)
        if head is None or row is None or index >= head.size:
            raise InputError("No signed head has this entry yet.", where=f"entry {index}", fix="Publish first.")
        return Proof(index, row[0], row[1], tuple(inclusion_proof(index, head.size, self.node)), head.note)

    def openings(self, after_index: int = -1) -> tuple[Opening, ...]:
        """Return the openings of all entries under the newest signed head whose index is beyond ``after_index``."""
        head = self.head()
        return self._reads.openings(after_index, head.size) if head else ()

    def erase(
        self,
        fields: Sequence[tuple[int, str]],
        at: datetime,
        basis: str,
        office: str,
        events: Sequence[NewEvent] = (),
    ) -> None:
        """Destroy value, salt and key of ``fields`` (event, name) for good, and store ``events`` that say so."""
        for event in events:
            check_statement(self.workspace, event)
        with self._lock:
            with self._writing():
                kept_back.erase_fields(self._db, fields, at=instant_text(at), basis=basis, office=office)
                insert_events(self._db, events, self.vault)
            self.scrub()

    def scrub(self) -> None:  # noqa: B027 -- a database that overwrites what it deletes has nothing left to do
        """Leave no trace of deleted values in the database's own files."""

    def erasures(self) -> tuple[Erasure, ...]:
        """Return what was erased, in the order of events."""
        with self._reading():
            return kept_back.erasures_in(self._db)

    def cover_seed(self, day: str, fresh: bytes = b"") -> bytes:
        """Return the secret of the covers of ``day``; ``fresh`` becomes it where there is none yet."""
        row = self._row("SELECT seed FROM cover_seeds WHERE day = ?", day)
        if row is None and fresh:
            with self._writing():
                row = self._db.execute("SELECT seed FROM cover_seeds WHERE day = ?", (day,)).fetchone()
                if row is None:
                    insert(self._db, "cover_seeds", ("day", "seed"), [(day, fresh)])
                    row = (fresh,)
        return bytes(row[0]) if row else b""

    def add_person(self, person: Person) -> None:
        """Add an account; ``InputError`` if the name is taken."""
        row = (person.account, person.person, roles_text(person.roles))
        with self._writing():
            if self._db.execute("SELECT 1 FROM people WHERE account = ?", (person.account,)).fetchone():
                raise broken("taken")
            insert(self._db, "people", ("account", "person", "roles"), [row])

    def disable_person(self, account: str, at: datetime) -> None:
        """Close an account; ``InputError`` if there is no open one of that name."""
        with self._writing():
            done = self._db.execute(
                "UPDATE people SET disabled_at = ? WHERE account = ? AND disabled_at IS NULL",
                (instant_text(at), account),
            )
            if done.rowcount != 1:
                raise InputError("There is no open account of that name.", where=account)

    def person(self, account: str) -> Person | None:
        """Return the account of that name, or None."""
        return next(iter(self._reads.people(account)), None)

    def people(self) -> tuple[Person, ...]:
        """Return all accounts, by name."""
        return self._reads.people()

    def audit(self, case_id: str | None = None) -> tuple[AuditLine, ...]:
        """Return audit lines in the order they were written, of one case or all."""
        return self._reads.audit(case_id)

    def separate(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Keep the two offices of each pair apart from now on; acts that end a case are exempt."""
        missing = {tuple(sorted(pair)) for pair in pairs} - self.separated()
        if missing:
            with self._writing():
                insert_separation(self._db, sorted(missing))

    def separated(self) -> frozenset[tuple[str, str]]:
        """Return the pairs of offices that are kept apart, each in alphabetical order."""
        return self._reads.separated()

    def keep(self, kind: str, id: str, value: bytes, at: datetime, actor: str, *, after: int | None = None) -> int:
        """Keep a new version of a document that is no entry of the log, next to ``after``; return its number."""
        with self._writing():
            return insert_kept(
                self._db, kind, id, value, at=instant_text(at), actor=actor, after=after, vault=self.vault
            )

    def kept(self, kind: str, id: str | None = None) -> tuple[Kept, ...]:
        """Return the newest version of every document of a kind (or the one named ``id``), by id."""
        return self._reads.kept(kind, id, newest=True)

    def versions(self, kind: str, id: str) -> tuple[Kept, ...]:
        """Return every version of one document that was not forgotten, oldest first."""
        return self._reads.kept(kind, id, newest=False)

    def forget(self, kind: str, id: str, at: datetime, reason: str, actor: str = "") -> int:
        """Remove the values of all versions of a document for good; an audit line says so and why."""
        with self._writing():
            removed = delete_kept(self._db, kind, id, at=instant_text(at), actor=actor, reason=reason)
            insert_audit(self._db, [AuditLine(at, actor, f"forget {kind} {id}", "", reason)])
        self.scrub()
        return removed

    def fsck(self, policy_text: str = "") -> FsckReport:
        """Re-hash every event, entry and node up to every signed head; with a policy, check the signatures too."""
        from answerable.store.fsck import fsck

        with self._lock:
            try:
                self._begin_look()
                return fsck(self._db, self.workspace, self.head_file, policy_text, self._damage())
            except self.faults as error:
                return _unreadable(error)
            except UnicodeDecodeError as error:
                return _unreadable(error)
            finally:
                self._roll_back()

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            if self._opened_reads is not None:
                self._opened_reads.close()
            self._db.close()

    @property
    def _reads(self) -> Reads:
        with self._lock:
            if self._opened_reads is None:
                self._opened_reads = self._make_reads()
                self._opened_reads.vault = self.vault
            return self._opened_reads

    def _guard(self, signer: Signer) -> None:
        self.check_head((parse_vkey(signer.vkey),))

    def check_head(self, keys: tuple[Key, ...]) -> None:
        """Raise ``IntegrityError`` unless this record continues the head file, signed by one of ``keys``."""
        found = read_head(self.head_file, keys)
        signed = self._row("SELECT max(size) FROM checkpoints")
        check_head(
            found[0] if found else None,
            origin=self.workspace.origin,
            size=tree_size(self._db),
            signed_size=signed[0] if signed else None,
            read=self.node,
        )

    def _sign(self, signer: Signer, now: datetime) -> LogHead:
        size = tree_size(self._db)
        standing = self.head()
        if standing is not None and standing.size == size:
            return standing
        fresh = LogHead(self.workspace.origin, size, root(size, self.node), "", now)
        signed = replace(fresh, note=sign_head(fresh, signer, self.head_file))
        row = (size, signed.root, signed.note, instant_text(now))
        insert(self._db, "checkpoints", ("size", "root", "note", "at"), [row])
        return signed

    def _count(self, query: str) -> int:
        row = self._row(query)
        return int(row[0]) if row else 0

    def _row(self, query: str, *values: object) -> Any:
        with self._reading():
            return self._db.execute(query, values).fetchone()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Keep other threads off the connection, and say what the database says in the words of the house."""
        with self._lock:
            try:
                yield
            except self.faults as error:
                raise self.explain(error) from error

    @contextmanager
    def changing(self) -> Iterator[Database]:
        """Yield the database for one transaction on what is kept beside the record: committed whole, or rolled back."""
        with self._transaction(self._begin_aside):
            yield self._db

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the write lock of the database around one transaction: committed whole, or rolled back."""
        with self._transaction(self._begin):
            yield

    @contextmanager
    def _transaction(self, begin: Callable[[], None]) -> Iterator[None]:
        with self._lock:
            try:
                begin()
                yield
                self._db.execute("COMMIT")
            except self.faults as error:
                self._roll_back()
                raise self.explain(error) from error
            except RecordError as error:
                self._roll_back()
                kind = IntegrityError if isinstance(error, Altered) else InputError
                raise kind(error.what, where=error.where, fix=error.fix) from error
            except BaseException:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        # A full disk has already rolled back by itself, and a second time would be an error.
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")


def _unreadable(error: Exception) -> FsckReport:
    return FsckReport(0, 0, 0, (f"The database cannot be read: {error}.",))
