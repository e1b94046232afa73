"""Run the migrations on the connection that ``answerable.store.migrate`` hands over."""

from alembic import context

from answerable.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
