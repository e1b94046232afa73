"""Numbers of cases, fields kept back one by one, what was erased of them, and the seeds of covers.

A field's digest stays for good; its value and its key may go, each only after the row that says so. Documents get a key
of their own as well, so that forgetting one destroys it.
"""

import sqlalchemy as sa
from alembic import op

from answerable.store.migrations import postgres

revision = "0004"
down_revision = "0003"

OF_A_FIELD = "event_seq = NEW.event_seq AND name = NEW.name"
OF_A_DOCUMENT = "kind = NEW.kind AND id = NEW.id AND version = NEW.version"
APPEND_ONLY = {
    "case_numbers": "(series = NEW.series AND number = NEW.number) OR event_seq = NEW.event_seq",
    "disclosures": OF_A_FIELD,
    "erasures": OF_A_FIELD,
    "cover_seeds": "day = NEW.day",
}
# What may be deleted, and the row that has to be there first.
DESTROYED = {
    "disclosure_values": (OF_A_FIELD, "erasures WHERE event_seq = OLD.event_seq AND name = OLD.name"),
    "data_keys": (OF_A_FIELD, "erasures WHERE event_seq = OLD.event_seq AND name = OLD.name"),
    "kept_keys": (OF_A_DOCUMENT, "forgotten WHERE kind = OLD.kind AND id = OLD.id AND version >= OLD.version"),
}

NUMBER_RULES = """
CREATE TRIGGER case_numbers_rules BEFORE INSERT ON case_numbers
WHEN NEW.number <> 1 + (SELECT coalesce(max(number), 0) FROM case_numbers WHERE series = NEW.series)
BEGIN SELECT RAISE(ABORT, 'answerable: numbered'); END
"""

POSTGRES_NUMBER_RULES = """
BEGIN
  IF NEW.number <> 1 + (SELECT coalesce(max(number), 0) FROM public.case_numbers WHERE series = NEW.series) THEN
    RAISE EXCEPTION 'answerable: numbered';
  END IF;
  RETURN NEW;
END
"""


def upgrade() -> None:
    """Make the new tables and their rules."""
    _numbers()
    _fields()
    _beside()
    if postgres.here():
        _postgres_triggers()
    else:
        _sqlite_triggers()


def _numbers() -> None:
    op.create_table(
        "case_numbers",
        sa.Column("series", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("event_seq", sa.Integer, sa.ForeignKey("events.seq"), nullable=False, unique=True),
        sa.PrimaryKeyConstraint("series", "number"),
        sqlite_strict=True,
    )


def _fields() -> None:
    op.create_table(
        "disclosures",
        sa.Column("event_seq", sa.Integer, sa.ForeignKey("events.seq"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False, unique=True),
        sa.Column(
            "release",
            sa.Text,
            sa.CheckConstraint("release IN ('later', 'private')", name="disclosures_release"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("event_seq", "name"),
        sqlite_strict=True,
    )
    for table in ("disclosure_values", "data_keys"):
        op.create_table(
            table,
            sa.Column("event_seq", sa.Integer, nullable=False),
            sa.Column("name", sa.Text, nullable=False),
            sa.Column("value", sa.LargeBinary, nullable=False),
            sa.PrimaryKeyConstraint("event_seq", "name"),
            sa.ForeignKeyConstraint(["event_seq", "name"], ["disclosures.event_seq", "disclosures.name"]),
            sqlite_strict=True,
        )
    op.create_table(
        "erasures",
        sa.Column("event_seq", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("at", "basis", "office")),
        sa.PrimaryKeyConstraint("event_seq", "name"),
        sa.ForeignKeyConstraint(["event_seq", "name"], ["disclosures.event_seq", "disclosures.name"]),
        sqlite_strict=True,
    )


def _beside() -> None:
    op.create_table(
        "kept_keys",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", "version"),
        sa.ForeignKeyConstraint(["kind", "id", "version"], ["kept.kind", "kept.id", "kept.version"]),
        sqlite_strict=True,
    )
    op.create_table(
        "cover_seeds",
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column(
            "seed", sa.LargeBinary, sa.CheckConstraint("length(seed) = 32", name="cover_seeds_size"), nullable=False
        ),
        sqlite_strict=True,
    )


def _sqlite_triggers() -> None:
    stop = "BEGIN SELECT RAISE(ABORT, 'answerable: append-only'); END"
    op.execute(NUMBER_RULES)
    for table, same in APPEND_ONLY.items():
        op.execute(f"CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} {stop}")
        op.execute(f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} {stop}")
        op.execute(_no_replacing(table, same, stop))
    for table, (same, said) in DESTROYED.items():
        absent = f"NOT EXISTS (SELECT 1 FROM {said})"  # noqa: S608 -- names and conditions are ours
        op.execute(f"CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} {stop}")
        op.execute(f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} WHEN {absent} {stop}")
        op.execute(_no_replacing(table, same, stop))


def _no_replacing(table: str, same: str, stop: str) -> str:
    # A row can be replaced by the number that SQLite gave it, too. Where none is named, SQLite says -1.
    exists = f"EXISTS (SELECT 1 FROM {table} WHERE ({same}) OR rowid = NEW.rowid)"  # noqa: S608 -- names are ours
    return f"CREATE TRIGGER {table}_replace BEFORE INSERT ON {table} WHEN {exists} {stop}"


def _postgres_triggers() -> None:
    postgres.function("case_numbers_rules", POSTGRES_NUMBER_RULES)
    postgres.trigger("case_numbers", "rules", "BEFORE INSERT", "case_numbers_rules")
    postgres.append_only(*APPEND_ONLY)
    for table, (_, said) in DESTROYED.items():
        postgres.function(
            f"{table}_delete",
            f"BEGIN\n  IF NOT EXISTS (SELECT 1 FROM public.{said}) THEN\n"  # noqa: S608 -- names are ours
            f"    {postgres.STOP};\n  END IF;\n  RETURN OLD;\nEND",
        )
        postgres.trigger(table, "delete", "BEFORE DELETE", f"{table}_delete")
        postgres.trigger(table, "update", "BEFORE UPDATE")
        postgres.never_emptied(table)
