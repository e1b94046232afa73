"""The case file: what a user writes, with errors that point at the field."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest

from answerable.case import parts
from answerable.case.casefile import CaseFile, json_schema, template
from answerable.errors import InputError
from answerable.intel import yardstick
from answerable.intel.held import HeldText
from answerable.policy.catalogue import catalogue

Change = Callable[..., CaseFile]


def test_the_template_is_valid_as_it_stands() -> None:
    casefile = CaseFile.read_text(template())
    assert casefile.judged_at == datetime(2018, 11, 30, 18, tzinfo=UTC)
    assert casefile.asked_window is not None
    assert casefile.asked_window.hours == 4
    assert [report.grade for report in casefile.graded_reports] == ["1A", "2B"]
    assert casefile.proposal().area_name == "Example Estate"


def test_the_template_explains_itself() -> None:
    assert template().count("#") > 20


def test_the_published_schema_is_current(root: Path) -> None:
    published = json.loads((root / "docs" / "schemas" / "casefile.schema.json").read_text(encoding="utf-8"))
    assert published == json_schema(), "write docs/schemas/casefile.schema.json again from casefile.json_schema()"


def test_a_file_may_say_no_more_than_a_title() -> None:
    assert CaseFile.read({"title": "A thought"}).km2 is None


def test_a_case_is_not_opened_without_area_window_and_trigger() -> None:
    with pytest.raises(InputError, match="without area and window and trigger"):
        CaseFile.read({"title": "A thought"}).proposal()


@pytest.mark.parametrize(
    ("changes", "complaint", "where", "hint"),
    [
        ({"trigerr": {}}, "Unknown field 'trigerr'", "field trigerr", "'trigger'"),
        ({"suspect": "somebody"}, "Unknown field 'suspect'", "field suspect", ""),
        ({"support": {"unarmed_unit": True, "armed_oficers": 2, "unarmed_officers": 1}},
         "Unknown field 'armed_oficers'", "field support, field armed_oficers", "'armed_officers'"),
        ({"trigger": {"type": "hunch"}}, "'hunch' is not a value of 'type'", "field trigger, field type", "imminent"),
        ({"window": {"from": "2018-11-30T20:00"}}, "'to' is missing", "field window, field to", ""),
        ({"window": {"from": "2018-12-01T00:00", "to": "2018-11-30T20:00"}}, "end after it starts", "field window", ""),
        ({"window": {"from": "tonight", "to": "2018-12-01T00:00"}}, "not a time", "window, from: tonight", "T20:00"),
        ({"window": {"from": "2018-10-28T01:30", "to": "2018-10-28T05:00"}}, "occurs twice", "window, from", "offset"),
        ({"area": {"name": "x", "place": [51.6, 181]}}, "less than or equal to 84", "field area, place 2", ""),
        ({"area": {"name": "x", "place": [-0.07, 51.6]}}, "place with a radius_m, or a polygon", "field area", ""),
        ({"area": {"name": "x", "polygon": [[0, 51], [0, 51], [0, 51]]}}, "encloses no ground", "polygon", ""),
        ({"judgement": {"probability": 0.6, "term": "highly likely", "ancr": "moderate"}},
         "0.6 is 'likely', not 'highly likely'", "field judgement", ""),
        ({"judgement": {"probability": 1.6, "ancr": "moderate"}}, "less than or equal to 1", "field judgement", ""),
        ({"judgement": {"probability": float("nan"), "ancr": "low"}}, "finite number", "field judgement", ""),
        ({"incident": {"verified": True, "class": "shooting", "occurred_at": "x"}}, "not a time", "incident", ""),
        ({"alternatives": [{"option": "do_nothing"}, {"option": "do nothing"}]}, "given twice", "do_nothing", ""),
        ({"alternatives": [{"option": "pray", "rating": "high"}]}, "not a value of 'option'", "alternative pray", ""),
        ({"title": "x" * 121}, "at most 120 characters", "field title", ""),
        ({"title": None}, "'title' is missing", "field title", ""),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_an_error_at_its_field(
    with_changes: Change, changes: dict[str, Any], complaint: str, where: str, hint: str
) -> None:
    with pytest.raises(InputError) as caught:
        with_changes(**changes)
    assert complaint in caught.value.what
    assert where in caught.value.where
    assert hint in caught.value.fix


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("source", 6, "'6' is not a grade of source"),
        ("information", "F", "'F' is not a grade of information"),
        ("handling", "X", "'X' is not a grade of handling"),
        ("scheme", "5x5x5", "not converted"),
        ("gist", "x" * 281, "at most 280"),
        ("received_at", "yesterday", "not a time"),
        ("officer", "somebody", "Unknown field 'officer'"),
    ],
)
def test_a_report_that_cannot_be_is_an_error_that_names_it(
    with_changes: Change, document: dict[str, Any], field: str, value: Any, complaint: str
) -> None:
    with pytest.raises(InputError) as caught:
        with_changes(reports=[{**document["reports"][0], field: value}])
    assert complaint in caught.value.what
    assert "report R-101" in caught.value.where


def test_an_unknown_time_zone_is_named(with_changes: Change) -> None:
    with pytest.raises(InputError, match=r"not a known time zone\. \(case file, field tz: Europe/Londn\)"):
        with_changes(tz="Europe/Londn")


def test_a_number_between_two_terms_may_be_called_either(with_changes: Change) -> None:
    for term in ("realistic possibility", "likely"):
        assert with_changes(judgement={"probability": 0.52, "term": term, "ancr": "low"}).judgement is not None


def test_a_file_is_not_a_list_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text("- title: x\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"must be a mapping of fields\. \(case\.yaml\)"):
        CaseFile.read_file(path)


def test_times_without_a_zone_mean_the_workspaces_zone() -> None:
    said = {"title": "x", "window": {"from": "2016-12-31T20:00", "to": "2016-12-31T23:00"}}
    casefile = CaseFile.read(said, tz="America/New_York")
    assert casefile.asked_window is not None
    assert casefile.asked_window.start == datetime(2017, 1, 1, 1, tzinfo=UTC)
    assert CaseFile.read({**said, "tz": "UTC"}, tz="America/New_York").tz == "UTC"


def test_a_circle_and_a_polygon_of_the_same_ground_agree(with_changes: Change) -> None:
    circle = with_changes()
    outline = circle.outline()
    assert outline is not None
    ring = [list(point) for point in outline.degrees().exterior.coords]
    polygon = with_changes(area={"name": "Example Estate", "polygon": ring})
    assert circle.km2 == pytest.approx(math.pi * 0.16)
    assert polygon.km2 == pytest.approx(circle.km2, rel=0.01)
    assert polygon.outline() is not None


def test_the_words_of_the_file_are_the_words_of_the_rules() -> None:
    pairs = {
        "trigger.type": parts.TriggerType, "app.limb": parts.Limb, "tests.legal.standard": parts.Standard,
        "tests.extreme.harm": parts.Harm, "incident.class": parts.IncidentClass, "judgement.term": parts.Term,
        "judgement.ancr": parts.Confidence, "alternatives.options": parts.Option, "cia.form": parts.Form,
        "authoriser.function": parts.Function,
    }  # fmt: skip
    for name, words in pairs.items():
        assert tuple(catalogue().facts[name].choices) == get_args(words), name
    assert get_args(parts.Term) == yardstick.terms()


def test_no_field_of_the_file_can_name_a_person() -> None:
    schema = json_schema()
    blocks = [schema, *schema["$defs"].values()]
    names = {name for block in blocks for name in block.get("properties", {})}
    personal = (
        "person",
        "suspect",
        "victim",
        "nominal",
        "ethnic",
        "birth",
        "surname",
        "gang",
        "phone",
        "plate",
        "address",
    )
    assert [name for name in names for word in personal if word in name] == []
    assert all(block["additionalProperties"] is False for block in blocks if "properties" in block)


def test_a_report_written_out_in_a_file_is_held_where_it_looks_like_a_person(document: dict[str, Any]) -> None:
    CaseFile.read(document).hold_identifying()
    report = {**document["reports"][0], "gist": "Call 07700 900123 before going."}
    told = CaseFile.read({**document, "reports": [report, *document["reports"][1:]]})
    with pytest.raises(HeldText, match=r"proposal\.yaml, report R-101, field gist") as caught:
        told.hold_identifying("proposal.yaml")
    assert "07700" not in str(caught.value)
