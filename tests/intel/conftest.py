"""What the tests of the intelligence room share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from answerable.intel.report import Report
from answerable.place import Window

NOW = datetime(2018, 11, 30, 18, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """The instant of the decision."""
    return NOW


@pytest.fixture
def evening() -> Window:
    """The window that the case asks for: 20:00 to midnight."""
    return Window.of_hours(NOW + timedelta(hours=2), 4)


@pytest.fixture
def report(evening: Window) -> Callable[..., Report]:
    """Make a report: ``report("R-1", "2B", hours_ago=3, origin_key="k")``."""

    def make(ref: str, grade: str = "1A", hours_ago: float = 3, **changes: Any) -> Report:
        fields = {
            "ref": ref, "source": grade[0], "information": grade[1:], "handling": "P", "origin_key": f"key of {ref}",
            "received_at": NOW - timedelta(hours=hours_ago), "event_window": evening,
        }  # fmt: skip
        return Report(**{**fields, **changes})

    return make
