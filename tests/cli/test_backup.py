"""Backing up, restoring and reading the log of processing, as a user types it: output and exit codes."""

from __future__ import annotations

import json


def test_a_workspace_is_backed_up_and_restored(made, tmp_path):
    run = made
    done = run("backup", "one.backup", "--json")
    assert (done.code, done.json["entries"] > 0) == (0, True)
    assert run("backup", "one.backup").code == 2
    found = run("--workspace", "new", "restore", "one.backup", "--head", "w/public/checkpoint", "--json")
    assert (found.code, found.json["may_sign"], found.json["entries"]) == (0, True, done.json["entries"])
    checked = run("--workspace", "new", "fsck", "--json")
    assert (checked.code, json.loads(checked.out)["clean"]) == (0, True)
    again = run("restore", "one.backup")
    assert again.code == 0
    assert "before-restore-1" in again.out
    assert (tmp_path / "w.before-restore-1" / "answerable.toml").is_file()


def test_what_is_no_backup_ends_with_three_and_leaves_nothing(run, tmp_path):
    (tmp_path / "foreign").write_text("no backup")
    done = run("--workspace", "new", "restore", "foreign")
    assert done.code == 3
    assert "Nothing was restored" in done.err
    assert not (tmp_path / "new").exists()


def test_the_log_of_processing_is_shown_to_those_who_may_read_it(made):
    run = made
    assert run("people", "add", "protector", "--role", "data_protection").code == 0
    assert run("intel", "list").code == 0
    assert run("processing", "--as", "analyst").code == 1
    done = run("processing", "--as", "protector", "--json")
    assert done.code == 0
    assert (done.json[0]["operation"], done.json[0]["kind"]) == ("consulted", "report")
    assert "intelligence_work" in run("processing", "--as", "protector").out
