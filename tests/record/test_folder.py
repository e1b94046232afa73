"""Checking a whole folder by command: the case told, gaps named, and every way it can end."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from answerable.record.errors import Forked, WentBackwards
from answerable.record.folder import main
from answerable.record.note import sign_note


@pytest.fixture
def handed(log, put, tmp_path) -> Path:
    put(tmp_path / "public", log, opened=8)
    (tmp_path / "policy").write_text(log.policy, encoding="utf-8")
    (tmp_path / "older").write_text(log.checkpoint(6), encoding="utf-8")
    return tmp_path


def run(handed: Path, *more: str) -> int:
    return main([str(handed / "public"), "--policy", str(handed / "policy"), *more])


def test_a_whole_folder_is_told_with_its_limits(handed, capsys):
    assert run(handed, "--known", str(handed / "older")) == 0
    said = capsys.readouterr().out
    assert said.startswith("SIMULATED")
    assert "Verified: all 11 entries" in said
    assert "does not prove that it is true" in said
    assert "It continues the log of 6 entries that you kept: none was changed since." in said
    assert "8 entries are opened, 3 are not opened yet." in said


def test_one_case_is_told_entry_by_entry(handed, capsys):
    assert run(handed, "--case", "2018-0004") == 0
    assert "entry 4: 2018-11-30T20:00:00Z refuse authoriser" in capsys.readouterr().out
    assert run(handed, "--case", "2018-0004", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [entry["index"] for entry in found["entries"]] == [4]
    assert found["continues"] is None
    assert (found["verified"], found["size"], found["unopened"], found["problems"]) == (True, 11, 3, [])


def test_a_case_that_is_not_there_is_no_success(handed, capsys):
    assert run(handed, "--case", "2018-9999") == 1
    assert "Case 2018-9999: 0 entries." in capsys.readouterr().out


def test_statements_that_do_not_follow_one_another_are_named(new_log, put, tmp_path, capsys):
    log = new_log().add(1, v=2, number=1, version=2, previous="")
    put(tmp_path / "public", log)
    (tmp_path / "policy").write_text(log.policy, encoding="utf-8")
    assert run(tmp_path) == 1
    assert "But: case 2018-0000 begins with version 2" in capsys.readouterr().out


@pytest.mark.parametrize(("size", "error"), [(12, WentBackwards), (11, Forked), (6, Forked)])
def test_a_folder_that_does_not_continue_what_was_kept(handed, log, capsys, size, error):
    known = replace(log.head(min(size, 11)), size=size, root=bytes(32))
    (handed / "older").write_text(sign_note(str(known), log.signer), encoding="utf-8")
    assert run(handed, "--known", str(handed / "older")) == 4
    assert error.meaning in capsys.readouterr().err
    assert run(handed, "--known", str(handed / "older"), "--json") == 4
    assert json.loads(capsys.readouterr().out)["reason"] == error.meaning


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda here: (here / "public/tile/0/000.p/11").write_bytes(bytes(32 * 11)), 4),
        (lambda here: (here / "public/tile/0/000.p/11").unlink(), 4),
        (lambda here: (here / "public/checkpoint").unlink(), 3),
        (lambda here: (here / "policy").write_text("nonsense\n", encoding="utf-8"), 3),
        (lambda here: (here / "policy").write_bytes(b"\xff"), 3),
    ],
)
def test_a_spoiled_folder_or_policy_ends_with_its_code(handed, spoil, code, capsys):
    spoil(handed)
    assert run(handed) == code
    assert capsys.readouterr().err.startswith("Not verified: ")


@pytest.mark.parametrize("called", [[], ["x"], ["x", "--policy", "missing"]])
def test_a_wrong_call_is_a_wrong_call(called, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as caught:
        main(called)
    assert caught.value.code == 2


def test_it_runs_as_a_module(handed):
    called = [sys.executable, "-m", "answerable.record.folder", "public", "--policy", "policy"]
    done = subprocess.run(called, cwd=handed, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
