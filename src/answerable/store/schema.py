"""The tables of the store, for reading. ``migrations`` makes them; a test holds the two together."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("one", Integer, CheckConstraint("one = 1", name="meta_single"), primary_key=True, autoincrement=False),
    Column("workspace_id", Text, nullable=False),
    Column(
        "kind", Text, CheckConstraint("kind IN ('simulated', 'rehearsal', 'real')", name="meta_kind"), nullable=False
    ),
    Column("origin", Text, nullable=False),
    sqlite_strict=True,
)

people = Table(
    "people",
    metadata,
    Column("account", Text, CheckConstraint("account <> ''", name="people_account"), primary_key=True),
    Column("person", Text, CheckConstraint("person <> ''", name="people_person"), nullable=False),
    Column("roles", Text, nullable=False),
    Column("disabled_at", Text),
    sqlite_strict=True,
)

separation = Table(
    "separation",
    metadata,
    Column("kind", Text, nullable=False),
    Column("other", Text, nullable=False),
    PrimaryKeyConstraint("kind", "other"),
    sqlite_strict=True,
)

decision = Table("decision", metadata, Column("kind", Text, primary_key=True), sqlite_strict=True)

office_separation = Table(
    "office_separation",
    metadata,
    Column("role", Text, nullable=False),
    Column("other", Text, nullable=False),
    PrimaryKeyConstraint("role", "other"),
    sqlite_strict=True,
)

ending = Table("ending", metadata, Column("kind", Text, primary_key=True), sqlite_strict=True)

events = Table(
    "events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("case_id", Text, nullable=False),
    Column("case_version", Integer, nullable=False),
    Column("kind", Text, CheckConstraint("kind <> ''", name="events_kind"), nullable=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("blind", LargeBinary, CheckConstraint("length(blind) = 32", name="events_blind"), nullable=False),
    CheckConstraint("(case_id = '') = (case_version = 0)", name="events_version"),
    sqlite_strict=True,
)
Index(
    "events_one_version",
    events.c.case_id,
    events.c.case_version,
    unique=True,
    sqlite_where=text("case_id <> ''"),
    postgresql_where=text("case_id <> ''"),
)
Index("events_by_kind", events.c.kind, events.c.seq)

private_parts = Table(
    "private_parts",
    metadata,
    Column("event_seq", Integer, ForeignKey("events.seq"), primary_key=True, autoincrement=False),
    Column("value", LargeBinary, nullable=False),
    Column("salt", LargeBinary, CheckConstraint("length(salt) = 32", name="private_salt"), nullable=False),
    sqlite_strict=True,
)

standings = Table(
    "standings",
    metadata,
    Column("event_seq", Integer, ForeignKey("events.seq"), primary_key=True, autoincrement=False),
    Column("value", Text, nullable=False),
    sqlite_strict=True,
)

leaves = Table(
    "leaves",
    metadata,
    Column("event_seq", Integer, ForeignKey("events.seq"), primary_key=True, autoincrement=False),
    Column("commitment", LargeBinary, CheckConstraint("length(commitment) = 33", name="leaves_size"), nullable=False),
    sqlite_strict=True,
)

published = Table(
    "published",
    metadata,
    Column("leaf_index", Integer, primary_key=True, autoincrement=False),
    Column("event_seq", Integer, ForeignKey("leaves.event_seq"), nullable=False, unique=True),
    sqlite_strict=True,
)

nodes = Table(
    "nodes",
    metadata,
    Column("level", Integer, nullable=False),
    Column("pos", Integer, nullable=False),
    Column("hash", LargeBinary, CheckConstraint("length(hash) = 32", name="nodes_size"), nullable=False),
    PrimaryKeyConstraint("level", "pos"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, CheckConstraint("length(root) = 32", name="checkpoints_root"), nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Text, nullable=False),
    sqlite_strict=True,
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    sqlite_strict=True,
)

kept = Table(
    "kept",
    metadata,
    Column("kind", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    PrimaryKeyConstraint("kind", "id", "version"),
    sqlite_strict=True,
)

kept_values = Table(
    "kept_values",
    metadata,
    Column("kind", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("value", LargeBinary, nullable=False),
    PrimaryKeyConstraint("kind", "id", "version"),
    ForeignKeyConstraint(["kind", "id", "version"], ["kept.kind", "kept.id", "kept.version"]),
    sqlite_strict=True,
)

forgotten = Table(
    "forgotten",
    metadata,
    Column("kind", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    PrimaryKeyConstraint("kind", "id", "version"),
    sqlite_strict=True,
)

case_numbers = Table(
    "case_numbers",
    metadata,
    Column("series", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("event_seq", Integer, ForeignKey("events.seq"), nullable=False, unique=True),
    PrimaryKeyConstraint("series", "number"),
    sqlite_strict=True,
)

disclosures = Table(
    "disclosures",
    metadata,
    Column("event_seq", Integer, ForeignKey("events.seq"), nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column(
        "release", Text, CheckConstraint("release IN ('later', 'private')", name="disclosures_release"), nullable=False
    ),
    PrimaryKeyConstraint("event_seq", "name"),
    sqlite_strict=True,
)

disclosure_values, data_keys = (
    Table(
        table,
        metadata,
        Column("event_seq", Integer, nullable=False),
        Column("name", Text, nullable=False),
        Column("value", LargeBinary, nullable=False),
        PrimaryKeyConstraint("event_seq", "name"),
        ForeignKeyConstraint(["event_seq", "name"], ["disclosures.event_seq", "disclosures.name"]),
        sqlite_strict=True,
    )
    for table in ("disclosure_values", "data_keys")
)

erasures = Table(
    "erasures",
    metadata,
    Column("event_seq", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("office", Text, nullable=False),
    PrimaryKeyConstraint("event_seq", "name"),
    ForeignKeyConstraint(["event_seq", "name"], ["disclosures.event_seq", "disclosures.name"]),
    sqlite_strict=True,
)

kept_keys = Table(
    "kept_keys",
    metadata,
    Column("kind", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("value", LargeBinary, nullable=False),
    PrimaryKeyConstraint("kind", "id", "version"),
    ForeignKeyConstraint(["kind", "id", "version"], ["kept.kind", "kept.id", "kept.version"]),
    sqlite_strict=True,
)

cover_seeds = Table(
    "cover_seeds",
    metadata,
    Column("day", Text, primary_key=True),
    Column("seed", LargeBinary, CheckConstraint("length(seed) = 32", name="cover_seeds_size"), nullable=False),
    sqlite_strict=True,
)

jobs = Table(
    "jobs",
    metadata,
    Column("key", Text, CheckConstraint("key <> ''", name="jobs_key"), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column(
        "state",
        Text,
        CheckConstraint("state IN ('waiting', 'leased', 'done', 'given up')", name="jobs_state"),
        nullable=False,
    ),
    Column("due_at", Text, nullable=False),
    Column("lease_until", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("said", Text, nullable=False),
    CheckConstraint("(state = 'leased') = (token <> '')", name="jobs_lease"),
    sqlite_strict=True,
)
Index("jobs_next", jobs.c.state, jobs.c.due_at)
