"""The evidence library: its honest first row, every row complete, and agreement with the catalogue of alternatives."""

from __future__ import annotations

import json
import re

import pytest

from answerable.errors import InputError
from answerable.evaluate.evidence import READ, evidence_for, library, read_rows
from answerable.policy.alternatives import alternatives

ROW = """rows:
  - id: one
    approach: A thing
    effect: Some
    interval: not found
    outcome: crime
    setting: somewhere
    design: trial
    source: A paper
    read: summary
    rating: not rated
    applies: "no"
    why: Another thing.
    checked: "2026-11"
"""


def test_the_first_row_says_that_nothing_was_found() -> None:
    first = library()[0]
    assert first.option == "armed_foot_patrol"
    assert first.effect == "No evaluation was found"
    assert not first.provisional


def test_every_row_is_dated_sourced_and_says_whether_it_applies() -> None:
    assert len(library()) >= 30
    assert len({row.id for row in library()}) == len(library())
    for row in library():
        assert row.source
        assert row.why
        assert READ[row.read]


def test_nobody_s_figures_pass_as_read_in_full() -> None:
    # All rows so far come from abstracts and summaries; whoever reads one in full says so in its row.
    assert all(row.provisional for row in library() if row.effect not in ("No evaluation was found", "Nothing found"))


@pytest.mark.parametrize("word", ["proved", "proven to", "prevented", "works"])
def test_no_row_claims_more_than_a_study_can(word) -> None:
    assert not [row.id for row in library() if re.search(rf"\b{word}\b", row.effect)]


def test_the_catalogue_of_alternatives_reads_these_rows() -> None:
    known = alternatives()
    assert {row.option for row in library() if row.option} <= set(known)
    for name, one in known.items():
        assert one.rows == evidence_for(name)
        rated = {row.rating for row in one.rows} & {"high", "moderate", "low", "no_clear_evidence", "harmful"}
        assert {one.rating} == (rated or {"not_studied"}), name


def test_an_option_s_rows_are_found() -> None:
    assert {row.id for row in evidence_for("mediation_or_outreach")} == {"street-outreach", "street-outreach-mixed"}
    assert evidence_for("do_nothing") == ()


def test_rows_are_json() -> None:
    document = json.loads(json.dumps([row.as_json() for row in library()]))
    assert document[1]["provisional"] is True
    assert "abstract" in document[1]["standing"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rows: [", "not readable"),
        ("- a", "holds 'rows'"),
        ("rows:\n  - 3", "maps names"),
        (ROW.replace("    why: Another thing.\n", ""), "why"),
        (ROW + "    person: someone\n", "person"),
        (ROW.replace('"no"', "no"), "is text"),
        (ROW.replace("read: summary", "read: skimmed"), "how its source was read"),
        (ROW.replace('"2026-11"', '"2026"'), "when it was checked"),
        (ROW.replace('applies: "no"', "applies: perhaps"), "whether it applies"),
        (ROW + ROW.removeprefix("rows:\n"), "one id"),
    ],
)
def test_rows_that_say_less_than_they_must(text, says) -> None:
    with pytest.raises(InputError) as refused:
        read_rows(text, "some.yaml")
    assert says in str(refused.value)
    assert "some.yaml" in str(refused.value)
