"""What is published can be proved, read back from the public folder alone, and cannot be altered unnoticed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from answerable.case.event import Command
from answerable.clock import FixedClock
from answerable.errors import IntegrityError, UsageError
from answerable.record.errors import Altered, RecordError
from answerable.record.verify import verify_proof
from answerable.service.cases import Answer, act
from answerable.service.fsck import check_record
from answerable.service.prove import prove_event
from answerable.service.public_view import read_public_view
from answerable.service.publish import publish
from answerable.service.workspace import Workspace, open_workspace

Opened = Callable[[dict[str, Any]], str]
Take = Callable[[str, str], Answer]


@pytest.fixture
def refused(workspace: Workspace, sound: dict[str, Any], opened: Opened, take: Take) -> str:
    """A case blocked by rule and then refused by a person."""
    case = opened({**sound, "reports": []})
    take(case, "submit")
    act(workspace, case, Command("assess"), "analyst")
    act(workspace, case, Command("refuse", reasons="No trigger.", what_would_change="Reports."), "authoriser")
    return case


def policy(workspace: Workspace) -> str:
    return (workspace.public / "log-policy").read_text(encoding="utf8")


def test_a_refusal_is_proved_offline(workspace: Workspace, refused: str) -> None:
    proved = prove_event(workspace, refused, "refuse")
    found = verify_proof(str(proved.proof), policy(workspace))
    assert found.kind == "rehearsal"
    assert found.body["case"] == refused
    assert found.body["data"]["reasons"] == "No trigger."


def test_the_last_event_is_proved_unless_another_is_named(workspace: Workspace, refused: str) -> None:
    assert prove_event(workspace, refused).kind == "refuse"
    assert prove_event(workspace, refused, "blocked").kind == "blocked"
    with pytest.raises(UsageError, match="open, submit, blocked, refuse"):
        prove_event(workspace, refused, "authorise")
    with pytest.raises(UsageError, match=refused):
        prove_event(workspace, "2018-0099")


def test_no_person_and_no_private_text_is_in_the_public_folder(workspace: Workspace, refused: str) -> None:
    everything = b"".join(path.read_bytes() for path in workspace.public.rglob("*") if path.is_file())
    assert refused.encode() in everything
    for secret in (b"pretend applicant", b"pretend authoriser", b"Reprisal shooting expected", b"k-7f31"):
        assert secret not in everything


def test_the_public_view_tells_the_case_from_the_folder_alone(
    workspace: Workspace, refused: str, clock: FixedClock, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "copied"
    shutil.copytree(workspace.public, elsewhere)
    view = read_public_view(elsewhere, clock.now())
    (case,) = view.cases
    assert (case.id, case.state, case.area_name) == (refused, "REFUSED", "Example Estate")
    assert [event.kind for event in case.events] == ["open", "submit", "blocked", "refuse"]
    assert case.last("blocked") is not None
    assert (elsewhere / case.events[-1].proof).is_file()
    assert view.policies[0].data["status"] == "example"


def test_expiry_is_read_from_the_clock_by_every_reader(
    workspace: Workspace, clock: FixedClock, sound: dict[str, Any], opened: Opened, take: Take
) -> None:
    case = opened(sound)
    take(case, "authorise")
    clock.advance(hours=3)
    act(workspace, case, Command("start"), "operational-commander")
    size = read_public_view(workspace.public, clock.now()).size
    clock.advance(hours=5)
    later = read_public_view(workspace.public, clock.now())
    assert (later.cases[0].state, later.size) == ("EXPIRED", size)


@pytest.mark.parametrize("name", ["openings/2.json", "checkpoint", "tile/entries/000.p/5", "tile/0/000.p/5"])
def test_any_altered_file_is_noticed(workspace: Workspace, refused: str, clock: FixedClock, name: str) -> None:
    path = workspace.public / name
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(bytes(raw))
    with pytest.raises(RecordError):
        read_public_view(workspace.public, clock.now())
    assert not check_record(workspace).clean


def test_a_refusal_removed_from_the_folder_is_counted(workspace: Workspace, refused: str, clock: FixedClock) -> None:
    (workspace.public / "openings" / "4.json").unlink()
    assert read_public_view(workspace.public, clock.now()).unopened == 1


def test_a_rewritten_reason_no_longer_verifies(workspace: Workspace, refused: str, clock: FixedClock) -> None:
    path = workspace.public / "openings" / "4.json"
    opening = json.loads(path.read_text(encoding="utf8"))
    opening["body"]["data"]["reasons"] = "There were no reports at all that night."
    path.write_text(json.dumps(opening, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf8")
    with pytest.raises(Altered):
        read_public_view(workspace.public, clock.now())


def test_the_whole_record_checks_clean(workspace: Workspace, refused: str) -> None:
    report = check_record(workspace)
    assert report.clean, report.problems
    assert report.entries == 5


def test_publishing_again_changes_nothing(workspace: Workspace, refused: str) -> None:
    before = {path: path.read_bytes() for path in workspace.public.rglob("*") if path.is_file()}
    publish(workspace)
    assert {path: path.read_bytes() for path in workspace.public.rglob("*") if path.is_file()} == before


def test_a_public_folder_that_was_lost_is_made_again(workspace: Workspace, refused: str, clock: FixedClock) -> None:
    text = policy(workspace)
    for part in ("tile", "openings", "proofs"):
        shutil.rmtree(workspace.public / part)
    (workspace.public / "checkpoint").unlink()
    assert not check_record(workspace).clean
    publish(workspace)
    assert policy(workspace) == text
    assert check_record(workspace).clean


def test_a_restored_old_database_does_not_sign(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, take: Take, tmp_path: Path, clock: FixedClock
) -> None:
    backup = tmp_path / "old.sqlite"
    shutil.copyfile(workspace.folder / "record.sqlite", backup)
    opened(sound)
    workspace.store.close()
    shutil.copyfile(backup, workspace.folder / "record.sqlite")
    with open_workspace(workspace.folder, clock) as restored, pytest.raises(IntegrityError):
        publish(restored)
