"""An index of events by kind: the pack in force, the notices and the totals ask for a few kinds among very many events.

The number of the event stands in it too, so that what is found comes in the order it happened.
"""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the index; it is the same on every database."""
    op.create_index("events_by_kind", "events", ["kind", "seq"])
