"""Steps that make the store's tables and bring older stores up to date (Alembic)."""
