"""Two people at work on one report: the second is told, and nothing of the first is lost."""

from __future__ import annotations

from typing import Any

import pytest

from answerable.clock import FixedClock
from answerable.errors import NotAllowed
from answerable.service import intel_reports
from answerable.service.intel_kept import REPORT, kept_report, the_report
from answerable.service.intelligence import add, import_file, purge_due, regrade, resolve_report
from answerable.service.workspace import Workspace

WHO = "intel-evaluator"


@pytest.fixture
def report() -> dict[str, Any]:
    return {
        "ref": "R-101", "source": "1", "information": "A", "handling": "P", "origin_key": "k-1",
        "received_at": "2018-11-30T14:00", "retention_until": "2019-11-30T14:00",
        "event_window": {"from": "2018-11-30T20:00", "to": "2018-12-01T00:00"},
        "place": {"name": "Example Estate", "place": [-0.07, 51.6], "radius_m": 400},
        "gist": "Shots are expected on the estate.", "originator": "desk 1",
    }  # fmt: skip


def unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whoever adds a report see none, as if it came in a moment later."""
    monkeypatch.setattr(intel_reports, "kept_report", lambda workspace, ref: None)


def test_of_two_who_add_one_reference_the_second_is_told(
    workspace: Workspace, report: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    add(workspace, report, WHO)
    unseen(monkeypatch)
    with pytest.raises(NotAllowed, match="Someone else changed this first"):
        add(workspace, {**report, "information": "B"}, WHO)
    assert [kept.version for kept in workspace.store.versions(REPORT, "R-101")] == [1]


def test_of_two_who_import_one_reference_the_second_is_told_by_row(
    workspace: Workspace, report: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    import json

    add(workspace, report, WHO)
    unseen(monkeypatch)
    path = tmp_path / "reports.json"
    path.write_text(json.dumps([report]), encoding="utf8")
    (error,) = import_file(workspace, path, WHO).errors
    assert "Someone else changed this first" in error.reason
    assert [kept.version for kept in workspace.store.versions(REPORT, "R-101")] == [1]


def test_a_grade_that_rests_on_an_older_version_is_refused(
    workspace: Workspace, report: dict[str, Any], monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    add(workspace, report, WHO)
    stale = the_report(workspace, "R-101")
    clock.advance(hours=8)
    graded = regrade(workspace, "R-101", "2", "B", WHO, reason="The source was mistaken before.")
    assert graded.version == 2
    monkeypatch.setattr(intel_reports, "the_report", lambda workspace, ref: stale)
    with pytest.raises(NotAllowed, match="Someone else changed this first"):
        regrade(workspace, "R-101", "3", "C", WHO, reason="Another view.")
    with pytest.raises(NotAllowed, match="Someone else changed this first"):
        resolve_report(workspace, "R-101", "nothing_found", WHO)
    kept = kept_report(workspace, "R-101")
    assert kept == graded
    monkeypatch.undo()
    assert resolve_report(workspace, "R-101", "nothing_found", WHO).version == 3


def test_a_reference_whose_retention_is_over_can_come_again(
    workspace: Workspace, report: dict[str, Any], clock: FixedClock
) -> None:
    add(workspace, report, WHO)
    clock.advance(hours=24 * 366)
    assert purge_due(workspace, WHO) == ("R-101",)
    again = {**report, "retention_until": "2020-11-30T14:00"}
    assert add(workspace, again, WHO).version == 2
