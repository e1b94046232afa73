"""A workspace appears whole or not at all, and can never be taken for another kind."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from answerable.clock import FixedClock
from answerable.errors import IntegrityError, UsageError
from answerable.service.adopt import adopted_pack
from answerable.service.settings import read_settings
from answerable.service.workspace import Workspace, init_workspace, open_workspace


def test_a_new_rehearsal_has_people_a_pack_and_a_log_that_has_begun(workspace: Workspace) -> None:
    head = workspace.store.head()
    assert head is not None
    assert head.size == 1
    assert head.origin.endswith("/rehearsal")
    assert "authoriser" in [person.account for person in workspace.store.people()]
    assert adopted_pack(workspace).status == "example"


def test_the_key_is_the_owner_s_alone(workspace: Workspace) -> None:
    mode = stat.S_IMODE((workspace.folder / "keys" / "log.key").stat().st_mode)
    assert mode == 0o600


@pytest.mark.parametrize(("kind", "says"), [("pretend", "no such kind")])
def test_a_kind_that_cannot_be_made_leaves_nothing_behind(tmp_path: Path, kind: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        init_workspace(tmp_path / "w", kind=kind)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf8")
    with pytest.raises(UsageError, match="already in use"):
        init_workspace(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_start_that_fails_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(workspace: Workspace) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("answerable.service.adopt.adopt", fails)
    with pytest.raises(RuntimeError):
        init_workspace(tmp_path / "w")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_will_do(tmp_path: Path, clock: FixedClock) -> None:
    (tmp_path / "w").mkdir()
    assert init_workspace(tmp_path / "w", clock=clock).kind == "rehearsal"


def test_where_there_is_no_workspace_the_error_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="answerable init"), open_workspace(tmp_path):
        pass


@pytest.mark.parametrize("damage", ["kind = [", "", "name = 'x'\nunknown = 1\n"])
def test_damaged_settings_are_named(workspace: Workspace, damage: str) -> None:
    (workspace.folder / "answerable.toml").write_text(damage, encoding="utf8")
    with pytest.raises(UsageError, match="cannot be read"):
        read_settings(workspace.folder)


def test_a_rehearsal_cannot_be_passed_off_as_real_by_editing_its_settings(workspace: Workspace) -> None:
    path = workspace.folder / "answerable.toml"
    path.write_text(path.read_text(encoding="utf8").replace("rehearsal", "real"), encoding="utf8")
    with open_workspace(workspace.folder) as again, pytest.raises(IntegrityError, match="not of the same workspace"):
        _ = again.store


def test_an_edited_pack_is_an_alarm(workspace: Workspace) -> None:
    path = workspace.public / "packs" / "uk.armed_patrol.yaml"
    path.write_text(path.read_text(encoding="utf8").replace("value: 6", "value: 60"), encoding="utf8")
    with pytest.raises(IntegrityError, match="not the one that was adopted"):
        adopted_pack(workspace)


def test_the_first_file_s_zone_becomes_the_workspace_s_and_stays(tmp_path: Path, clock: FixedClock) -> None:
    init_workspace(tmp_path / "w", clock=clock)
    with open_workspace(tmp_path / "w", clock) as fresh:
        with pytest.raises(UsageError, match="no time zone yet"):
            _ = fresh.tz
        assert fresh.adopt_zone("America/New_York")
        assert not fresh.adopt_zone("Europe/London")
    assert read_settings(tmp_path / "w").time_zone == "America/New_York"


def test_without_its_key_nothing_is_signed(workspace: Workspace) -> None:
    (workspace.folder / "keys" / "log.key").unlink()
    with pytest.raises(UsageError, match="key cannot be read"):
        _ = workspace.signer
