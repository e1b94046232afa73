"""The rarity guard on a workspace's own record: which cases count, for what, and what is told of it."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from answerable.case.casefile import CaseFile, template
from answerable.case.machine import Case
from answerable.clock import FixedClock
from answerable.place import stamp
from answerable.policy.reading import read_yaml
from answerable.service.adopt import adopted_pack
from answerable.service.rarity import rarity_facts, surroundings
from answerable.service.rarity_report import rarity_report
from answerable.service.statement import statement
from answerable.service.workspace import Workspace

Passed = Callable[..., str]
Facts = Callable[..., dict[str, Any]]
CENTRE = (-0.0705, 51.6012)
ELSEWHERE = {"name": "Far Estate", "place": [-0.3, 51.45], "radius_m": 300}
# 300 m to the east: it shares ground with the template's area, whose radius is 400 m.
BESIDE = {"name": "Example Estate East", "place": [-0.0662, 51.6012], "radius_m": 300}


def edge(metres: float, radius_m: float = 50) -> dict[str, Any]:
    """An area of ``radius_m`` whose edge lies ``metres`` east of the template's."""
    lon = CENTRE[0] + (400 + metres + radius_m) / (111_320 * math.cos(math.radians(CENTRE[1])))
    return {"name": f"{metres:g} m away", "place": [lon, CENTRE[1]], "radius_m": radius_m}


@pytest.fixture
def proposal() -> dict[str, Any]:
    """The template's case file as it is stored."""
    document = dict(read_yaml(template(), "template"))
    document.pop("as_of")
    return document


@pytest.fixture
def passed(workspace: Workspace, clock: FixedClock, proposal: dict[str, Any]) -> Passed:
    """Put a case that was decided at a number of days from now straight into the record; return its id."""
    began = clock.now()
    numbers = iter(range(1, 1000))

    def put(days: float = 0, *, area: dict[str, Any] | None = None, urgent: bool = False, **more: Any) -> str:
        decided = began + timedelta(days=days)
        case = f"2018-{next(numbers):04d}"
        document = {**copy.deepcopy(proposal), **({"area": area} if area else {})}
        starts, ends = decided + timedelta(hours=3), decided + timedelta(hours=3 + more.get("hours", 3))
        name = document["area"]["name"]
        opened = {
            "title": "A case", "pack": more.get("pack", "uk.armed_patrol@1"), "trigger": "imminent_intel",
            "area": {"name": name, "km2": 0.5}, "window": {"from": stamp(starts), "to": stamp(ends)},
            "lapses_at": stamp(decided + timedelta(hours=24)), "clocks": {"debrief_h": 72, "close_days": 120},
        }  # fmt: skip
        granted = {
            "starts_at": stamp(starts), "ends_at": stamp(ends), "start_by": stamp(decided + timedelta(hours=12)),
            "ratify_by": stamp(decided + timedelta(hours=2)),
        }  # fmt: skip
        steps: list[tuple[str, float, dict[str, Any], str]] = [("open", -2, opened, "applicant")]
        if more.get("refused"):
            steps.append(("refuse", 0, {"reasons": "No."}, "authoriser"))
        else:
            account = "urgent-authoriser" if urgent else "authoriser"
            steps.append(("urgent" if urgent else "authorise", 0, granted, account))
        if more.get("started"):
            steps.append(("start", 3.5, {}, "operational-commander"))
        if more.get("ended_h"):
            steps.append(("end", more["ended_h"], {"reasons": "Quiet."}, "operational-commander"))
        if more.get("revoked"):
            steps.append(("revoke", 1, {"reasons": "Over."}, "authoriser"))
        private = {"file": document, **more.get("private", {})}
        for version, (kind, hours, data, account) in enumerate(steps, 1):
            said = statement(
                workspace, kind, data, office=account.replace("-", "_"), case_id=case, case_version=version,
                account=account, private=private, at=decided + timedelta(hours=hours),
            )  # fmt: skip
            workspace.store.append([said])
        return case

    return put


@pytest.fixture
def facts(workspace: Workspace, proposal: dict[str, Any]) -> Facts:
    """The facts of a new case now, in the template's area or in another."""

    def of(area: dict[str, Any] | None = None, case: Case | None = None, **settings: Any) -> dict[str, Any]:
        casefile = CaseFile.read({**proposal, **({"area": area} if area else {})}, tz="Europe/London")
        return rarity_facts(
            workspace, case or Case("2018-9999"), casefile, adopted_pack(workspace), workspace.clock.now()
        )

    return of


def test_with_nothing_before_it_a_case_gives_notice_and_nothing_is_owed(facts: Facts) -> None:
    assert facts() == {
        "rarity.level": "notice",
        "rarity.urgent_overlap": 0,
        "routine.pattern": False,
        "overdue.in_area": 0,
    }


def test_the_second_overlapping_case_in_28_days_escalates_and_the_third_is_blocked(
    passed: Passed, facts: Facts
) -> None:
    passed(-20)
    assert facts()["rarity.level"] == "escalate"
    assert facts(BESIDE)["rarity.level"] == "escalate"
    assert facts(ELSEWHERE)["rarity.level"] == "notice"
    passed(-10, area=BESIDE)
    assert facts()["rarity.level"] == "block"


@pytest.mark.parametrize(
    ("metres", "level"), [(-100, "escalate"), (10, "escalate"), (240, "escalate"), (260, "notice")]
)
def test_an_area_side_by_side_with_another_counts_as_the_same(
    passed: Passed, facts: Facts, metres: float, level: str
) -> None:
    passed(-20, area=edge(metres))
    assert facts()["rarity.level"] == level


def test_an_estate_cut_into_small_pieces_that_do_not_touch_is_blocked_at_the_third(
    passed: Passed, facts: Facts
) -> None:
    passed(-20, area=edge(20))
    passed(-10, area=edge(130))
    assert facts(edge(240))["rarity.level"] == "block"
    assert facts(edge(1000))["rarity.level"] == "escalate"


def test_a_second_urgent_case_beside_the_first_and_a_weekly_one_beside_another_are_found(
    passed: Passed, facts: Facts
) -> None:
    passed(-28, area=edge(100))
    passed(-14, area=edge(200), urgent=True)
    found = facts()
    assert found["rarity.urgent_overlap"] == 1
    assert found["routine.pattern"] is True


@pytest.mark.parametrize("more", [{}, {"started": True}, {"revoked": True}, {"urgent": True}])
def test_every_authorised_case_counts_unused_used_revoked_or_never_ratified(
    passed: Passed, facts: Facts, more: dict[str, Any]
) -> None:
    passed(-20, **more)
    assert facts()["rarity.level"] == "escalate"


def test_a_refused_case_does_not_count_and_neither_does_one_under_another_policy(passed: Passed, facts: Facts) -> None:
    passed(-20, refused=True)
    passed(-20, pack="uk.section60@1")
    assert facts()["rarity.level"] == "notice"


def test_a_second_urgent_case_on_the_same_ground_is_counted_for_28_days(passed: Passed, facts: Facts) -> None:
    passed(-27.9, urgent=True, area=BESIDE)
    passed(-5, urgent=True, area=ELSEWHERE)
    passed(-5)
    assert facts()["rarity.urgent_overlap"] == 1
    assert facts(ELSEWHERE)["rarity.urgent_overlap"] == 1


def test_an_urgent_case_older_than_28_days_is_not(passed: Passed, facts: Facts) -> None:
    passed(-28, urgent=True)
    assert facts()["rarity.urgent_overlap"] == 0


def test_two_earlier_cases_at_the_same_hour_of_the_week_make_a_pattern(passed: Passed, facts: Facts) -> None:
    passed(-14)
    assert facts()["routine.pattern"] is False
    passed(-28, area=BESIDE)
    assert facts()["routine.pattern"] is True
    assert facts(ELSEWHERE)["routine.pattern"] is False


def test_a_case_does_not_count_against_itself(
    workspace: Workspace, passed: Passed, facts: Facts, proposal: dict[str, Any]
) -> None:
    from answerable.service.history import read_history

    case = passed(0)
    assert facts(case=read_history(workspace, case).case)["rarity.level"] == "notice"


def test_what_is_owed_for_an_earlier_case_in_the_area_is_counted_once_it_is_overdue(
    passed: Passed, facts: Facts, clock: FixedClock
) -> None:
    passed(0, started=True, ended_h=5)
    clock.advance(hours=5 + 72)
    assert facts()["overdue.in_area"] == 0
    clock.advance(minutes=1)
    assert facts()["overdue.in_area"] == 1
    assert facts(ELSEWHERE)["overdue.in_area"] == 0


def test_a_clock_set_back_lets_nothing_through(passed: Passed, facts: Facts, clock: FixedClock) -> None:
    for days in (20, 21):
        passed(days)
    assert facts()["rarity.level"] == "block"


def test_a_case_without_an_area_has_no_facts(workspace: Workspace, proposal: dict[str, Any]) -> None:
    casefile = CaseFile.read({"title": "Somewhere"})
    assert rarity_facts(workspace, Case("x"), casefile, adopted_pack(workspace), workspace.clock.now()) == {}


def test_an_outline_that_was_erased_counts_as_everywhere(passed: Passed, facts: Facts) -> None:
    passed(-20, area=ELSEWHERE, private={"file": {}})
    assert facts()["rarity.level"] == "escalate"


def test_a_burst_raises_the_alarm_which_escalates(
    workspace: Workspace, passed: Passed, proposal: dict[str, Any], clock: FixedClock
) -> None:
    for number in range(2):
        passed(1 + number, area={"name": f"E{number}", "place": [-0.3 + number / 10, 51.4], "radius_m": 200})
    clock.advance(hours=24 * 5)
    around = surroundings(
        workspace, Case("x"), CaseFile.read(proposal, tz="Europe/London"), adopted_pack(workspace), clock.now()
    )
    assert around is not None
    found = around.rarity
    trend = next(measure for measure in found.measures if measure.name == "trend")
    assert trend.level == "escalate"
    assert "evidence that the true rate is higher: strong" in found.sentence


def test_the_report_shows_counts_with_their_denominators(
    workspace: Workspace, passed: Passed, clock: FixedClock
) -> None:
    passed(1, started=True, ended_h=5)
    passed(2, area=ELSEWHERE, urgent=True)
    passed(3, refused=True)
    clock.advance(hours=24 * 10)
    told = json.loads(json.dumps(rarity_report(workspace).as_json()))
    assert told["force"]["cases"] == 2
    # Out from the start at 3.5 h to the end at 5 h; the urgent one was never started.
    assert told["force"]["hours_active"] == pytest.approx(1.5)
    assert told["force"]["hours_in_period"] == pytest.approx(240)
    assert told["force"]["share"] == pytest.approx(1.5 / 240)
    assert [area["name"] for area in told["areas"]] == ["Example Estate", "Far Estate"]
    assert [area["cases"] for area in told["areas"]] == [1, 1]
    assert told["areas"][0]["next"]["level"] == "escalate"
    assert told["decisions"]["approved"] == {"value": 2 / 3, "part": 2, "whole": 3}
    assert told["decisions"]["urgent"]["part"] == 1
    assert told["decisions"]["median_hours"] == pytest.approx(2)
    assert told["trend"]["count"] == 2
    assert told["trend"]["low"] < told["trend"]["permitted"] == 4


def test_the_report_of_an_empty_record_can_be_read(workspace: Workspace, clock: FixedClock) -> None:
    clock.advance(hours=24)
    text = rarity_report(workspace).text()
    assert "0 cases authorised; officers out in 0.0 of 24 hours (0 %)" in text
    assert "none yet" in text
    assert "e-value" in text


def test_the_report_counts_reasons_that_were_copied(workspace: Workspace, passed: Passed, clock: FixedClock) -> None:
    passed(1, private={"likeness": {"value": 0.95, "case": "2018-0001"}})
    passed(2, area=ELSEWHERE, private={"likeness": {"value": 0.1, "case": ""}})
    clock.advance(hours=72)
    assert rarity_report(workspace).as_json()["decisions"]["copied"] == {"value": 0.5, "part": 1, "whole": 2}


def test_few_rows_are_read_however_many_cases_there_are(
    workspace: Workspace, passed: Passed, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cost follows the authorised cases: withdrawn and open ones are never read."""
    passed(-20)
    for number in range(200):
        workspace.store.append(
            [
                statement(
                    workspace,
                    "open",
                    {"pack": "uk.armed_patrol@1"},
                    office="applicant",
                    case_id=f"2017-{number:04d}",
                    case_version=1,
                    account="applicant",
                    private={"x": 1},
                )
            ]
        )
    read = []
    events = workspace.store.events

    def counted(*words: Any, **named: Any) -> Any:
        rows = events(*words, **named)
        read.extend(rows)
        return rows

    monkeypatch.setattr(workspace.store, "events", counted)
    assert facts()["rarity.level"] == "escalate"
    assert len(read) < 20


def test_the_instants_of_the_report_are_written_as_everywhere(workspace: Workspace, clock: FixedClock) -> None:
    clock.advance(hours=1)
    told = rarity_report(workspace, clock.now()).as_json()
    assert told["at"] == "2018-11-30T18:00:00Z"
    assert datetime.fromisoformat(told["trend"]["began_at"]) == clock.now() - timedelta(hours=1)


def test_overdue_referrals_stand_in_the_report_the_longest_overdue_first(
    workspace: Workspace, clock: FixedClock
) -> None:
    now = clock.now()

    def refer(case: str, option: str, days: float, outcome: str = "") -> None:
        opened = {
            "title": "A case", "pack": "uk.armed_patrol@1", "trigger": "imminent_intel",
            "area": {"name": "Estate", "km2": 0.5},
            "window": {"from": stamp(now), "to": stamp(now + timedelta(hours=3))},
            "lapses_at": stamp(now + timedelta(hours=24)), "clocks": {},
        }  # fmt: skip
        to = {"owner": "safety_partnership", "due": stamp(now + timedelta(days=days))}
        steps: list[tuple[str, dict[str, Any], str]] = [
            ("open", opened, "applicant"),
            ("assess", {"alternatives": [{"option": option, "referred_to": to}], "findings": []}, "analyst"),
            ("withdraw", {}, "applicant"),
        ]
        if outcome:
            steps.append(("referral", {"option": option, "outcome": outcome}, "safety-partnership"))
        for version, (kind, data, account) in enumerate(steps, 1):
            said = statement(
                workspace, kind, data, office=account, case_id=case, case_version=version,
                account="applicant", private={"file": {}}, at=now,
            )  # fmt: skip
            workspace.store.append([said])

    refer("2018-0001", "schools_engagement", 10)
    refer("2018-0002", "focused_deterrence", 5)
    refer("2018-0003", "mentoring", 5, outcome="Begun.")
    refer("2018-0004", "lighting", 100)
    clock.advance(hours=24 * 11 + 1)
    found = rarity_report(workspace)
    told = json.loads(json.dumps(found.as_json()))["overdue_referrals"]
    assert [(one["case"], one["option"], one["days_overdue"]) for one in told] == [
        ("2018-0002", "focused_deterrence", 6),
        ("2018-0001", "schools_engagement", 1),
    ]
    assert "focused deterrence, with safety partnership: due 2018-12-05T17:00:00Z, 6 days overdue" in found.text()
    assert "1 day overdue (case 2018-0001)" in found.text()


def test_without_an_overdue_referral_the_report_says_none(workspace: Workspace) -> None:
    assert rarity_report(workspace).text().endswith("Overdue referrals of long-term alternatives:\n  none")
