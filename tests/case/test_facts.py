"""Facts from a case file, and the reference's vignettes told as case files."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from answerable.case.casefile import CaseFile
from answerable.case.facts import FIRST_CASE, facts_of, gap_bands
from answerable.errors import InputError
from answerable.policy.catalogue import catalogue
from answerable.policy.evaluate import evaluate, next_step
from answerable.policy.pack import Pack

Change = Callable[..., CaseFile]
STANDBY = {"unarmed_unit": True, "modality": "vehicle_standby"}
ASSAULT = {"verified": True, "class": "homicide", "occurred_at": "2018-11-30T16:00"}


def blocked(pack: Pack, casefile: CaseFile, now: datetime, until: str = "authorise") -> list[str]:
    facts = facts_of(casefile, now, FIRST_CASE)
    steps = ("urgent",) if until == "urgent" else ("submit", "assess", "consult", "authorise")
    return sorted({rule for step in steps for rule in evaluate(pack, facts, step).blocked_by})


def reports(document: dict[str, Any], *changes: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**report, **change} for report, change in zip(document["reports"], changes, strict=True)]


def test_a_sound_file_settles_every_fact_but_those_of_the_workspace(with_changes: Change, now: datetime) -> None:
    facts = facts_of(with_changes(), now)
    unsettled = {name for name in catalogue().facts if facts.get(name) is None}
    later = ("start.", "extend.", "debrief.", "evaluate.", "close.", "incident.")
    assert {name for name in unsettled if not name.startswith(later)} == {
        *(name for name in FIRST_CASE if not name.startswith(later)), "authoriser.chief_officer",
        "judgement.gap_bands", "judgement.change_explained",
    }  # fmt: skip
    assert (facts["window.hours"], facts["review.hours"], facts["start.within_h"]) == (4.0, 2.0, 2.0)
    assert facts["area.km2"] == pytest.approx(0.503, abs=0.001)
    assert facts["support.armed_share"] == pytest.approx(1 / 3)


def test_a_bare_file_settles_nothing_but_what_is_absent(now: datetime) -> None:
    facts = facts_of(CaseFile.read({"title": "A thought"}), now)
    known = {name: value for name, value in facts.items() if value is not None}
    assert known == {
        "intel.reports": 0, "intel.independent_origins": 0, "intel.usable_origins": 0, "intel.strong_origins": 0,
        "forecast.given": False, "forecast.sole_basis": False, "decision.urgent": False,
        "reasons.copy_explained": False,
    }  # fmt: skip


def test_v1_a_forecast_of_a_friday_night_without_reports(with_changes: Change, pack: Pack, now: datetime) -> None:
    for trigger in ("imminent_intel", "forecast"):
        casefile = with_changes(reports=None, trigger={"type": trigger, "refs": ["top cell"]})
        assert {"AP05", "AP08"} <= set(blocked(pack, casefile, now))


@pytest.mark.parametrize("probability", [0.003, 0.5, 0.999])
def test_a_forecast_alone_is_blocked_however_high(
    with_changes: Change, pack: Pack, now: datetime, probability: float
) -> None:
    forecast = {"model": "long_run", "probability": probability, "base_rate": 0.001}
    assert "AP08" in blocked(pack, with_changes(reports=None, forecast=forecast), now)


def test_v2_two_reports_from_one_post(
    with_changes: Change, pack: Pack, document: dict[str, Any], now: datetime
) -> None:
    weak = {"source": 2, "information": "C"}
    echoes = with_changes(reports=reports(document, weak, {**weak, "derived_from": ["R-101"]}))
    # Without a well-graded report there is no place that the area could lie in either.
    assert blocked(pack, echoes, now) == ["AP05", "AP35"]
    same_origin = with_changes(reports=reports(document, weak, {**weak, "origin_key": "k-7f31"}))
    assert blocked(pack, same_origin, now) == ["AP05", "AP35"]
    graded_well = with_changes(reports=reports(document, {}, {"derived_from": ["R-101"]}))
    assert blocked(pack, graded_well, now) == ["AP05"]


def test_v3_independent_reports_of_a_reprisal_may_proceed_to_consult(
    with_changes: Change, pack: Pack, now: datetime
) -> None:
    facts = facts_of(with_changes(consultation=None), now, FIRST_CASE)
    assert evaluate(pack, facts, "submit").holds
    assert evaluate(pack, facts, "assess").holds
    assert next_step(pack, facts) == "consult"


def test_v4_as_v3_with_a_second_report_suspected_false(
    with_changes: Change, pack: Pack, document: dict[str, Any], now: datetime
) -> None:
    casefile = with_changes(reports=reports(document, {}, {"information": "E"}))
    assert blocked(pack, casefile, now) == ["AP05"]


def test_v6_nine_hours_after_a_shooting(with_changes: Change, pack: Pack, now: datetime) -> None:
    casefile = with_changes(
        trigger={"type": "serious_assault_response", "refs": ["CAD-1"]}, incident=ASSAULT,
        reports=None, judgement=None, forecast=None,
    )  # fmt: skip
    assert blocked(pack, casefile, now) == []
    assert blocked(pack, casefile, now + timedelta(hours=7)) == ["AP07"]


def test_v7_reassurance_at_a_carnival(with_changes: Change, pack: Pack, now: datetime) -> None:
    casefile = with_changes(
        trigger={"type": "reassurance"}, reports=None, forecast=None, judgement=None,
        tests={"legal": {"answer": False}, "extreme": {"answer": False, "harm": "none"}},
    )  # fmt: skip
    assert {"AP01", "AP04"} <= set(blocked(pack, casefile, now))
    assert next_step(pack, facts_of(casefile, now, FIRST_CASE)) == "submit"


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"window": {"from": "2018-11-30T20:00", "to": "2018-12-03T20:00"}}, ["AP15"]),
        ({"area": {"name": "Half the borough", "place": [-0.07, 51.6], "radius_m": 2000}}, ["AP15", "AP35"]),
        ({"recurring": True}, ["AP20"]),
        ({"support": {**STANDBY, "armed_officers": 2, "unarmed_officers": 0}}, ["AP09"]),
        ({"support": {**STANDBY, "armed_officers": 3, "unarmed_officers": 3}}, []),
        ({"support": {**STANDBY, "armed_officers": 2, "unarmed_officers": 4, "modality": "foot"}}, ["AP30"]),
        ({"alternatives": None}, ["AP10", "AP34"]),
        ({"evaluation_plan": {"outcome": "violence", "horizon_days": 28, "margin": "5 points"}}, ["AP29"]),
        ({"equality_impact": {"done": True, "summary": "Considered."}}, ["AP12"]),
        ({"area": {"name": "Another estate", "place": [-0.0605, 51.6012], "radius_m": 400}}, ["AP35"]),
        ({"app": {"limb": "specific_operation"}}, ["AP02"]),
        ({"community_impact": {"form": "rapid", "full_within_h": 24}}, ["AP11"]),
        ({"alternatives": []}, ["AP10"]),
        ({"judgement": {"probability": 0.52, "term": "likely", "ancr": "high"}}, ["AP06"]),
    ],
)
def test_each_promise_of_2018_can_stop_a_case(
    with_changes: Change, pack: Pack, now: datetime, changes: dict[str, Any], rules: list[str]
) -> None:
    assert blocked(pack, with_changes(**changes), now) == rules


def test_facts_grow_old_with_the_clock(with_changes: Change, pack: Pack, now: datetime) -> None:
    assert blocked(pack, with_changes(), now) == []
    assert blocked(pack, with_changes(), now + timedelta(hours=26)) == ["AP05"]


def test_what_the_workspace_adds_is_checked_too(with_changes: Change, now: datetime) -> None:
    with pytest.raises(InputError, match="Unknown fact"):
        facts_of(with_changes(), now, {"rarity": "none"})


def test_an_incident_from_the_future_is_refused(with_changes: Change, now: datetime) -> None:
    later = {**ASSAULT, "occurred_at": "2018-11-30T18:30"}
    with pytest.raises(InputError, match="incident is dated in the future"):
        facts_of(with_changes(incident=later), now)


def test_facts_of_a_case_take_no_time(with_changes: Change, now: datetime) -> None:
    casefile = with_changes()
    facts_of(casefile, now)
    start = time.perf_counter()
    for _ in range(20):
        facts_of(casefile, now)
    assert (time.perf_counter() - start) / 20 < 0.02


def test_the_gap_between_judgement_and_picture_is_counted_in_bands() -> None:
    assert [gap_bands(0.6, other) for other in (0.7, 0.85, 0.97, 0.45, 0.3, 0.01)] == [0, 1, 2, 1, 2, 4]
    assert gap_bands(0.52, 0.6) == gap_bands(0.52, 0.45) == 0
    with pytest.raises(ValueError, match="between 0 and 1"):
        gap_bands(1.2, 0.5)


def test_a_long_term_alternative_set_aside_needs_an_owner_and_a_date(
    with_changes: Change, document: dict[str, Any], now: datetime
) -> None:
    def with_referral(referral: Any) -> Any:
        others = [one for one in document["alternatives"] if one["option"] != "organised_crime_drivers"]
        drivers = {"option": "organised_crime_drivers", "why_insufficient": "Slow.", "referral": referral}
        facts = facts_of(with_changes(alternatives=[*others, drivers]), now)
        return facts["alternatives.referred"]

    assert with_referral({"owner": "Serious crime command", "due": "2018-12-31"}) is True
    for lacking in (
        None,
        {},
        {"owner": "Serious crime command"},
        {"due": "2018-12-31"},
        {"owner": " ", "due": "2018-12-31"},
    ):
        assert with_referral(lacking) is False


def test_a_fact_that_is_worked_out_cannot_be_stated(with_changes: Change, now: datetime) -> None:
    with pytest.raises(InputError, match=r"'eia\.done' is worked out"):
        facts_of(with_changes(facts={"eia.done": True}), now)


def test_a_pack_may_have_facts_of_its_own(with_changes: Change, now: datetime) -> None:
    own = {"ground.type": {"type": "text", "means": "A ground.", "example": "a"}}
    known = catalogue().extended(own, "pack")
    casefile = with_changes(facts={"ground.type": "b"})
    assert facts_of(casefile, now, known=known)["ground.type"] == "b"
    with pytest.raises(InputError, match=r"Unknown fact: 'ground\.type'"):
        facts_of(casefile, now)


def test_what_is_dated_in_the_future_is_refused(with_changes: Change, document: dict[str, Any], now: datetime) -> None:
    oral = {**document["authorisation"], "oral_at": "2018-11-30T18:01"}
    reviewed = {**document["community_impact"], "reviewed": {"at": "2018-11-30T18:01", "text": "Calm."}}
    for changes in ({"authorisation": oral}, {"community_impact": reviewed}):
        with pytest.raises(InputError, match="in the future"):
            facts_of(with_changes(**changes), now)


def test_an_oral_authority_is_dated_to_its_written_record(
    with_changes: Change, document: dict[str, Any], pack: Pack, now: datetime
) -> None:
    for oral_at, hours, rules in (("2018-11-30T17:30", 0.5, []), ("2018-11-30T16:30", 1.5, ["AP16"])):
        authorisation = {**document["authorisation"], "oral_at": oral_at}
        shorter = {"from": "2018-11-30T20:00", "to": "2018-11-30T22:00"}
        casefile = with_changes(authorisation=authorisation, urgent=True, window=shorter)
        assert facts_of(casefile, now)["urgent.written_h"] == hours
        assert blocked(pack, casefile, now, "urgent") == rules


def test_an_extension_rests_on_words_of_its_own(with_changes: Change, document: dict[str, Any], now: datetime) -> None:
    first = document["tests"]
    fresh = {
        "legal": {"answer": True, "reasons": "Men with firearms were seen at the north stairwell ten minutes ago."},
        "extreme": {"answer": True, "harm": "loss_of_life", "reasons": "Shots were heard and people are outside."},
    }
    for tests, expected in (
        (fresh, True),
        (first, False),
        ({**fresh, "legal": {**fresh["legal"], "reasons": first["legal"]["reasons"].upper()}}, False),
        ({**fresh, "extreme": {**fresh["extreme"], "answer": False}}, False),
        ({"legal": fresh["legal"]}, False),
        (None, False),
    ):
        assert facts_of(with_changes(extension={"tests": tests}), now)["extend.fresh_tests"] is expected
    assert facts_of(with_changes(), now)["extend.fresh_tests"] is None
