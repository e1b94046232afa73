"""The first tables: events and their leaves, the tree, signed heads, people, and what was tried.

The rules that must hold even against direct SQL are triggers: nothing recorded changes or disappears, cases move on one
version at a time, nobody acts on both sides of a separation, and the system takes no decision.
"""

import sqlalchemy as sa
from alembic import op

from answerable.store.migrations import postgres

revision = "0001"
down_revision = None

# Each table with what makes a new row the same as an old one; the rules of events see to that themselves.
APPEND_ONLY = {
    "meta": "one = NEW.one",
    "separation": "kind = NEW.kind AND other = NEW.other",
    "decision": "kind = NEW.kind",
    "events": "",
    "private_parts": "event_seq = NEW.event_seq",
    "leaves": "event_seq = NEW.event_seq",
    "published": "leaf_index = NEW.leaf_index OR event_seq = NEW.event_seq",
    "nodes": "level = NEW.level AND pos = NEW.pos",
    "checkpoints": "size = NEW.size",
    "audit": "seq = NEW.seq",
}

SEPARATION = [(a, b) for a in ("open", "submit") for b in ("authorise", "ratify", "extend")]
DECISIONS = ("authorise", "ratify", "extend", "start", "refuse")

EVENT_RULES = """
CREATE TRIGGER events_rules BEFORE INSERT ON events BEGIN
  SELECT RAISE(ABORT, 'answerable: stale') WHERE NEW.case_id <> ''
    AND NEW.case_version <= (SELECT coalesce(max(case_version), 0) FROM events WHERE case_id = NEW.case_id);
  SELECT RAISE(ABORT, 'answerable: gap') WHERE NEW.case_id <> ''
    AND NEW.case_version > 1 + (SELECT coalesce(max(case_version), 0) FROM events WHERE case_id = NEW.case_id);
  SELECT RAISE(ABORT, 'answerable: append-only')
    WHERE NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM events);
  SELECT RAISE(ABORT, 'answerable: unknown account') WHERE NEW.actor <> ''
    AND NOT EXISTS (SELECT 1 FROM people WHERE account = NEW.actor AND person = NEW.person);
  SELECT RAISE(ABORT, 'answerable: closed account')
    WHERE EXISTS (SELECT 1 FROM people WHERE account = NEW.actor AND disabled_at IS NOT NULL);
  SELECT RAISE(ABORT, 'answerable: nobody decided') WHERE NEW.actor = ''
    AND (NEW.person <> '' OR NEW.kind IN (SELECT kind FROM decision));
  SELECT RAISE(ABORT, 'answerable: separation') WHERE NEW.case_id <> '' AND EXISTS (
    SELECT 1 FROM events e JOIN separation s
      ON (s.kind = e.kind AND s.other = NEW.kind) OR (s.other = e.kind AND s.kind = NEW.kind)
    WHERE e.case_id = NEW.case_id AND e.person = NEW.person);
END
"""

PEOPLE_RULES = """
CREATE TRIGGER people_update BEFORE UPDATE ON people
WHEN NEW.account IS NOT OLD.account OR NEW.person IS NOT OLD.person OR OLD.disabled_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'answerable: append-only'); END
"""


def upgrade() -> None:
    """Make the tables, the fixed rows and the triggers."""
    _people_and_rules()
    _events()
    _tree()
    separation = sa.table("separation", sa.column("kind"), sa.column("other"))
    op.bulk_insert(separation, [{"kind": kind, "other": other} for kind, other in SEPARATION])
    op.bulk_insert(sa.table("decision", sa.column("kind")), [{"kind": kind} for kind in DECISIONS])
    if postgres.here():
        _postgres_triggers()
    else:
        _sqlite_triggers()


def _people_and_rules() -> None:
    op.create_table(
        "meta",
        sa.Column("one", sa.Integer, sa.CheckConstraint("one = 1", name="meta_single"), primary_key=True),
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column(
            "kind",
            sa.Text,
            sa.CheckConstraint("kind IN ('simulated', 'rehearsal', 'real')", name="meta_kind"),
            nullable=False,
        ),
        sa.Column("origin", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "people",
        sa.Column("account", sa.Text, sa.CheckConstraint("account <> ''", name="people_account"), primary_key=True),
        sa.Column("person", sa.Text, sa.CheckConstraint("person <> ''", name="people_person"), nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("disabled_at", sa.Text),
        sqlite_strict=True,
    )
    op.create_table(
        "separation",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("other", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("kind", "other"),
        sqlite_strict=True,
    )
    op.create_table("decision", sa.Column("kind", sa.Text, primary_key=True), sqlite_strict=True)
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("at", "actor", "action", "case_id", "reason")),
        sqlite_strict=True,
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("case_version", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, sa.CheckConstraint("kind <> ''", name="events_kind"), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("at", "actor", "person", "office")),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column(
            "blind", sa.LargeBinary, sa.CheckConstraint("length(blind) = 32", name="events_blind"), nullable=False
        ),
        sa.CheckConstraint("(case_id = '') = (case_version = 0)", name="events_version"),
        sqlite_strict=True,
    )
    of_a_case = sa.text("case_id <> ''")
    op.create_index(
        "events_one_version",
        "events",
        ["case_id", "case_version"],
        unique=True,
        sqlite_where=of_a_case,
        postgresql_where=of_a_case,
    )
    op.create_table(
        "private_parts",
        sa.Column("event_seq", sa.Integer, sa.ForeignKey("events.seq"), primary_key=True, autoincrement=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("salt", sa.LargeBinary, sa.CheckConstraint("length(salt) = 32", name="private_salt"), nullable=False),
        sqlite_strict=True,
    )


def _tree() -> None:
    op.create_table(
        "leaves",
        sa.Column("event_seq", sa.Integer, sa.ForeignKey("events.seq"), primary_key=True, autoincrement=False),
        sa.Column(
            "commitment",
            sa.LargeBinary,
            sa.CheckConstraint("length(commitment) = 33", name="leaves_size"),
            nullable=False,
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "published",
        sa.Column("leaf_index", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("event_seq", sa.Integer, sa.ForeignKey("leaves.event_seq"), nullable=False, unique=True),
        sqlite_strict=True,
    )
    op.create_table(
        "nodes",
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("pos", sa.Integer, nullable=False),
        sa.Column("hash", sa.LargeBinary, sa.CheckConstraint("length(hash) = 32", name="nodes_size"), nullable=False),
        sa.PrimaryKeyConstraint("level", "pos"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "checkpoints",
        sa.Column("size", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column(
            "root", sa.LargeBinary, sa.CheckConstraint("length(root) = 32", name="checkpoints_root"), nullable=False
        ),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sqlite_strict=True,
    )


def _sqlite_triggers() -> None:
    op.execute(EVENT_RULES)
    op.execute(PEOPLE_RULES)
    stop = "BEGIN SELECT RAISE(ABORT, 'answerable: append-only'); END"
    op.execute(f"CREATE TRIGGER people_delete BEFORE DELETE ON people {stop}")
    for table, same in APPEND_ONLY.items():
        op.execute(f"CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} {stop}")
        op.execute(f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} {stop}")
        if same:
            # INSERT OR REPLACE removes the old row without asking the delete trigger.
            exists = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 -- names and conditions are ours
            op.execute(f"CREATE TRIGGER {table}_replace BEFORE INSERT ON {table} WHEN {exists} {stop}")


def _postgres_triggers() -> None:
    # No PostgreSQL store was ever left at this step, so the rules of events and people come with the next one.
    postgres.function("answerable_append_only", f"BEGIN\n  {postgres.STOP};\nEND")
    postgres.append_only(*APPEND_ONLY)
