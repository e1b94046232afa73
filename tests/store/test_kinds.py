"""Events of a kind are found by their index, never by reading all; those of one case by the index of cases."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.dialects import sqlite

from answerable.store.reads import Reads
from answerable.store.sqlite_engine import migrate_file

CASES: list[tuple[str | None, tuple[str, ...] | None, str]] = [
    (None, ("open",), "events_by_kind"),
    (None, ("adopt", "propose"), "events_by_kind"),
    ("", ("alarm",), "events_by_kind"),
    ("2018-0001", ("open",), "events_one_version"),
    ("2018-0001", ("open", "review", "end"), "events_one_version"),
    ("2018-0001", None, "events_one_version"),
    (("2018-0001", "2018-0002"), None, "events_one_version"),
    (("2018-0001", "2018-0002"), ("open",), "events_one_version"),
]


class Asked(Reads):
    """Reads that keep what they would have asked."""

    def __init__(self) -> None:
        self.query: Any = None

    def _all(self, query: Any) -> list[Any]:
        self.query = query
        return []


@pytest.mark.parametrize(("case", "kinds", "index"), CASES)
def test_the_index_is_used(
    tmp_path: Path, case: str | tuple[str, ...] | None, kinds: tuple[str, ...] | None, index: str
) -> None:
    path = tmp_path / "record.db"
    migrate_file(path)
    asked = Asked()
    asked.events(case, 0, kinds)
    said = asked.query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    with closing(sqlite3.connect(path)) as db:
        plan = " | ".join(row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {said}"))
    assert f"SEARCH events USING INDEX {index}" in plan, plan
