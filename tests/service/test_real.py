"""A real workspace begins sealed, with an office key, nobody in it and no pack adopted; the office certifies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from answerable.case.event import Command
from answerable.clock import FixedClock
from answerable.errors import NotAllowed, UsageError
from answerable.service.adopt import adopted_pack
from answerable.service.cases import act
from answerable.service.fsck import check_record
from answerable.service.record_settings import record_settings
from answerable.service.signing import certify, make_office_key
from answerable.service.workspace import Workspace, init_workspace, open_workspace


def test_a_real_workspace_begins_with_nobody_and_nothing_adopted(tmp_path: Path, clock: FixedClock) -> None:
    made = init_workspace(tmp_path / "w", kind="real", time_zone="Europe/London", clock=clock)
    assert made.origin.endswith("/real")
    with open_workspace(tmp_path / "w", clock) as real:
        assert record_settings(real.folder, "real").sealed
        assert real.store.people() == ()
        assert [event.kind for event in real.store.events()] == ["begin"]
        with pytest.raises(NotAllowed):
            adopted_pack(real)
        assert check_record(real).clean
    assert (tmp_path / "w" / "public" / "office-key").read_text(encoding="utf8").startswith(made.origin[:-5])
    assert (tmp_path / "w" / "keys" / "office.key").stat().st_mode & 0o077 == 0


def test_without_an_office_key_or_a_signature_nothing_is_certified(
    workspace: Workspace, sound: dict[str, Any], opened: Callable[[dict[str, Any]], str]
) -> None:
    case = opened(sound)
    with pytest.raises(UsageError, match="no such decision"):
        certify(workspace, case)
    act(workspace, case, Command("submit"), "applicant")
    act(workspace, case, Command("refuse", reasons="No.", what_would_change="A report."), "authoriser")
    with pytest.raises(UsageError, match="no office key"):
        certify(workspace, case)
    make_office_key(workspace.folder, workspace.settings.origin)
    with pytest.raises(NotAllowed, match="has not signed"):
        certify(workspace, case, "refuse")
