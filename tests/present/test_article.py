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
