"""The proposal's file: its template, its schema, and every way in which it can be wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from answerable.case.adoption import Proposal
from answerable.case.adoption.answers import Consideration, Response, read_all
from answerable.case.adoption.proposal import json_schema, read_text, template
from answerable.errors import InputError
from answerable.policy.reading import read_yaml

ROOT = Path(__file__).resolve().parents[3]


def test_the_template_is_a_valid_proposal_and_explains_itself() -> None:
    read = read_text(template())
    assert read.pack == "uk.armed_patrol"
    assert read.instant("closes") is not None
    assert template().count(" #") > 5


def test_the_published_schema_is_current() -> None:
    published = json.loads((ROOT / "docs" / "schemas" / "adoption.schema.json").read_text(encoding="utf-8"))
    assert published == json_schema(), "write docs/schemas/adoption.schema.json again from proposal.json_schema()"


@pytest.mark.parametrize(
    ("change", "says", "where"),
    [
        ({"name_of_the_officer": "x"}, "Unknown field 'name_of_the_officer'", "proposal"),
        ({"closes": "2018-12-01T00:00"}, "must close after it opens", "field closes"),
        ({"closes": "soon"}, "not a time", "field closes"),
        ({"closes": None}, "'closes' is missing", "proposal"),
        ({"tz": "Mars/North"}, "not a known time zone", "field tz"),
        ({"purposes": [{"says": "Safety.", "metric": "joy"}]}, "there is no metric 'joy'", "proposal"),
        ({"purposes": []}, "at least 1 item", "field purposes"),
        ({"sunset_months": 0}, "greater than 0", "field sunset_months"),
        ({"documents": [{"kind": "novel", "title": "A tale"}]}, "'novel' is not a value of 'kind'", "document 1"),
        ({"documents": [{"kind": "eia", "title": "EIA", "sha256": "abc"}]}, "String should match", "document 1"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(document: dict[str, Any], change: Any, says: str, where: str) -> None:
    with pytest.raises(InputError) as raised:
        Proposal.read({**document, **change})
    assert says.lower() in str(raised.value).lower()
    assert where in raised.value.where


def test_a_group_is_named_once(document: dict[str, Any]) -> None:
    document["audience"] = [*document["audience"], document["audience"][0]]
    with pytest.raises(InputError, match="is given twice"):
        Proposal.read(document)


def test_a_proposal_is_a_mapping() -> None:
    with pytest.raises(InputError, match="must be a mapping"):
        Proposal.read(["title"])


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"id": "1", "kind": "individual", "org": "J. Doe", "stance": "oppose"}, "carries no name"),
        ({"id": "1", "kind": "organisation", "stance": "oppose"}, "says which one"),
        ({"id": "1", "kind": "individual", "stance": "angry"}, "'angry' is not a value of 'stance'"),
        ({"id": "1", "kind": "individual", "stance": "oppose", "email": "x"}, "Unknown field 'email'"),
    ],
)
def test_a_response_that_cannot_be_taken_says_why(row: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_all(Response, [row], "responses.yaml")


def test_a_theme_has_either_a_change_or_a_reason_why_not() -> None:
    for both in ({}, {"changed_what": "x", "why_not": "y"}):
        with pytest.raises(InputError, match="either changed_what or why_not"):
            read_all(Consideration, [{"theme": "fear", "response": "Yes.", **both}], "themes.yaml")
    with pytest.raises(InputError, match="at least one entry"):
        read_all(Consideration, read_yaml("[]", "themes.yaml"), "themes.yaml")
