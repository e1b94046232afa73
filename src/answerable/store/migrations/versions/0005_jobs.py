"""Background jobs: what is to be done, by whom it is being done until when, and what came of it.

The one table that is no record: its rows move on. A job that is done or given up is never taken up again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table and the index by which the next job is found."""
    op.create_table(
        "jobs",
        sa.Column("key", sa.Text, sa.CheckConstraint("key <> ''", name="jobs_key"), primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column(
            "state",
            sa.Text,
            sa.CheckConstraint("state IN ('waiting', 'leased', 'done', 'given up')", name="jobs_state"),
            nullable=False,
        ),
        sa.Column("due_at", sa.Text, nullable=False),
        sa.Column("lease_until", sa.Text, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.CheckConstraint("(state = 'leased') = (token <> '')", name="jobs_lease"),
        sqlite_strict=True,
    )
    op.create_index("jobs_next", "jobs", ["state", "due_at"])
