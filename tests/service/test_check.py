"""A file of facts against a whole pack, without a workspace."""

from __future__ import annotations

from pathlib import Path

import pytest

from answerable.case.casefile import template
from answerable.errors import InputError, UsageError
from answerable.service.check import check_facts


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    path = tmp_path / "facts.yaml"
    path.write_text(template(), encoding="utf8")
    return path


def test_the_template_holds_as_it_stands(facts: Path) -> None:
    checked = check_facts(facts, "uk.armed_patrol")
    assert checked.holds
    assert checked.proceeds_to is None
    assert "people to decide" in checked.text()


def test_the_same_facts_a_week_later_are_too_old(facts: Path) -> None:
    checked = check_facts(facts, "uk.armed_patrol", at="2018-12-07T18:00")
    assert "AP05" in checked.blocked_by
    assert "does not limit armed response" in checked.text()


def test_a_file_that_says_nothing_is_blocked_by_everything_unknown(tmp_path: Path) -> None:
    path = tmp_path / "empty.yaml"
    path.write_text("title: Nothing known\nas_of: 2018-11-30T18:00\n", encoding="utf8")
    checked = check_facts(path, "uk.armed_patrol")
    document = checked.as_json()
    assert not document["holds"]
    assert {finding["holds"] for finding in document["findings"] if finding["rule"] in document["blocked_by"]} <= {
        None,
        False,
    }
    assert document["proceeds_to"] == "submit"


def test_only_the_first_steps_can_be_asked_about(facts: Path) -> None:
    checked = check_facts(facts, "uk.armed_patrol", until="submit")
    assert {finding.rule for finding in checked.findings} == {"AP01", "AP02", "AP20", "AP28"}
    with pytest.raises(UsageError, match="no such transition"):
        check_facts(facts, "uk.armed_patrol", until="celebrate")


def test_an_unknown_pack_and_a_missing_file_are_named(facts: Path) -> None:
    with pytest.raises(UsageError, match=r"uk\.armed"):
        check_facts(facts, "uk.armed")
    with pytest.raises(InputError, match=r"gone\.yaml"):
        check_facts(facts.with_name("gone.yaml"), "uk.armed_patrol")
