from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from answerable.present.case_document import STANDINGS, CaseSource, case_document
from answerable.present.document import Document
from answerable.present.document_writers import document_text
from answerable.record.verify import WATERMARKS

ORDER = ["information", "threat", "powers", "options", "action", "ethics", "record"]


@pytest.fixture(scope="module")
def document(whole_case: CaseSource) -> Document:
    return case_document(whole_case)


@pytest.fixture(scope="module")
def text(document: Document) -> str:
    return document_text(document)


def test_the_stages_stand_in_the_order_of_the_national_decision_model(document: Document) -> None:
    assert [section.key for section in document.sections] == ORDER
    assert [s.heading[0] for s in document.sections[:5]] == list("12345")


def test_the_status_of_the_rules_is_said_wherever_they_are_named(text: str) -> None:
    assert text.count("example") >= 2
    assert "uk.armed_patrol@1 (status: example)" in text


def test_probabilities_are_frequencies_with_their_base_rate(text: str) -> None:
    assert "60 in 100 (likely or probable)" in text
    assert "41 in 100 (realistic possibility)" in text
    assert "A random place and time of this size: 1 in 830 (remote chance)" in text


def test_a_fact_that_is_not_known_is_told_apart_from_one_that_fails(document: Document) -> None:
    threat = json.dumps(document.sections[1].as_json())
    assert "NOT KNOWN" in threat
    assert "FAILS" not in threat


def test_dissent_is_told_unedited_and_beside_its_answer(text: str) -> None:
    assert "We fear for the young.\n<b>Nobody</b> told the school." in text
    assert "The head teacher was called." in text
    assert "what changed: route and start" in text


def test_who_did_not_reply_is_told_as_not_consulted(text: str) -> None:
    assert "Local commander" in text
    assert text.count("NOT CONSULTED") >= 2


def test_an_overdue_referral_and_an_overdue_duty_are_told(text: str) -> None:
    assert re.search(r"organised crime drivers +specialist crime .* OVERDUE", text)
    assert text.count("OVERDUE") == 2


def test_the_same_officer_hours_spent_otherwise_stand_beside_the_evidence(text: str) -> None:
    assert "6 officers (2 of them armed) for 4 h, 24 officer-hours" in text
    schools = (
        r"Option: schools or youth engagement\s+Evidence: no clear evidence\s+One unit of it: an afternoon in a school"
    )
    assert re.search(schools + r"\s+Officer-hours each: 6\s+With the same hours: 4 of them", text)
    nothing = (
        r"Option: do nothing\s+Evidence: not studied\s+One unit of it: not stated\s+Officer-hours each: not stated"
    )
    assert re.search(nothing + r"\s+With the same hours: not worked out", text)
    assert "Equal hours are not equal good" in text


def test_the_log_is_told_in_the_order_things_happened_with_its_dosage(text: str) -> None:
    assert text.index("20:05 GMT") < text.index("20:10 GMT")
    assert "Officer-minutes on the ground: 70" in text
    assert "Entered late" in text


def test_cannot_tell_is_an_answer_beside_its_measures(text: str) -> None:
    assert "It cannot be told." in text
    assert "2 (0 to 7) incidents. Too few to tell." in text
    assert "Not asked." in text


def test_grades_are_told_with_their_meaning_and_the_picture_step_by_step(text: str) -> None:
    assert re.search(r"1A +reliable +known directly to the source", text)
    assert re.search(r"Forecast +By long_run. +2.5 +3 in 1,000", text)
    assert "R-102: It names no place." in text


def test_offices_are_named_and_never_persons(document: Document) -> None:
    said = document.json().decode()
    assert "person" not in json.loads(said)["about"]
    assert "account" not in said.replace("accountab", "").replace("To account", "")


def test_every_entry_stands_in_the_record_with_a_way_to_check_it(document: Document) -> None:
    record = document.sections[-1].as_json()
    rows = record["parts"][0]["blocks"][1]["rows"]
    assert len(rows) == 14
    assert "answerable record verify proofs/14.tlog-proof --policy log-policy" in json.dumps(record)
    assert "does not show that the statement is true" in json.dumps(record)


def test_a_blocked_case_says_what_would_change_it_and_what_it_does_not_limit(
    case_of: Callable[..., CaseSource],
) -> None:
    blocked = case_document(case_of(keep=6, state="CONSULTED"))
    summary = json.dumps([block.as_json() for block in blocked.summary])
    assert "Blocked by AP26. This does not limit armed response under APP" in summary
    assert "AP26: It would hold if" in summary


def test_a_case_that_moved_on_after_a_block_no_longer_leads_with_it(document: Document) -> None:
    summary = json.dumps([block.as_json() for block in document.summary])
    assert "Blocked by" not in summary
    assert "This does not limit armed response" in summary


@pytest.mark.parametrize("keep", range(1, 15))
def test_a_case_can_be_written_at_every_moment_of_its_life(case_of: Callable[..., CaseSource], keep: int) -> None:
    assert document_text(case_document(case_of(keep=keep, state="ACTIVE")))


def test_every_state_a_case_can_be_in_has_its_words() -> None:
    from answerable.case.state import State

    assert {str(state) for state in State} - {"NEW"} == set(STANDINGS)


def test_a_simulated_case_carries_its_mark_and_a_real_one_no_watermark(case_of: Callable[..., CaseSource]) -> None:
    simulated, real = (case_document(case_of(kind=kind)) for kind in ("simulated", "real"))
    assert (simulated.mark, simulated.faint) == (WATERMARKS["simulated"], "SIMULATED")
    assert real.faint == ""
