"""Separation by office, decisions closed to programs, standings for quick lists, and living documents.

Two offices that a pack keeps apart are kept apart for the person, whatever account they use. What is kept beside the
log (reports, estimates, contacts) has versions that never change; its values may be removed, and that leaves a line.
"""

import sqlalchemy as sa
from alembic import op

from answerable.store.migrations import postgres

revision = "0002"
down_revision = "0001"

APPEND_ONLY = {
    "office_separation": "role = NEW.role AND other = NEW.other",
    "ending": "kind = NEW.kind",
    "standings": "event_seq = NEW.event_seq",
    "kept": "kind = NEW.kind AND id = NEW.id AND version = NEW.version",
    "forgotten": "kind = NEW.kind AND id = NEW.id AND version = NEW.version",
}
FIXED = ("separation", "decision", "ending")
SEPARATION = [(a, "urgent") for a in ("open", "submit")]
DECISIONS = ("urgent", "review", "debrief", "evaluate", "close")
OF_ADOPTIONS = ("propose", "outcome", "adopt", "reject", "evaluation", "renew", "repeal")
ENDINGS = ("end", "reasons", "revoke", "withdraw")

# The index of cases leaves out entries of no case: only a query that says so too can use it.
EVENT_RULES = """
CREATE TRIGGER events_rules BEFORE INSERT ON events BEGIN
  SELECT RAISE(ABORT, 'answerable: stale') WHERE NEW.case_id <> ''
    AND NEW.case_version <= (SELECT coalesce(max(case_version), 0) FROM events
      WHERE case_id = NEW.case_id AND case_id <> '');
  SELECT RAISE(ABORT, 'answerable: gap') WHERE NEW.case_id <> ''
    AND NEW.case_version > 1 + (SELECT coalesce(max(case_version), 0) FROM events
      WHERE case_id = NEW.case_id AND case_id <> '');
  SELECT RAISE(ABORT, 'answerable: append-only')
    WHERE NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM events);
  SELECT RAISE(ABORT, 'answerable: unknown account') WHERE NEW.actor <> ''
    AND NOT EXISTS (SELECT 1 FROM people WHERE account = NEW.actor AND person = NEW.person);
  SELECT RAISE(ABORT, 'answerable: closed account')
    WHERE EXISTS (SELECT 1 FROM people WHERE account = NEW.actor AND disabled_at IS NOT NULL);
  SELECT RAISE(ABORT, 'answerable: nobody decided') WHERE NEW.actor = ''
    AND (NEW.person <> '' OR NEW.kind IN (SELECT kind FROM decision));
  SELECT RAISE(ABORT, 'answerable: program decided') WHERE NEW.kind IN (SELECT kind FROM decision)
    AND EXISTS (SELECT 1 FROM people WHERE account = NEW.actor AND instr(roles, '"service"') > 0);
  SELECT RAISE(ABORT, 'answerable: separation') WHERE NEW.case_id <> '' AND EXISTS (
    SELECT 1 FROM events e JOIN separation s
      ON (s.kind = e.kind AND s.other = NEW.kind) OR (s.other = e.kind AND s.kind = NEW.kind)
    WHERE e.case_id = NEW.case_id AND e.case_id <> '' AND e.person = NEW.person);
  SELECT RAISE(ABORT, 'answerable: office separation') WHERE NEW.case_id <> '' AND NEW.person <> ''
    AND NEW.kind NOT IN (SELECT kind FROM ending) AND EXISTS (
      SELECT 1 FROM events e JOIN office_separation s
        ON (s.role = e.office AND s.other = NEW.office) OR (s.other = e.office AND s.role = NEW.office)
      WHERE e.case_id = NEW.case_id AND e.case_id <> '' AND e.person = NEW.person);
END
"""

# The roles of an account are part of who may decide, so they do not change either: a new role is a new account.
PEOPLE_RULES = """
CREATE TRIGGER people_update BEFORE UPDATE ON people
WHEN NEW.account IS NOT OLD.account OR NEW.person IS NOT OLD.person OR NEW.roles IS NOT OLD.roles
  OR OLD.disabled_at IS NOT NULL OR NEW.rowid IS NOT OLD.rowid
BEGIN SELECT RAISE(ABORT, 'answerable: append-only'); END
"""

VALUE_RULES = """
CREATE TRIGGER kept_values_delete BEFORE DELETE ON kept_values
WHEN NOT EXISTS (SELECT 1 FROM forgotten WHERE kind = OLD.kind AND id = OLD.id AND version >= OLD.version)
BEGIN SELECT RAISE(ABORT, 'answerable: append-only'); END
"""

POSTGRES_EVENT_RULES = """
DECLARE
  newest integer;
  who public.people;
  decides boolean := NEW.kind IN (SELECT kind FROM public.decision);
BEGIN
  IF NEW.case_id <> '' THEN
    SELECT coalesce(max(case_version), 0) INTO newest FROM public.events
      WHERE case_id = NEW.case_id AND case_id <> '';
    IF NEW.case_version <= newest THEN RAISE EXCEPTION 'answerable: stale'; END IF;
    IF NEW.case_version > 1 + newest THEN RAISE EXCEPTION 'answerable: gap'; END IF;
  END IF;
  IF NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM public.events) THEN
    RAISE EXCEPTION 'answerable: append-only';
  END IF;
  IF NEW.actor = '' THEN
    IF NEW.person <> '' OR decides THEN RAISE EXCEPTION 'answerable: nobody decided'; END IF;
  ELSE
    SELECT * INTO who FROM public.people WHERE account = NEW.actor;
    IF who.person IS DISTINCT FROM NEW.person THEN RAISE EXCEPTION 'answerable: unknown account'; END IF;
    IF who.disabled_at IS NOT NULL THEN RAISE EXCEPTION 'answerable: closed account'; END IF;
    IF decides AND position('"service"' IN who.roles) > 0 THEN
      RAISE EXCEPTION 'answerable: program decided';
    END IF;
  END IF;
  -- The first event of a case has none before it to be kept apart from.
  IF NEW.case_id <> '' AND newest > 0 THEN
    IF EXISTS (
      SELECT 1 FROM public.events e JOIN public.separation s
        ON (s.kind = e.kind AND s.other = NEW.kind) OR (s.other = e.kind AND s.kind = NEW.kind)
      WHERE e.case_id = NEW.case_id AND e.case_id <> '' AND e.person = NEW.person
    ) THEN
      RAISE EXCEPTION 'answerable: separation';
    END IF;
    IF NEW.person <> '' AND NEW.kind NOT IN (SELECT kind FROM public.ending) AND EXISTS (
      SELECT 1 FROM public.events e JOIN public.office_separation s
        ON (s.role = e.office AND s.other = NEW.office) OR (s.other = e.office AND s.role = NEW.office)
      WHERE e.case_id = NEW.case_id AND e.case_id <> '' AND e.person = NEW.person
    ) THEN
      RAISE EXCEPTION 'answerable: office separation';
    END IF;
  END IF;
  RETURN NEW;
END
"""

POSTGRES_PEOPLE_RULES = """
BEGIN
  IF (NEW.account, NEW.person, NEW.roles) IS DISTINCT FROM (OLD.account, OLD.person, OLD.roles)
    OR OLD.disabled_at IS NOT NULL THEN
    RAISE EXCEPTION 'answerable: append-only';
  END IF;
  RETURN NEW;
END
"""

POSTGRES_VALUE_RULES = """
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM public.forgotten WHERE kind = OLD.kind AND id = OLD.id AND version >= OLD.version
  ) THEN
    RAISE EXCEPTION 'answerable: append-only';
  END IF;
  RETURN OLD;
END
"""


def upgrade() -> None:
    """Make the new tables, add to the fixed rows and renew the triggers."""
    _offices()
    _kept()
    rows = sa.table("separation", sa.column("kind"), sa.column("other"))
    op.bulk_insert(rows, [{"kind": kind, "other": other} for kind, other in SEPARATION])
    op.bulk_insert(sa.table("decision", sa.column("kind")), [{"kind": kind} for kind in (*DECISIONS, *OF_ADOPTIONS)])
    op.bulk_insert(sa.table("ending", sa.column("kind")), [{"kind": kind} for kind in ENDINGS])
    if postgres.here():
        _postgres_triggers()
    else:
        _sqlite_triggers()


def _offices() -> None:
    op.create_table(
        "office_separation",
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("other", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("role", "other"),
        sqlite_strict=True,
    )
    op.create_table("ending", sa.Column("kind", sa.Text, primary_key=True), sqlite_strict=True)
    op.create_table(
        "standings",
        sa.Column("event_seq", sa.Integer, sa.ForeignKey("events.seq"), primary_key=True, autoincrement=False),
        sa.Column("value", sa.Text, nullable=False),
        sqlite_strict=True,
    )


def _kept() -> None:
    for table, extra in (("kept", ("at", "actor")), ("forgotten", ("at", "actor", "reason"))):
        op.create_table(
            table,
            sa.Column("kind", sa.Text, nullable=False),
            sa.Column("id", sa.Text, nullable=False),
            sa.Column("version", sa.Integer, nullable=False),
            *(sa.Column(name, sa.Text, nullable=False) for name in extra),
            sa.PrimaryKeyConstraint("kind", "id", "version"),
            sqlite_strict=True,
        )
    op.create_table(
        "kept_values",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", "version"),
        sa.ForeignKeyConstraint(["kind", "id", "version"], ["kept.kind", "kept.id", "kept.version"]),
        sqlite_strict=True,
    )


def _sqlite_triggers() -> None:
    for name, rules in (("events_rules", EVENT_RULES), ("people_update", PEOPLE_RULES)):
        op.execute(f"DROP TRIGGER {name}")
        op.execute(rules)
    stop = "BEGIN SELECT RAISE(ABORT, 'answerable: append-only'); END"
    op.execute(VALUE_RULES)
    op.execute(f"CREATE TRIGGER kept_values_update BEFORE UPDATE ON kept_values {stop}")
    op.execute(_no_replacing("kept_values", APPEND_ONLY["kept"], stop))
    op.execute(_no_replacing("people", "account = NEW.account", stop))
    for table, same in APPEND_ONLY.items():
        op.execute(f"CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} {stop}")
        op.execute(f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} {stop}")
        op.execute(_no_replacing(table, same, stop))
    # Their rows were all inserted above: whoever adds one later would change the rules.
    for table in FIXED:
        op.execute(f"CREATE TRIGGER {table}_insert BEFORE INSERT ON {table} {stop}")


def _no_replacing(table: str, same: str, stop: str) -> str:
    # A row can be replaced by the number that SQLite gave it, too. Where none is named, SQLite says -1.
    same = f"({same}) OR rowid = NEW.rowid"
    exists = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 -- names and conditions are ours
    return f"CREATE TRIGGER {table}_replace BEFORE INSERT ON {table} WHEN {exists} {stop}"


def _postgres_triggers() -> None:
    for table, name, moment, body in (
        ("events", "rules", "BEFORE INSERT", POSTGRES_EVENT_RULES),
        ("people", "update", "BEFORE UPDATE", POSTGRES_PEOPLE_RULES),
        ("kept_values", "delete", "BEFORE DELETE", POSTGRES_VALUE_RULES),
    ):
        postgres.function(f"{table}_{name}", body)
        postgres.trigger(table, name, moment, f"{table}_{name}")
    postgres.trigger("people", "delete", "BEFORE DELETE")
    postgres.trigger("kept_values", "update", "BEFORE UPDATE")
    postgres.never_emptied("people", "kept_values")
    postgres.append_only(*APPEND_ONLY)
    postgres.fixed(*FIXED)
