"""Every look at private text leaves a line that only those who check may read, and that they read it is a line too."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from staff_site import Visitor, site

from answerable.errors import NotAllowed, UsageError
from answerable.service.archive import unpack
from answerable.service.backup import back_up
from answerable.service.intelligence import add, purge_due, regrade
from answerable.service.people import add_person
from answerable.service.processing import (
    FILE,
    note_processing,
    processing_lines,
    processing_problems,
    readers,
    rules,
)
from answerable.store.protocol import Person


@pytest.fixture
def checker(workspace):
    add_person(workspace, "protector", ("data_protection",))
    return "protector"


def test_the_rules_say_where_they_come_from():
    assert "section 62" in rules()["source"]
    assert readers() == {"data_protection", "oversight"}


def test_a_look_is_a_line_and_reading_the_lines_is_one_too(workspace, checker):
    note_processing(workspace, "consulted", ("case", "2018-0001"), "case_work", "analyst")
    note_processing(workspace, "disclosed", ("case", "2018-0002"), "export", "disclosure", recipient="coroner")
    found = processing_lines(workspace, checker)
    assert [(line["operation"], line["account"], line["subject"]) for line in found] == [
        ("consulted", "analyst", "2018-0001"),
        ("disclosed", "disclosure", "2018-0002"),
        ("consulted", checker, "all"),
    ]
    assert found[0]["at"].startswith("2018-11-30T17:00")
    assert [line["subject"] for line in processing_lines(workspace, checker, "case", "2018-0002")] == ["2018-0002"]
    assert processing_problems(workspace) == ()


def test_nobody_else_may_read_it_and_the_attempt_is_kept(workspace, checker):
    workspace.store.add_person(Person("gone", "person-x", ("oversight",)))
    workspace.store.disable_person("gone", workspace.clock.now())
    for account in ("analyst", "authoriser", "applicant", "nobody", "gone", ""):
        with pytest.raises(NotAllowed, match="needs one of the roles"):
            processing_lines(workspace, account)
    tried = [line.actor for line in workspace.store.audit() if line.action == "read processing log"]
    assert tried == ["analyst", "authoriser", "applicant", "nobody", "gone", ""]


def test_a_reason_is_a_code(workspace):
    with pytest.raises(UsageError, match="no such reason"):
        note_processing(workspace, "consulted", ("case", "2018-0001"), "because I wanted to")
    assert not (workspace.folder / FILE).exists()


def test_the_log_is_no_part_of_the_record_or_of_what_is_public(workspace, checker):
    before = (workspace.store.events(), workspace.store.audit(), workspace.store.pending())
    note_processing(workspace, "consulted", ("case", "2018-0001"), "case_work", "analyst")
    assert (workspace.store.events(), workspace.store.audit(), workspace.store.pending()) == before
    assert not list(workspace.public.rglob("*processing*"))


def test_a_line_that_was_taken_out_shows(workspace, checker):
    assert processing_problems(workspace) == ()
    for _ in range(3):
        note_processing(workspace, "consulted", ("case", "2018-0001"), "case_work")
    with closing(sqlite3.connect(workspace.folder / FILE, isolation_level=None)) as db:
        db.execute("DROP TRIGGER processing_delete")
        db.execute("DELETE FROM processing WHERE seq = 2")
    assert processing_problems(workspace) == ("Line 2 of the processing log is missing: the next is 3.",)


def test_a_backup_keeps_the_log(workspace, tmp_path):
    note_processing(workspace, "consulted", ("case", "2018-0001"), "case_work")
    back_up(workspace, tmp_path / "one")
    (tmp_path / "out").mkdir()
    unpack(tmp_path / "one", tmp_path / "out")
    assert (tmp_path / "out" / FILE).is_file()


def test_a_page_that_shows_a_case_leaves_a_line(workspace, opened, sound, checker):
    case = opened(sound)
    visitor = Visitor(site(workspace.folder), "analyst")
    assert visitor.get(f"/case-{case}.html").status_code == 200
    assert visitor.get("/case-2000-0001.html").status_code == 404
    lines = [line for line in processing_lines(workspace, checker) if line["kind"] == "case"]
    assert [(line["operation"], line["subject"]) for line in lines] == [("consulted", case)]


def test_a_report_leaves_a_line_when_it_comes_in_when_it_changes_and_when_it_goes(workspace, checker, clock):
    report = {
        "ref": "R-101", "source": "1", "information": "A", "handling": "P", "origin_key": "k-1",
        "received_at": "2018-11-30T14:00", "retention_until": "2018-12-30T14:00",
        "event_window": {"from": "2018-11-30T20:00", "to": "2018-12-01T00:00"},
        "place": {"name": "Example Estate", "place": [-0.07, 51.6], "radius_m": 400},
        "gist": "Shots are expected on the estate.", "originator": "desk 1",
    }  # fmt: skip
    add(workspace, report, "intel-evaluator")
    regrade(workspace, "R-101", "2", "B", "intel-evaluator", reason="A second look.")
    clock.advance(hours=24 * 40)
    assert purge_due(workspace, "intel-evaluator") == ("R-101",)
    lines = processing_lines(workspace, checker, "report", "R-101")
    assert [line["operation"] for line in lines] == ["collected", "altered", "erased"]
    assert {line["account"] for line in lines} == {"intel-evaluator"}
