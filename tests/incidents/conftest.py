"""Files made for one test, and the reading of them at a fixed hour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from answerable.incidents.reading import Reading, read_incidents

Write = Callable[..., Path]
Read = Callable[..., Reading]


@pytest.fixture(scope="session")
def assets(root: Path) -> Path:
    """Files that each have one defect, named after it."""
    return root / "tests" / "assets" / "incidents"


@pytest.fixture(scope="session")
def now() -> datetime:
    """The time of import in these tests."""
    return datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a table: ``write("a,b", "1,2", name="x.csv")`` gives its path."""

    def written(*lines: str, name: str = "made.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return written


@pytest.fixture
def read(write: Write, now: datetime) -> Read:
    """Read a file, or lines of one, at the time of these tests."""

    def reading(*what: Any, **options: Any) -> Reading:
        path = what[0] if isinstance(what[0], Path | list) else write(*what)
        return read_incidents(path, **{"now": now} | options)

    return reading
