"""What is read from a store through SQLAlchemy: events, cases, people, audit lines. The same on every database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from typing import Any, cast

from sqlalchemy import ColumnElement, Engine, Row, Select, and_, func, select
from sqlalchemy.exc import DBAPIError

from answerable.errors import AnswerableError
from answerable.record.proof import Opening
from answerable.store.documents import document_place
from answerable.store.fields import place_of, stored_field
from answerable.store.protocol import COVER, AuditLine, CaseLine, Field, Kept, Person, StoredEvent
from answerable.store.rows import instant, roles
from answerable.store.schema import (
    audit,
    data_keys,
    disclosure_values,
    disclosures,
    events,
    kept,
    kept_keys,
    kept_values,
    office_separation,
    people,
    private_parts,
    published,
    standings,
)
from answerable.store.vault import Vault


class Reads:
    """Reads over one engine; every call sees committed rows only. ``vault`` opens what is sealed."""

    vault: Vault

    def __init__(self, engine: Engine, explain: Callable[[Exception], AnswerableError]) -> None:
        self._engine = engine
        self._explain = explain

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def events(
        self, case_id: str | Collection[str] | None, after_seq: int, kinds: Collection[str] | None = None
    ) -> tuple[StoredEvent, ...]:
        """Return events beyond ``after_seq`` in order, of one case, some or all, of some kinds or of all."""
        query = (
            select(events, private_parts.c.value, private_parts.c.salt, published.c.leaf_index)
            .select_from(
                events.outerjoin(private_parts, private_parts.c.event_seq == events.c.seq).outerjoin(
                    published, published.c.event_seq == events.c.seq
                )
            )
            .order_by(events.c.seq)
        )
        wanted = [events.c.seq > after_seq]
        if case_id is not None:
            one = isinstance(case_id, str)
            wanted.append(events.c.case_id == case_id if one else events.c.case_id.in_(sorted(set(case_id))))
        if case_id:
            # Said outright, so that the index of cases, which leaves out the entries of none, can be used.
            wanted.append(events.c.case_id != "")
        if kinds is None:
            wanted.append(events.c.kind != COVER)
        else:
            # Of one case, the index of cases is the one to use: joined to nothing, the kind hides from its own index.
            kind = events.c.kind.concat("") if case_id else events.c.kind
            wanted.append(kind.in_(sorted(kinds)))
        # Fields first: one that is read without its event belongs to an event that came meanwhile.
        fields = self._fields(wanted)
        return tuple(_event(row, tuple(fields.get(row.seq, ()))) for row in self._all(query.where(*wanted)))

    def _fields(self, wanted: Sequence[ColumnElement[bool]]) -> dict[int, list[Field]]:
        """Return what events keep back, by event and name; nothing is decrypted yet."""
        same = [
            and_(table.c.event_seq == disclosures.c.event_seq, table.c.name == disclosures.c.name)
            for table in (disclosure_values, data_keys)
        ]
        query = (
            select(disclosures, disclosure_values.c.value.label("sealed"), data_keys.c.value.label("wrapped"))
            .join_from(disclosures, events, events.c.seq == disclosures.c.event_seq)
            .outerjoin(disclosure_values, same[0])
            .outerjoin(data_keys, same[1])
            .where(*wanted)
        )
        found: dict[int, list[Field]] = {}
        for row in sorted(self._all(query), key=lambda row: (int(row.event_seq), str(row.name))):
            place = place_of(row.event_seq, row.name)
            opener = partial(self.vault.open, wrapped=row.wrapped or b"", place=place)
            found.setdefault(row.event_seq, []).append(
                stored_field(row.name, row.digest, row.release, row.sealed, opener)
            )
        return found

    def cases(self) -> tuple[CaseLine, ...]:
        """Return every case, in the order they were opened."""
        ends = (
            select(events.c.case_id, func.min(events.c.seq).label("first"), func.max(events.c.seq).label("last"))
            .where(events.c.case_id != "")
            .group_by(events.c.case_id)
            .subquery()
        )
        first, last = events.alias("opened"), events.alias("latest")
        query = (
            select(
                ends.c.case_id,
                last.c.case_version,
                first.c.at,
                last.c.at.label("last_at"),
                last.c.kind,
                standings.c.value,
            )
            .join_from(ends, first, first.c.seq == ends.c.first)
            .join(last, last.c.seq == ends.c.last)
            .outerjoin(standings, standings.c.event_seq == ends.c.last)
            .order_by(ends.c.first)
        )
        return tuple(
            CaseLine(row.case_id, row.case_version, instant(row.at), instant(row.last_at), row.kind, row.value or "")
            for row in self._all(query)
        )

    def standings(self) -> tuple[tuple[str, str], ...]:
        """Return the id of every case with what was stored with its last event, in the order they were opened."""
        ends = (
            select(events.c.case_id, func.min(events.c.seq).label("first"), func.max(events.c.seq).label("last"))
            .where(events.c.case_id != "")
            .group_by(events.c.case_id)
            .subquery()
        )
        query = select(
            ends.c.first, ends.c.case_id, func.coalesce(standings.c.value, "").label("standing")
        ).outerjoin_from(ends, standings, standings.c.event_seq == ends.c.last)
        # Sorted here: the database would carry every text through its sorting. And unpacked, not asked for by name: of
        # ten thousand rows that takes five times as long.
        rows = sorted(cast(Iterable[tuple[int, str, str]], self._all(query)))
        return tuple((case_id, value) for _, case_id, value in rows)

    def openings(self, after_index: int, size: int) -> tuple[Opening, ...]:
        """Return the openings of entries beyond ``after_index`` and below ``size``."""
        query = (
            select(published.c.leaf_index, events.c.body, events.c.blind)
            .join_from(published, events, events.c.seq == published.c.event_seq)
            .where(published.c.leaf_index > after_index, published.c.leaf_index < size)
            .order_by(published.c.leaf_index)
        )
        return tuple(Opening(row.leaf_index, row.body, row.blind) for row in self._all(query))

    def people(self, account: str | None = None) -> tuple[Person, ...]:
        """Return all accounts by name, or the one of that name."""
        query = select(people)
        if account is not None:
            query = query.where(people.c.account == account)
        return tuple(
            Person(row.account, row.person, roles(row.roles), instant(row.disabled_at) if row.disabled_at else None)
            for row in sorted(self._all(query), key=lambda row: str(row.account))
        )

    def audit(self, case_id: str | None) -> tuple[AuditLine, ...]:
        """Return audit lines in order, of one case or all."""
        query = select(audit).order_by(audit.c.seq)
        if case_id is not None:
            query = query.where(audit.c.case_id == case_id)
        return tuple(
            AuditLine(instant(row.at), row.actor, row.action, row.case_id, row.reason) for row in self._all(query)
        )

    def separated(self) -> frozenset[tuple[str, str]]:
        """Return the pairs of offices that are kept apart."""
        return frozenset((row.role, row.other) for row in self._all(select(office_separation)))

    def kept(self, kind: str, id: str | None, *, newest: bool) -> tuple[Kept, ...]:
        """Return versions of documents whose values are still there, by id and version; only the newest if so asked."""
        parts = ("kind", "id", "version")
        values, keys = [
            and_(*(getattr(kept.c, name) == getattr(table.c, name) for name in parts))
            for table in (kept_values, kept_keys)
        ]
        query = (
            select(kept, kept_values.c.value, kept_keys.c.value.label("wrapped"))
            .join_from(kept, kept_values, values)
            .outerjoin(kept_keys, keys)
            .where(kept.c.kind == kind)
        )
        if id is not None:
            query = query.where(kept.c.id == id)
        # Sorted here: each server has its own idea of what the order of names is.
        rows: Sequence[Row[Any]] = sorted(self._all(query), key=lambda row: (str(row.id), int(row.version)))
        if newest:
            rows = list({row.id: row for row in rows}.values())
        return tuple(
            Kept(row.kind, row.id, row.version, self._document(row), instant(row.at), row.actor) for row in rows
        )

    def _document(self, row: Row[Any]) -> bytes:
        # Documents of an older store were not encrypted.
        if row.wrapped is None:
            return bytes(row.value)
        return self.vault.open(row.value, row.wrapped, document_place(row.kind, row.id, row.version))

    def _all(self, query: Select[Any]) -> Sequence[Row[Any]]:
        try:
            with self._engine.connect() as connection:
                return connection.execute(query).all()
        except DBAPIError as error:
            raise self._explain(error.orig or error) from error


def _event(row: Row[Any], fields: tuple[Field, ...]) -> StoredEvent:
    return StoredEvent(
        seq=row.seq,
        case_id=row.case_id,
        case_version=row.case_version,
        kind=row.kind,
        at=instant(row.at),
        actor=row.actor,
        person=row.person,
        office=row.office,
        body=row.body,
        blind=row.blind,
        whole=row.value or b"",
        salt=row.salt or b"",
        leaf_index=row.leaf_index,
        fields=fields,
    )
