"""The check of the whole record also looks at how cases stand in lists, and at every file that is public."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from answerable.clock import FixedClock
from answerable.service.adopt import adopted_pack
from answerable.service.adoption_packs import copy_path, current_path
from answerable.service.cases import Answer
from answerable.service.fsck import check_record
from answerable.service.workspace import Workspace

Opened = Callable[[dict[str, Any]], str]


def edit_standings(workspace: Workspace, statement: str, *values: object) -> None:
    """Run one statement on the standings while their triggers are away; they are put back after it."""
    with closing(sqlite3.connect(workspace.folder / "record.sqlite", isolation_level=None)) as db:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'standings'"
        away = db.execute(query).fetchall()
        for name, _ in away:
            db.execute(f"DROP TRIGGER {name}")
        db.execute(statement, values)
        for _, rule in away:
            db.execute(rule)


def last_seq(workspace: Workspace) -> int:
    return workspace.store.events()[-1].seq


@pytest.mark.parametrize("edit", ["a title", "a state", "no JSON"])
def test_an_edited_standing_is_found(
    workspace: Workspace, opened: Opened, sound: dict[str, Any], take: Callable[[str, str], Answer], edit: str
) -> None:
    case = opened(sound)
    take(case, "authorise")
    ((_, text),) = workspace.store.standings()
    assert check_record(workspace).clean
    said = {"a title": {"title": "Another title"}, "a state": {"state": "REFUSED"}}.get(edit, {})
    edited = json.dumps({**json.loads(text), **said}, separators=(",", ":")) if said else "{"
    edit_standings(workspace, "UPDATE standings SET value = ? WHERE event_seq = ?", edited, last_seq(workspace))
    problems = check_record(workspace).problems
    assert problems == (f"How case {case} stands in lists is not what its events say.",)


def test_a_standing_that_is_not_there_is_no_difference(
    workspace: Workspace, opened: Opened, sound: dict[str, Any]
) -> None:
    opened(sound)
    edit_standings(workspace, "DELETE FROM standings")
    assert check_record(workspace).clean, "a case of an older store has none, and its events are read instead"


def test_a_case_that_cannot_be_read_is_a_problem_and_no_crash(
    workspace: Workspace, opened: Opened, sound: dict[str, Any]
) -> None:
    case = opened(sound)
    with closing(sqlite3.connect(workspace.folder / "record.sqlite", isolation_level=None)) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE events SET body = CAST('{}' AS BLOB) WHERE case_id = ?", (case,))
    problems = check_record(workspace).problems
    assert any(case in problem and "cannot be read" in problem for problem in problems)


@pytest.mark.parametrize("damage", ["missing", "altered"])
def test_a_missing_or_altered_opening_is_found(
    workspace: Workspace, opened: Opened, sound: dict[str, Any], damage: str
) -> None:
    opened(sound)
    path = workspace.public / "openings" / "1.json"
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes().replace(b"Example", b"Exemplo"))
    (problem,) = check_record(workspace).problems
    due = "public folder: the openings of 1 of 2 entries are missing" if damage == "missing" else "openings/1.json"
    assert due in problem


@pytest.mark.parametrize("damage", ["loosened", "unreadable", "missing"])
def test_an_altered_copy_of_the_pack_is_found(workspace: Workspace, damage: str) -> None:
    pack = adopted_pack(workspace)
    path = copy_path(workspace.public, pack.name, pack.version, pack.hash)
    if damage == "missing":
        path.unlink()
    else:
        text = path.read_text(encoding="utf8")
        path.write_text(text.replace("value: 6", "value: 60") if damage == "loosened" else "{", encoding="utf8")
    (problem,) = check_record(workspace).problems
    assert "not the one that was adopted" in problem
    assert path.name in problem


@pytest.mark.parametrize("damage", ["loosened", "unreadable"])
def test_another_pack_in_the_place_of_the_current_one_is_found(workspace: Workspace, damage: str) -> None:
    path = current_path(workspace.public, adopted_pack(workspace).name)
    text = path.read_text(encoding="utf8")
    path.write_text(text.replace("value: 6", "value: 60") if damage == "loosened" else "{", encoding="utf8")
    (problem,) = check_record(workspace).problems
    assert str(path) in problem


def test_a_check_after_the_sunset_enters_nothing(workspace: Workspace, clock: FixedClock) -> None:
    clock.advance(hours=24 * 366 * 5)
    before = last_seq(workspace)
    assert check_record(workspace).clean
    assert last_seq(workspace) == before
