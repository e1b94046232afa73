"""What the pages quote of 2018 stands in the article, on the line that they give."""

from __future__ import annotations

from pathlib import Path

import pytest

from answerable.policy.pack import load_pack
from answerable.present.article import load_article


@pytest.fixture(scope="module")
def lines(shared_data: Path, pytestconfig: pytest.Config) -> list[str]:
    """The article, line by line; it is not part of this repository."""
    path = shared_data.parent / "reference" / "seed_article.txt"
    if not path.is_file() and not pytestconfig.getoption("--require-realdata"):
        pytest.skip("the article's text is not here")
    return path.read_text(encoding="utf-8").splitlines()


@pytest.mark.realdata
def test_every_quotation_stands_on_its_line(lines: list[str]) -> None:
    for entry in load_article().lines:
        assert entry.said in lines[entry.line - 1], (entry.line, entry.said)
        assert len(entry.said.split()) <= 12, entry.said


@pytest.mark.realdata
def test_everyone_who_speaks_in_the_article_is_heard(lines: list[str]) -> None:
    quoted = {entry.line for entry in load_article().lines}
    speaking = {number for number, line in enumerate(lines, 1) if "“" in line and "MORE" not in line and number > 6}
    assert speaking <= quoted


def test_every_promise_that_has_a_rule_names_it() -> None:
    named = {rule for entry in load_article().lines for rule in entry.rules}
    statements = {rule.id for rule in load_pack("uk.armed_patrol").rules if rule.basis == "statement"}
    assert statements <= named
