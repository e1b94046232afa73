"""What can be wrong with a PostgreSQL database itself: rules and constraints that were changed or taken out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Table

from answerable.store.database import Database
from answerable.store.postgres_engine import fresh_rules
from answerable.store.schema import metadata


def damage(db: Database) -> Iterator[str]:
    """Yield each problem as a sentence."""
    functions, triggers = fresh_rules()
    return chain(
        _differences(dict(db.execute(FUNCTIONS).fetchall()), functions),
        _differences({name: rule for name, rule, _ in db.execute(TRIGGERS).fetchall()}, triggers),
        _switched_off(db),
        _strangers(db),
        _constraints(db),
    )


FUNCTIONS = (
    "SELECT proname::text, prosrc FROM pg_proc"
    " WHERE pronamespace = 'public'::regnamespace AND prorettype = 'trigger'::regtype"
)
TRIGGERS = (
    "SELECT tgname::text, pg_get_triggerdef(t.oid, true), tgenabled::text FROM pg_trigger t"
    " JOIN pg_class c ON c.oid = tgrelid WHERE relnamespace = 'public'::regnamespace AND NOT tgisinternal"
)
STRANGERS = (
    "SELECT rulename::text FROM pg_rules WHERE schemaname = 'public'"
    " UNION ALL SELECT policyname::text FROM pg_policies WHERE schemaname = 'public'"
    " UNION ALL SELECT evtname::text FROM pg_event_trigger"
)
CONSTRAINTS = (
    "SELECT relname::text, conname::text, contype::text FROM pg_constraint JOIN pg_class c ON c.oid = conrelid"
    " WHERE connamespace = 'public'::regnamespace AND convalidated"
)


def _differences(there: Mapping[str, str], due: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(due.keys() | there.keys()):
        if name not in there:
            yield f"The rule {name} was taken out of the database."
        elif name not in due:
            yield f"The rule {name} does not belong in the database."
        elif there[name] != due[name]:
            yield f"The rule {name} was replaced by another in the database."


def _switched_off(db: Database) -> Iterator[str]:
    for name, _, enabled in db.execute(TRIGGERS).fetchall():
        if enabled != "A":
            yield f"The rule {name} is not always in force."


def _strangers(db: Database) -> Iterator[str]:
    for (name,) in db.execute(STRANGERS).fetchall():
        yield f"The rule {name} does not belong in the database."


def _constraints(db: Database) -> Iterator[str]:
    there: dict[str, list[tuple[str, str]]] = {}
    for table, name, kind in db.execute(CONSTRAINTS).fetchall():
        there.setdefault(table, []).append((name, kind))
    for table in metadata.sorted_tables:
        named = {name for name, kind in there.get(table.name, ()) if kind == "c"}
        for missing in sorted(_checks(table) - named):
            yield f"The constraint {missing} was taken out of the database."
        keys = [kind for _, kind in there.get(table.name, ())]
        if "p" not in keys or keys.count("f") < _references(table):
            yield f"A key of the table {table.name} was taken out of the database."
    if not db.execute("SELECT 1 FROM pg_indexes WHERE indexname = 'events_one_version'").fetchone():
        yield "The index events_one_version was taken out of the database."


def _checks(table: Table) -> set[str]:
    every = chain(table.constraints, *(column.constraints for column in table.columns))
    return {str(one.name) for one in every if isinstance(one, CheckConstraint) and one.name}


def _references(table: Table) -> int:
    return sum(isinstance(one, ForeignKeyConstraint) for one in table.constraints)
