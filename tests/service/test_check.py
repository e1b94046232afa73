"""A file of facts against a whole pack, without a workspace."""

from __future__ import annotations

from pathlib import Path

import pytest

from answerable.case.casefile import template
from answerable.errors import InputError, UsageError
from answerable.policy.pack import load_pack
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


def test_all_rules_of_the_pack_are_tested_at_once_and_what_lies_ahead_blocks_nothing(facts: Path) -> None:
    checked = check_facts(facts, "uk.armed_patrol")
    pack = load_pack("uk.armed_patrol")
    assert [finding.rule for finding in checked.findings] == [rule.id for rule in pack.rules if rule.kind != "set"]
    assert set(checked.not_yet) == {"AP17", "AP21", "AP22", "AP23", "AP33"}
    assert "after the decision: AP17, AP21, AP22, AP23, AP33" in checked.text()
    assert checked.as_json()["not_yet"] == list(checked.not_yet)


def test_what_lies_ahead_and_already_fails_blocks(facts: Path) -> None:
    text = facts.read_text(encoding="utf8") + "start: { unarmed_present: no, briefed: yes }\n"
    facts.write_text(text, encoding="utf8")
    checked = check_facts(facts, "uk.armed_patrol")
    assert (checked.blocked_by, checked.proceeds_to) == (["AP33"], None)
    assert "Blocked by AP33." in checked.text()


@pytest.mark.parametrize(
    ("said", "asked", "works_under"),
    [
        ("uk.armed_patrol", "", "uk.armed_patrol"),
        ("uk.section60", "", "uk.section60 statutory"),
        ("uk.section60:busss2014", "", "uk.section60 busss2014"),
        ("uk.section60", "uk.section60:busss2014", "uk.section60 busss2014"),
        ("uk.section60:statutory", "uk.section60", "uk.section60 statutory"),
        ("uk.section60:busss2014", "uk.section60", ""),
        ("uk.section60", "uk.armed_patrol", ""),
        ("uk.armed_patrol:loose", "uk.armed_patrol", ""),
        ("uk.section60:loose", "", ""),
        ("uk.nothing", "", ""),
    ],
)
def test_a_file_that_names_a_pack_or_a_profile_is_held_to_it(
    facts: Path, said: str, asked: str, works_under: str
) -> None:
    facts.write_text(f"title: A case\npack: {said}\nas_of: 2018-11-30T18:00\n", encoding="utf8")
    if not works_under:
        with pytest.raises(UsageError):
            check_facts(facts, asked)
        return
    pack = check_facts(facts, asked).pack
    assert f"{pack.name.partition(':')[0]} {pack.profile}".strip() == works_under


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
    assert {finding.rule for finding in checked.findings} == {"AP01", "AP02", "AP20", "AP28", "AP38"}
    with pytest.raises(UsageError, match="no such transition"):
        check_facts(facts, "uk.armed_patrol", until="celebrate")


def test_an_unknown_pack_and_a_missing_file_are_named(facts: Path) -> None:
    with pytest.raises(UsageError, match=r"uk\.armed"):
        check_facts(facts, "uk.armed")
    with pytest.raises(InputError, match=r"gone\.yaml"):
        check_facts(facts.with_name("gone.yaml"), "uk.armed_patrol")
