"""Impact assessments are signed by persons: the two kinds join the decisions that are closed to programs."""

import sqlalchemy as sa
from alembic import op

from answerable.store.migrations import postgres

revision = "0006"
down_revision = "0005"

SIGNED = ("community_impact", "equality_impact")
STOP = "BEGIN SELECT RAISE(ABORT, 'answerable: append-only'); END"


def upgrade() -> None:
    """Add to the fixed rows; the rule that nobody does so stands aside for that, and is the same afterwards."""
    kinds = sa.table("decision", sa.column("kind"))
    rows = [{"kind": kind} for kind in SIGNED]
    if postgres.here():
        op.execute("ALTER TABLE decision DISABLE TRIGGER decision_insert")
        op.bulk_insert(kinds, rows)
        op.execute("ALTER TABLE decision ENABLE ALWAYS TRIGGER decision_insert")
        return
    op.execute("DROP TRIGGER decision_insert")
    op.bulk_insert(kinds, rows)
    op.execute(f"CREATE TRIGGER decision_insert BEFORE INSERT ON decision {STOP}")
