"""What the stores need of a database: statements with ``?`` for values, written once and run on every backend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol


class Rows(Protocol):
    """What a statement gave: rows, and how many it changed."""

    @property
    def rowcount(self) -> int:
        """Return how many rows the statement changed."""
        ...

    def fetchone(self) -> Any:
        """Return the next row, None where there is none."""
        ...

    def fetchall(self) -> list[Any]:
        """Return all rows."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """Go through the rows."""
        ...


class Database(Protocol):
    """One connection. Values stand as ``?``; no statement of ours holds a question mark or a percent sign otherwise."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        ...

    def execute(self, statement: str, values: Sequence[object] = ()) -> Rows:
        """Run one statement."""
        ...

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Insert ``rows`` into ``table`` in order, by the quickest way there is."""
        ...

    def stream(self, query: str, values: Sequence[object] = ()) -> Iterator[Any]:
        """Go through the rows of a query, inside a transaction, without holding them all in memory."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...
