"""The seven counters of a workspace: from the record alone, now and as they stood at the end of a month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from answerable.case.event import Command
from answerable.clock import FixedClock
from answerable.errors import UsageError
from answerable.service.cases import Answer, act
from answerable.service.routine import routine_dashboard
from answerable.service.workspace import Workspace

Opened = Callable[[dict[str, Any]], str]


def values(workspace: Workspace, month: str = "") -> list[str]:
    return [row.value for row in routine_dashboard(workspace, month).table]


def test_before_anything_happened_all_counters_are_nought(workspace: Workspace) -> None:
    found = routine_dashboard(workspace)
    assert found.prose[0].startswith("0 in 12 months; limit 4;")
    assert found.verdict.startswith("green")


def test_a_deployment_and_a_refusal_are_counted(
    workspace: Workspace,
    sound: dict[str, Any],
    opened: Opened,
    begin: Callable[[str], Answer],
    take: Callable[..., Answer],
    clock: FixedClock,
) -> None:
    begin(opened(sound))
    clock.set(datetime(2018, 12, 3, 12, tzinfo=UTC))
    elsewhere = {
        **sound,
        "area": {"name": "Other Estate", "place": [-0.05, 51.61], "radius_m": 400},
        "window": {"from": "2018-12-03T20:00", "to": "2018-12-04T00:00"},
    }
    refusal = Command("refuse", reasons="Unarmed officers suffice.", what_would_change="A second origin.")
    act(workspace, opened(elsewhere), refusal, "authoriser")
    rate, count, renewals, hours, refused, triggers, where = values(workspace)
    assert "permitted are 4 a year" in rate
    assert count.startswith("1 in the force; 1 in ")
    assert renewals.startswith("0 in 1")
    assert " of 2.01 square-kilometre hours" in hours or "square-kilometre hours granted were used" in hours
    assert refused.startswith("1 of 2;")
    assert triggers.startswith("intelligence that serious violence is imminent: 1")
    assert "1 of 1 deployments, 1 of 2 requests" in where
    # In November, nothing had been refused yet.
    assert values(workspace, "2018-11")[4].startswith("0 of 1;")


@pytest.mark.parametrize("month", ["November", "2018-13", "2019-01", "2018"])
def test_months_that_are_none_or_have_not_begun(workspace: Workspace, month: str) -> None:
    with pytest.raises(UsageError):
        routine_dashboard(workspace, month)
