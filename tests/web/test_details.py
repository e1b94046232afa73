"""What an entry says beyond its name: every kind in plain words, and nothing in it can break a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.case.machine import TRANSITIONS
from answerable.case.state import State
from answerable.web.pages.blocks import say
from answerable.web.pages.case_words import ENTRIES, MEANINGS, NAMES, TONES
from answerable.web.pages.details import _KINDS, details

UNDATED = {"open", "submit", "consult", "picture", "adopt", "renew", "repeal", "blocked"}


def told(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The blocks of an entry by their headings, without the headings."""
    return {block.pop("heading"): next(iter(block.values())) for block in details(kind, data)}


def test_every_kind_of_entry_that_the_machine_makes_has_a_name_and_a_meaning() -> None:
    for kind in (*TRANSITIONS, "blocked"):
        name, means = ENTRIES[kind]
        assert name
        assert means.endswith(".")
    assert set(ENTRIES) - UNDATED == set(_KINDS)


def test_every_state_has_a_meaning_and_a_tone() -> None:
    states = {str(state).lower() for state in State} - {"new"}
    assert states | {"blocked"} == set(MEANINGS)
    assert states - set(TONES) == {"draft", "submitted", "assessed", "consulted"}
    assert set(NAMES) <= states | {"blocked"}


def test_advice_against_is_shown_unedited_and_said_to_need_an_answer() -> None:
    text = "We object.\n  Not like this.  "
    shown = told(
        "advise", {"number": 1, "adviser": "iag_contact", "stance": "object", "text": text, "needs_answer": True}
    )
    assert shown["Who was asked"] == ["The independent advisory group advises against it."]
    assert shown["The advice, unedited"]["text"] == text
    assert "answered" in shown["What it takes"][0]


def test_an_adviser_who_did_not_reply_is_shown_as_not_consulted() -> None:
    shown = told("advise", {"number": 2, "adviser": "pcc_liaison", "stance": "no_reply"})
    assert shown == {
        "Who was asked": ["The police and crime commissioner was NOT CONSULTED: asked, and no reply came in time."]
    }


def test_words_that_an_adviser_keeps_back_are_said_to_be_kept_back() -> None:
    shown = told("advise", {"number": 3, "adviser": "local_commander", "stance": "support", "published": False})
    assert "did not ask" in shown["The advice"][0]


def test_offices_that_were_never_reached_stand_in_the_decision() -> None:
    shown = told("authorise", {"not_consulted": ["local_commander"], "ends_at": "2018-11-30T20:00:00Z"})
    assert shown["NOT CONSULTED"] == ["The local commander: no advice of theirs was in the record then."]
    assert shown["Limits"] == [["Ends by itself at", {"at": "2018-11-30T20:00:00Z"}]]


def test_tactical_advice_that_only_the_case_file_tells_of_is_said_to_be_that() -> None:
    (said,) = told("authorise", {"not_consulted": ["tactical_adviser"]})["NOT CONSULTED"]
    assert said.startswith("The tactical adviser: no advice of their own was in the record then;")
    assert "what the case file says" in said


@pytest.mark.parametrize(
    ("start_by", "shown"),
    [
        ("2018-12-01T06:10:00Z", "2018-12-01T00:00:00Z"),
        ("2018-11-30T22:00:00Z", "2018-11-30T22:00:00Z"),
        ("", None),
        (7, "7"),
    ],
)
def test_the_time_to_start_is_no_later_than_the_end(start_by: Any, shown: str | None) -> None:
    limits = dict(told("authorise", {"ends_at": "2018-12-01T00:00:00Z", "start_by": start_by})["Limits"])
    said = limits.get("Ends unless started by")
    assert (said["at"] if isinstance(said, dict) else said) == shown


def test_the_margin_has_one_name_wherever_it_is_shown() -> None:
    from answerable.web.pages.evaluation import _PLAN
    from answerable.web.pages.staff_decisions import _PLAN as FORM

    rows = dict(
        told("authorise", {"evaluation_plan": {"margin": "A fall of five points"}})[
            "How it will be evaluated, fixed beforehand"
        ]
    )
    asked = next(one.label for one in FORM if one.name == "margin")
    assert list(rows) == [asked] == ["What would count against it"]
    assert asked in _PLAN


def test_an_urgent_authority_shows_until_when_it_must_be_ratified_and_how_it_was_assessed() -> None:
    shown = told("urgent", {"ratify_by": "2018-11-30T20:00:00Z", "judgement": {"probability": 0.3, "ancr": "low"}})
    assert ["Ends unless ratified by", {"at": "2018-11-30T20:00:00Z"}] in shown["Limits"]
    assert ["Confidence in it", "low"] in shown["How likely serious violence was thought to be"]


def test_reports_are_shown_by_their_grades_in_words_and_another_scheme_s_as_they_are() -> None:
    assert told("assess", {"grades": ["1A", "3E", "B22", ""]})["Graded reports, by their grades alone"] == [
        "1A: source reliable, information known directly",
        "3E: source not reliable, information suspected to be false",
        "B22",
        "",
    ]


def test_the_judgement_stands_beside_the_picture_and_its_base_rate() -> None:
    data = {
        "judgement": {"probability": 0.6, "ancr": "moderate", "gap_reasons": "A report that the model cannot see."},
        "picture": {"probability": 0.12, "low": 0.05, "high": 0.24, "base_rate": 0.004},
    }
    (rows,) = told("assess", data).values()
    assert [value for _, value in rows] == [
        "60 in 100 (likely or probable)",
        "moderate",
        "A report that the model cannot see.",
        "12 in 100 (highly unlikely)",
        "5 in 100 to 24 in 100",
        "4 in 1,000 (remote chance)",
    ]


def test_an_alternative_set_aside_shows_who_it_was_passed_on_to_and_by_when() -> None:
    row = {
        "option": "focused_deterrence",
        "rating": "promising",
        "referred_to": {"owner": "community_safety", "due": "x"},
    }
    (table,) = told("assess", {"alternatives": [row]}).values()
    assert table["head"] == ["Alternative", "Evidence for it", "Passed on to", "By"]
    assert table["rows"] == [["Focused deterrence", "promising", "The community safety", "x"]]


def test_an_ending_without_reasons_says_that_none_were_needed() -> None:
    for kind in ("end", "revoke", "withdraw"):
        assert "Ending takes none" in told(kind, {"reasons": ""})["Reasons"][0]
        assert told(kind, {"reasons": "Over."})["Reasons given"]["text"] == "Over."


def test_a_log_marks_what_was_entered_late_or_happened_outside_the_authority() -> None:
    entries = [
        {"at": "2018-11-30T20:00:00Z", "kind": "weapon_drawn", "late": True, "outside_authority": True},
        {"at": "2018-11-30T20:05:00Z", "kind": "static"},
    ]
    (table,) = told("log", {"entries": entries}).values()
    assert table["head"] == ["When", "What", "Marked"]
    assert table["rows"][0][1:] == ["Weapon drawn", "entered late, OUTSIDE THE AUTHORITY"]
    assert table["rows"][1][1:] == ["Static", ""]


@pytest.mark.parametrize(
    ("verdict", "words"), [("cannot_tell", "usual answer"), ("fell", "does not show"), ("rose", "does not show")]
)
def test_a_verdict_never_claims_that_the_deployment_did_it(verdict: str, words: str) -> None:
    assert words in told("evaluate", {"verdict": verdict})["Verdict"][0]


def test_a_measure_is_shown_with_its_interval() -> None:
    measures = {
        "fear": {"says": "No change", "estimate": 0.1, "low": -0.2, "high": 0.4, "unit": "points"},
        "cost": {"says": "Not measured"},
    }
    table = told("evaluate", {"verdict": "cannot_tell", "measures": measures})["What was measured"]
    assert table["rows"] == [["Fear", "No change (0.1 points)", "-0.2 to 0.4 points"], ["Cost", "Not measured", ""]]


def test_a_record_that_leaves_nothing_out_says_so() -> None:
    assert told("close", {"redactions": []}) == {"Left out of the public record": ["Nothing."]}


def test_zero_and_no_are_said_and_not_left_out() -> None:
    shown = told("debrief", {"ho": {"operations": 1, "arv": False, "discharges": 0}, "under_18_contacts": 0})
    assert [value for _, value in shown["As the national return counts it"]] == ["1", "no", "0"]
    assert shown["Children"] == [["Contacts with under-18s", "0"]]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("2018-11-30T20:00:00Z"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["grades", "judgement", "picture", "support", "alternatives", "community_impact", "equality_impact", "stance",
     "text", "adviser", "number", "not_consulted", "conditions", "evaluation_plan", "ends_at", "checks", "outcome",
     "entries", "option", "dosage", "counts", "flags", "ho", "verdict", "measures", "limits", "redactions", "reasons"]
)  # fmt: skip


@given(st.sampled_from(sorted(_KINDS)), st.dictionaries(FIELDS, JUNK, max_size=6))
def test_whatever_stands_in_an_entry_its_blocks_are_whole(kind: str, data: dict[str, Any]) -> None:
    for block in details(kind, data):
        assert isinstance(block["heading"], str)
        assert len({"rows", "items", "quote", "table"} & set(block)) == 1
        for row in block.get("rows", ()):
            assert len(row) == 2
        for row in block.get("table", {}).get("rows", ()):
            assert len(row) == len(block["table"]["head"])


@given(JUNK)
def test_a_value_is_said_as_text_or_as_an_instant(value: Any) -> None:
    shown = say(value)
    assert isinstance(shown, str) or set(shown) == {"at"}


@pytest.mark.parametrize(
    ("kind", "heading", "data", "said"),
    [
        ("community_impact", "Impact on the community", {"form": "full", "tension": 3}, "full"),
        ("equality_impact", "Impact on equality", {"summary": "No group is worse off."}, "No group is worse off."),
    ],
)
def test_an_impact_assessment_handed_in_by_its_author_is_told(
    kind: str, heading: str, data: dict[str, Any], said: str
) -> None:
    shown = told(kind, {kind: data})
    assert list(shown) == [heading]
    assert said in str(shown[heading])


def test_how_officers_are_seen_is_public_and_a_vehicle_is_no_foot_patrol() -> None:
    asked = dict(
        told("assess", {"support": {"modality": "vehicle_standby", "unarmed_unit": True}})["The support asked for"]
    )
    assert asked["How armed officers would stand by"] == "Vehicle standby"
    counted = dict(
        told("debrief", {"counts": {"foot_patrol": 2}, "ho": {"operations": 1, "arv": True}})[
            "As the national return counts it"
        ]
    )
    assert counted["Armed response vehicle"] == "yes"
    logged = dict(told("debrief", {"counts": {"foot_patrol": 2}, "ho": {"arv": True}})["What was logged, counted"])
    assert len(logged) == 1
    assert list(logged.values()) == ["2"]
