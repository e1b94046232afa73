"""The plan of 2018 as data."""

from __future__ import annotations

from answerable.policy.pack import load_pack
from answerable.present.article import load_article


def test_every_line_says_who_what_is_required_and_what_could_be_shown() -> None:
    article = load_article()
    assert article.note
    assert len(article.lines) >= 15
    for line in article.lines:
        assert all((line.who, line.said, line.required, line.could_show, line.basis, line.now)), line.line
        assert len(line.said.split()) <= 15, "a few words, not a passage"


def test_the_rules_it_names_are_rules_of_the_example_pack() -> None:
    pack = load_pack("uk.armed_patrol")
    known = {rule.id for rule in pack.rules}
    assert {rule for line in load_article().lines for rule in line.rules} <= known


def test_every_line_answers_to_a_rule_or_a_requirement() -> None:
    assert all(line.rules or line.requirements for line in load_article().lines)


def test_what_this_version_tests_already_is_not_said_to_come_later() -> None:
    now = {(line.line, line.who): line.now for line in load_article().lines}
    for where in ((17, "Cressida Dick, to an elected committee"), (30, "Lord Harris of Haringey"),
                  (41, "A spokesman for the Mayor")):  # fmt: skip
        assert now[where] == "yes", where
    assert not [where for where, said in now.items() if "later" in said]
    assert all(said.split()[0] in {"yes", "in", "no"} for said in now.values())


def test_a_line_that_is_tested_in_part_names_the_rules_that_do() -> None:
    tested = {rule.id for rule in load_pack("uk.armed_patrol").rules}
    for line in load_article().lines:
        assert line.now.startswith("no") or set(line.rules) & tested or line.requirements == ("G06", "G09"), line.line
