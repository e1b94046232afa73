"""The file of reports: every wrong thing has its error, and no error repeats what stood in the file."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.intel.document import from_document, json_schema, read_report, to_document
from answerable.intel.held import HeldText

AT = datetime(2018, 11, 30, 18, tzinfo=UTC)
SOUND: dict[str, Any] = {
    "ref": "R-101", "source": 1, "information": "A", "handling": "P", "origin_key": "k-7f31",
    "received_at": "2018-11-30T14:00", "event_window": {"from": "2018-11-30T20:00", "to": "2018-12-01T00:00"},
    "place": {"name": "Example Estate", "place": [-0.0705, 51.6012], "radius_m": 400},
    "gist": "Reprisal shooting expected on the estate this evening.", "originator": "desk 1", "evaluator": "desk 2",
}  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*SOUND, "x"]), inner, max_size=5),
    max_leaves=20,
)


def read(**changes: Any) -> Any:
    document = {name: value for name, value in {**SOUND, **changes}.items() if value != "left out"}
    return read_report(document, tz="Europe/London", at=AT, where="row 3")


def test_a_sound_report_is_read_and_written_back() -> None:
    full = read(
        handling="C", conditions=["Not beyond the borough."], derived_from=["R-7"], public_text="A threat.",
        hypotheses=[{"tag": "feud", "provenance": "R-7"}], expires_at="2018-12-01T06:00", retention_until="2019-06-01",
    )  # fmt: skip
    assert from_document(to_document(full)) == full
    changed = full.regraded("2", "C", at=AT, evaluator="desk 3", reason="Only heard of.")
    assert from_document(to_document(changed)) == changed
    assert full.hypotheses[0].tag == "feud"


def test_a_report_expires_with_its_window_and_goes_after_a_year_unless_it_says_otherwise() -> None:
    made = read()
    assert made.expires_at == made.event_window.end
    assert (made.retention_until - made.received_at).days == 365
    lasting = read(event_window=None)
    assert (lasting.expires_at - lasting.received_at).total_seconds() == 72 * 3600


@pytest.mark.parametrize(
    ("changes", "complaint", "where"),
    [
        ({"place": "left out"}, "without a place is about nowhere", "field place"),
        ({"place": None}, "without a place is about nowhere", "field place"),
        ({"place": {"name": "x", "place": [-0.07, 51.6], "radius_m": 10}}, "points at a household", "field place"),
        ({"place": {"name": "x", "place": [-0.07, 91], "radius_m": 100}}, "less than or equal to 84", "field place"),
        ({"received_at": "2018-12-30T14:00"}, "dated in the future", "row 3"),
        ({"received_at": "yesterday"}, "not a time", "field received_at"),
        ({"source": "6"}, "'6' is not a grade of source", "field source"),
        ({"source": 6}, "'6' is not a grade of source", "field source"),
        ({"information": "6"}, "'6' is not a grade of information", "field information"),
        ({"scheme": "5x5x5"}, "not converted", "field source"),
        ({"handling": "C"}, "none is stated", "field conditions"),
        ({"suspect": "x"}, "Unknown field 'suspect'", "row 3"),
        ({"place": {"name": "x", "street": "y", "place": [0, 51], "radius_m": 100}}, "Unknown field 'street'", "row 3"),
        ({"gist": "left out"}, "'gist' is missing", "field gist"),
        ({"gist": "x" * 281}, "at most 280", "field gist"),
        ({"origin_key": ""}, "at least 1", "field origin_key"),
        ({"ref": "two words"}, "should match pattern", "field ref"),
        ({"evaluator": "desk 1"}, "not who brought it", "originator and evaluator"),
        ({"event_window": {"from": "2018-12-02", "to": "2018-12-01"}}, "end after it starts", "row 3"),
        ({"expires_at": "2018-11-01"}, "end before it was received", "field expires_at"),
    ],
)
def test_what_is_wrong_has_its_own_error(changes: dict[str, Any], complaint: str, where: str) -> None:
    with pytest.raises(InputError, match=complaint) as caught:
        read(**changes)
    assert where in caught.value.where
    assert "row 3" in caught.value.where


@pytest.mark.parametrize(
    "changes",
    [
        {"gist": "John Doe will bring a gun."},
        {"public_text": "Call 07700 900123."},
        {"ref": "J.Doe"},
        {"origin_key": "john.doe@example.org"},
        {"originator": "PC Placeholder"},
        {"evaluator": "Mr Placeholder"},
        {"handling": "C", "conditions": ["Ask John Doe."]},
        {"derived_from": ["John-Paul"]},
        {"place": {"name": "14 Example Road", "place": [-0.07, 51.6], "radius_m": 100}},
        {"hypotheses": [{"tag": "feud of John Doe", "provenance": "R-7"}]},
        {"hypotheses": [{"tag": "feud", "provenance": "John Doe"}]},
    ],
)
def test_text_about_a_person_is_held_in_every_field_and_never_said_again(changes: dict[str, Any]) -> None:
    with pytest.raises(HeldText, match="Held for the evaluator") as caught:
        read(**changes)
    for held in ("Doe", "doe", "Placeholder", "900123", "Example Road"):
        assert held not in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "John Doe"}, {"information": "John Doe"}, {"handling": "John Doe"}, {"scheme": "John Doe"},
        {"received_at": "John Doe"}, {"event_window": {"from": "John Doe", "to": "John Doe"}}, {"John Doe": 1},
        {"place": "John Doe"}, {"conditions": "John Doe"}, {"gist": ["John Doe"]}, {"expires_at": "John Doe"},
    ],
)  # fmt: skip
def test_no_error_repeats_what_stood_in_a_wrong_field(changes: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        read(**changes)
    assert "Doe" not in str(caught.value)
    assert caught.value.__cause__ is None or "Doe" not in str(caught.value.__cause__)


def test_an_evaluator_can_clear_a_name_that_is_none_and_nothing_else() -> None:
    names = {**SOUND, "gist": "Trouble expected at Kieran Point tonight, near Sarah Siddons Gate."}
    document = {**SOUND, "gist": "Trouble expected where the Kieran flows tonight."}
    with pytest.raises(HeldText):
        read_report(document, tz="UTC", at=AT)
    assert read_report(document, tz="UTC", at=AT, cleared=True).gist == document["gist"]
    with pytest.raises(HeldText, match="telephone"):
        read_report({**names, "gist": "Call 07700 900123."}, tz="UTC", at=AT, cleared=True)


@given(ANYTHING)
def test_anything_else_is_an_error_with_a_name(document: Any) -> None:
    with pytest.raises(InputError):
        read_report(document, tz="UTC", at=AT)


def test_the_published_schema_is_the_programs(root: Path) -> None:
    published = json.loads((root / "docs" / "schemas" / "intel.schema.json").read_text(encoding="utf-8"))
    assert published == json_schema(), "write docs/schemas/intel.schema.json again from intel.document.json_schema()"
