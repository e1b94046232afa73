"""What was erased is nowhere: not in the database, its logs, the public folder or a copy that is put back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from answerable.case.event import Command
from answerable.clock import FixedClock
from answerable.errors import AnswerableError, InputError, IntegrityError, NotAllowed, UsageError
from answerable.record.verify import verify_proof
from answerable.service.cases import act
from answerable.service.erasure import erase, forget, hold, replay_erasures
from answerable.service.erasure_list import Erased, remember, remembered
from answerable.service.fsck import check_record
from answerable.service.publish import publish
from answerable.service.workspace import Workspace, open_workspace

SECRET = "Reprisal shooting expected"


@pytest.fixture
def case(workspace: Workspace, sound: dict[str, Any], opened: Callable[[dict[str, Any]], str]) -> str:
    case: str = opened(sound)
    act(workspace, case, Command("submit"), "applicant")
    return case


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def parts_of(workspace: Workspace, field: str) -> list[bytes]:
    """Return what stands in the database for a field: pieces of its cipher and of its wrapped key."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(workspace.folder / "record.sqlite")) as db:
        rows = [
            row[0]
            for table in ("disclosure_values", "data_keys")
            for row in db.execute(f"SELECT value FROM {table} WHERE name = ?", (f"private/{field}",))
        ]
    return [one for row in rows for one in (row[:20], row[-20:])]


def test_an_erased_field_is_nowhere_and_every_proof_holds(
    workspace: Workspace, clock: FixedClock, case: str, tmp_path: Path
) -> None:
    before = shutil.copytree(workspace.folder, tmp_path / "backup", ignore=shutil.ignore_patterns("erased"))
    parts = parts_of(workspace, "file")
    assert parts
    assert all(one in everything(workspace.folder) for one in parts)
    assert erase(workspace, case, "file", "retention", "chief-officer") == 1
    found = everything(workspace.folder)
    assert not any(one in found for one in [*parts, SECRET.encode()])
    assert check_record(workspace).clean
    policy = (workspace.public / "log-policy").read_text(encoding="utf8")
    for path in sorted((workspace.public / "proofs").iterdir()):
        verify_proof(path.read_text(encoding="utf8"), policy)
    entry = workspace.store.events("", kinds=("erase",))[-1]
    assert (entry.data["fields"], entry.data["basis"], entry.office) == (["private/file"], "retention", "chief_officer")
    assert case not in str(entry.data)
    workspace.close()
    # The database of the old copy, in the folder that remembers what is gone.
    shutil.copy2(before / "record.sqlite", workspace.folder / "record.sqlite")
    with open_workspace(workspace.folder, clock) as again:
        assert replay_erasures(again) == 1
        assert not any(one in everything(again.folder) for one in [*parts, SECRET.encode()])
        with pytest.raises(IntegrityError, match="already signed"):
            publish(again)


@pytest.mark.parametrize(
    ("field", "basis", "account", "kind", "said"),
    [
        ("file", "because", "chief-officer", UsageError, "no such basis"),
        ("file", "retention", "applicant", NotAllowed, "takes the role"),
        ("gist", "retention", "chief-officer", InputError, "no such field"),
    ],
)
def test_what_is_not_allowed_erases_nothing(
    workspace: Workspace, case: str, field: str, basis: str, account: str, kind: type[AnswerableError], said: str
) -> None:
    with pytest.raises(kind, match=said):
        erase(workspace, case, field, basis, account)
    assert not workspace.store.erasures()
    assert remembered(workspace.folder) == ()


def test_a_hold_blocks_and_is_logged_and_twice_is_refused(workspace: Workspace, case: str) -> None:
    hold(workspace, case, "proceedings", "chief-officer")
    with pytest.raises(NotAllowed, match="held already"):
        hold(workspace, case, "proceedings", "chief-officer")
    with pytest.raises(NotAllowed, match="is held"):
        erase(workspace, case, "file", "retention", "chief-officer")
    hold(workspace, case, "proceedings", "chief-officer", release=True)
    with pytest.raises(NotAllowed, match="not held"):
        hold(workspace, case, "proceedings", "chief-officer", release=True)
    erase(workspace, case, "file", "retention", "chief-officer")
    with pytest.raises(NotAllowed, match="erased before"):
        erase(workspace, case, "file", "retention", "chief-officer")
    kinds = [one.kind for one in workspace.store.events("", kinds=("hold", "release", "erase"))]
    assert kinds == ["hold", "release", "erase"]
    assert case.encode() not in b"".join(one.body for one in workspace.store.events("", kinds=("hold", "release")))


def test_a_document_that_was_forgotten_does_not_come_back(
    workspace: Workspace, clock: FixedClock, tmp_path: Path
) -> None:
    workspace.store.keep("report", "R-1", b"a gist of it", workspace.clock.now(), "analyst")
    workspace.close()
    shutil.copy2(workspace.folder / "record.sqlite", tmp_path / "old")
    with open_workspace(workspace.folder, clock) as again:
        assert forget(again, "report", "R-1", "retention", "analyst") == 1
        again.close()
        shutil.copy2(tmp_path / "old", again.folder / "record.sqlite")
    with open_workspace(workspace.folder, clock) as restored:
        assert replay_erasures(restored) == 1
        assert restored.store.kept("report") == ()


def test_a_half_written_line_is_no_erasure_and_a_damaged_one_is_an_alarm(tmp_path: Path) -> None:
    remember(tmp_path, [Erased("2018-11-30T17:00:00Z", "retention", digest="x", field="private/file")])
    with (tmp_path / "erased").open("a", encoding="utf8") as file:
        file.write('{"at": "2018')
    assert [one.digest for one in remembered(tmp_path)] == ["x"]
    with (tmp_path / "erased").open("a", encoding="utf8") as file:
        file.write("\n")
    with pytest.raises(IntegrityError, match="line 2"):
        remembered(tmp_path)
