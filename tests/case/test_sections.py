"""What an event publishes of a case file, how its reasons are compared, and how its alternatives are rated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import pytest

from answerable.case import parts
from answerable.case.casefile import CaseFile
from answerable.case.copied import most_alike, rationale
from answerable.case.machine import Case
from answerable.case.sections import public_sections
from answerable.errors import InputError
from answerable.policy.alternatives import alternatives

Change = Callable[..., CaseFile]
Walk = Callable[..., Case]


def test_reports_are_published_as_grades_and_reasons_not_at_all(with_changes: Change, document: dict[str, Any]) -> None:
    sections = public_sections(with_changes())
    assert sections["grades"] == ["1A", "2B"]
    said = str(sections)
    for private in ("R-101", "k-7f31", document["reports"][0]["gist"], document["tests"]["extreme"]["reasons"],
                    document["consultation"]["iag"]["reply"]):  # fmt: skip
        assert private not in said


def test_times_are_published_in_utc(with_changes: Change, document: dict[str, Any]) -> None:
    changes = {
        "alternatives": [
            {"option": "organised_crime_drivers", "referral": {"owner": "Command", "due": "2019-06-01T12:00"}}
        ],
        "authorisation": {**document["authorisation"], "oral_at": "2018-11-30T17:40"},
        "extension": {"ends_at": "2018-12-01T02:00"},
        "closing": {"redactions": [{"field": "log.cell", "reason_code": "foi 31", "review_at": "2019-06-01T12:00"}]},
        "community_impact": {"form": "full", "reviewed": {"at": "2018-06-01T12:00", "text": "Calm."}},
    }
    sections = public_sections(with_changes(**changes))
    assert sections["alternatives"][0]["referred_to"] == {"owner": "Command", "due": "2019-06-01T11:00:00Z"}
    assert sections["authorisation"]["oral_at"] == "2018-11-30T17:40:00Z"
    assert sections["extension"] == {"ends_at": "2018-12-01T02:00:00Z"}
    assert sections["closing"]["redactions"][0]["review_at"] == "2019-06-01T11:00:00Z"
    assert sections["community_impact"]["reviewed"]["at"] == "2018-06-01T11:00:00Z"


def test_what_a_file_leaves_out_is_not_published_as_empty() -> None:
    assert public_sections(CaseFile.read({"title": "A thought"})) == {"grades": []}


def test_a_judgement_is_published_with_its_term(with_changes: Change) -> None:
    sections = public_sections(with_changes(judgement={"probability": 0.52, "ancr": "low"}))
    assert sections["judgement"] == {
        "probability": 0.52, "term": "realistic_possibility", "ancr": "low", "gap_reasons": "",
    }  # fmt: skip


def test_every_option_has_its_rating_in_the_catalogue() -> None:
    known = alternatives()
    tactic = {name for name, one in known.items() if one.the_tactic_itself}
    assert set(get_args(parts.Option)) == set(known) - tactic
    assert {one.rating for one in known.values()} <= set(get_args(parts.Rating))


def test_a_rating_that_is_not_the_catalogues_names_both(with_changes: Change) -> None:
    with pytest.raises(InputError) as caught:
        with_changes(alternatives=[{"option": "schools_or_youth_engagement", "rating": "high"}])
    assert "'high' here and 'no clear evidence' in the catalogue" in caught.value.what
    assert "alternative schools_or_youth_engagement" in caught.value.where


def test_a_rating_left_out_is_published_from_the_catalogue(with_changes: Change) -> None:
    sections = public_sections(with_changes(alternatives=[{"option": "cctv"}]))
    assert sections["alternatives"] == [{"option": "cctv", "why_insufficient": "", "rating": "low"}]


def test_the_most_alike_of_earlier_cases_is_found(with_changes: Change) -> None:
    text = rationale(with_changes())
    assert "Two independent origins expect a reprisal shooting" in text
    earlier = {"2018-0001": "Nothing like it at all, in any of its words.", "2018-0002": text.upper()}
    assert most_alike(text, earlier) == ("2018-0002", 1.0)
    assert most_alike(text, {"2018-0001": earlier["2018-0001"]}) == ("", 0.0)
    assert most_alike(text, {}) == ("", 0.0)
    assert rationale(CaseFile.read({"title": "A thought"})) == ""


@pytest.mark.parametrize(
    ("changes", "what", "where"),
    [
        ({"community_impact": {"form": "rapid", "tension": 7}}, "less than or equal to 6", "tension"),
        ({"equality_impact": {"done": True, "characteristics": {"height": "x"}}}, "", "equality_impact"),
        ({"evaluation": {"verdict": "prevented"}}, "'prevented' is not a value of 'verdict'", "evaluation"),
        ({"evaluation": {"verdict": "fell", "measures": {"fear": {"says": "x", "estimate": 1}}}}, "interval", "fear"),
        ({"evaluation": {"verdict": "fell", "measures": {"fear": {"says": "x", "low": 2, "estimate": 1, "high": 3}}}},
         "interval", "fear"),
        ({"review": {"outcome": "pause"}}, "'pause' is not a value of 'outcome'", "review"),
        ({"extension": {"ends_at": "later"}}, "not a time", "extension, ends_at: later"),
        ({"closing": {"redactions": [{"field": "log", "review_at": "some day"}]}}, "not a time", "redaction log"),
        ({"closing": {"redactions": [{"field": "log", "reason_code": "secret"}]}}, "'secret'", "closing"),
        ({"alternatives": [{"option": "cctv", "referral": {"owner": "x", "due": "soon"}}]}, "not a time", "cctv"),
        ({"support": {"unarmed_unit": True, "armed_officers": 1, "unarmed_officers": 1, "modality": "tank"}},
         "'tank' is not a value of 'modality'", "support"),
        ({"authorisation": {"function": "sfc", "accredited": True, "investigator": False, "oral_at": "x"}},
         "not a time", "oral_at"),
        ({"debrief": {"flags": {"shots": True}}}, "Unknown field 'shots'", "debrief, field flags"),
    ],
)  # fmt: skip
def test_a_later_section_that_does_not_fit_is_an_error_at_its_field(
    with_changes: Change, changes: dict[str, Any], what: str, where: str
) -> None:
    with pytest.raises(InputError) as caught:
        with_changes(**changes)
    assert what in caught.value.what
    assert where in caught.value.where


def test_a_report_place_as_small_as_a_household_is_refused(with_changes: Change, document: dict[str, Any]) -> None:
    home = {"name": "A door", "place": [-0.07, 51.6], "radius_m": 5}
    with pytest.raises(InputError) as caught:
        with_changes(reports=[{**document["reports"][0], "place": home}])
    assert "household" in caught.value.what
    assert "report R-101" in caught.value.where


def test_the_purposes_that_were_stated_are_published_with_the_assessment(walk: Walk) -> None:
    assert walk("open", "submit", "assess").events[-1].data["purposes"] == ["public_safety", "officer_safety"]
