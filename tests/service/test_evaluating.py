"""Evaluating a deployment and a programme from the record and the incidents: what is counted, and what is said."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from answerable.case.event import Command
from answerable.clock import FixedClock
from answerable.errors import InputError, NotAllowed, UsageError
from answerable.service.beforehand import beforehand, said_beforehand
from answerable.service.cases import Answer, act, show_case
from answerable.service.evaluating import evaluate_case, evaluate_programme
from answerable.service.importing import import_incidents
from answerable.service.logs import log_command
from answerable.service.people import add_person
from answerable.service.programme_published import publish_programme
from answerable.service.workspace import Workspace

HERE = (-0.0705, 51.6012)
NEARBY = (-0.0635, 51.6012)  # some 480 m east: outside the area of 400 m, inside its first ring
FAR = (-0.02, 51.65)
CHECKS = {"intel_still_valid": True, "threat_reassessed": True, "community_feedback": "Calm."}
Opened = Callable[[dict[str, Any]], str]
Begin = Callable[[str], Answer]


@pytest.fixture
def incidents(tmp_path: Path) -> Callable[..., Path]:
    """A file of two years around the estate, and whatever else is given as (time, place)."""

    def write(*more: tuple[datetime, tuple[float, float]], until: datetime | None = None) -> Path:
        rng = np.random.default_rng(7)
        rows = [
            (datetime(2017, 1, 1, tzinfo=UTC) + timedelta(days=690 * i / 400), (
                HERE[0] + rng.normal(0, 0.01), HERE[1] + rng.normal(0, 0.006)))
            for i in range(400)
        ]  # fmt: skip
        last = [(until, FAR)] if until else []
        path = tmp_path / f"incidents-{len(more)}-{bool(until)}.csv"
        with path.open("w", encoding="utf8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(
                ["incident_id", "occurred_at", "lon", "lat", "kind", "severity", "n_harmed", "origin", "known_at"]
            )
            for i, (at, (lon, lat)) in enumerate([*rows, *more, *last]):
                writer.writerow(
                    [i, f"{at:%Y-%m-%dT%H:%M:00+00:00}", f"{lon:.6f}", f"{lat:.6f}", "knife", "injury", 1, "reported",
                     f"{at + timedelta(hours=6):%Y-%m-%dT%H:%M:00Z}"]
                )  # fmt: skip
        return path

    return write


@pytest.fixture
def deployed(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, begin: Begin, clock: FixedClock, incidents: Any
) -> str:
    """A deployment from 20:05 to midnight, whose forecast came from the workspace's own incidents."""
    import_incidents(workspace, [incidents()])
    case = opened(sound)
    assert begin(case).state == "ACTIVE"
    return case


def numbers(workspace: Workspace, case: str) -> dict[str, Any]:
    return dict(evaluate_case(workspace, case).numbers)


def test_what_fell_into_its_area_its_ring_and_its_time_is_counted_there(
    workspace: Workspace, deployed: str, clock: FixedClock, incidents: Any
) -> None:
    start = datetime(2018, 11, 30, 20, 5, tzinfo=UTC)
    clock.set(datetime(2018, 12, 30, tzinfo=UTC))
    import_incidents(
        workspace,
        [
            incidents(
                (start - timedelta(minutes=1), HERE),  # before it began
                (start, HERE),
                (start + timedelta(hours=1), NEARBY),
                (start + timedelta(hours=2), FAR),
                (datetime(2018, 12, 1, tzinfo=UTC), HERE),  # at the instant of its end: after
                (datetime(2018, 12, 3, tzinfo=UTC), HERE),
                until=datetime(2018, 12, 20, tzinfo=UTC),
            )
        ],
    )
    found = evaluate_case(workspace, deployed)
    assert found.verdict == "cannot tell", found.prose
    assert found.numbers["incidents"] == 1
    assert found.numbers["nearby"] == {
        "in the ring 0 to 300 m": 1,
        "in the ring 300 to 1000 m": 0,
        "in its area in the 72 hours after, the time for retaliation": 2,
    }
    fixed = [row.label for row in found.table if row.label.startswith("Fixed at the decision")]
    assert "Fixed at the decision: outcome" in fixed
    assert "Fixed at the decision: compared with" in fixed
    # The forecast that stands in the log, scaled to the time it lasted.
    assert 0 < found.numbers["expected"] < 0.2


def test_harm_that_was_logged_is_said_first(
    workspace: Workspace, deployed: str, clock: FixedClock, incidents: Any
) -> None:
    clock.advance(minutes=10)
    act(workspace, deployed, log_command(workspace, None, {"kind": "force"}), "operational-commander")
    act(workspace, deployed, log_command(workspace, None, {"kind": "search"}), "operational-commander")
    clock.set(datetime(2018, 12, 30, tzinfo=UTC))
    import_incidents(workspace, [incidents(until=datetime(2018, 12, 20, tzinfo=UTC))])
    found = evaluate_case(workspace, deployed)
    assert found.prose[0] == "What went wrong is known at once: 1 uses of force."
    assert found.numbers["facts"]["searches"] == 1


def test_before_the_hours_after_are_over_and_known_it_is_not_assessable(
    workspace: Workspace, deployed: str, clock: FixedClock, incidents: Any
) -> None:
    clock.set(datetime(2018, 12, 2, tzinfo=UTC))
    assert evaluate_case(workspace, deployed).verdict == "not assessable"
    clock.set(datetime(2018, 12, 30, tzinfo=UTC))
    # Long after, but nothing has been imported since: silence of the data is not peace.
    assert evaluate_case(workspace, deployed).verdict == "not assessable"
    import_incidents(workspace, [incidents(until=datetime(2018, 12, 20, tzinfo=UTC))])
    assert evaluate_case(workspace, deployed).verdict == "cannot tell"


def test_a_programme_compares_with_what_was_asked_for_and_refused(
    workspace: Workspace,
    deployed: str,
    sound: dict[str, Any],
    opened: Opened,
    take: Any,
    clock: FixedClock,
    incidents: Any,
) -> None:
    clock.set(datetime(2018, 12, 3, 12, tzinfo=UTC))
    elsewhere = {
        **sound,
        "area": {"name": "Other Estate", "place": [-0.05, 51.61], "radius_m": 400},
        "window": {"from": "2018-12-03T20:00", "to": "2018-12-04T00:00"},
    }
    case = opened(elsewhere)
    refusal = Command("refuse", reasons="Unarmed officers suffice.", what_would_change="A second origin.")
    assert act(workspace, case, refusal, "authoriser").state == "REFUSED"
    clock.set(datetime(2018, 12, 30, tzinfo=UTC))
    happened = datetime(2018, 12, 3, 21, tzinfo=UTC), (-0.05, 51.61)
    import_incidents(workspace, [incidents(happened, until=datetime(2018, 12, 20, tzinfo=UTC))])
    found = evaluate_programme(workspace)
    assert found.numbers["deployed"] == 1
    assert found.numbers["compared"] == 1
    assert found.verdict in ("cannot tell", "not assessable")
    compared = next(row for row in found.table if row.label.startswith("Triggered"))
    assert compared.note == "1 refused"
    assert any("too rare for its effect ever to be shown" in said for said in found.prose)


def test_a_programme_is_laid_beside_the_log_for_anybody_to_read(
    workspace: Workspace, deployed: str, clock: FixedClock, incidents: Any
) -> None:
    clock.set(datetime(2018, 12, 30, tzinfo=UTC))
    import_incidents(workspace, [incidents(until=datetime(2018, 12, 20, tzinfo=UTC))])
    found = evaluate_programme(workspace)
    size = (workspace.public / "checkpoint").read_bytes()
    publish_programme(workspace, found)
    laid = json.loads((workspace.public / "programme-evaluation.json").read_text("utf8"))
    assert laid == {"made_at": "2018-12-30T00:00:00Z", **json.loads(json.dumps(found.as_json()))}
    assert (workspace.public / "checkpoint").read_bytes() == size


def test_a_case_that_nobody_was_sent_on_is_no_deployment(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, incidents: Any
) -> None:
    import_incidents(workspace, [incidents()])
    with pytest.raises(UsageError, match="never a deployment"):
        evaluate_case(workspace, opened(sound))
    with pytest.raises(UsageError, match="no such case"):
        evaluate_case(workspace, "2018-9999")


def test_without_incidents_there_is_nothing_to_count(
    workspace: Workspace, sound: dict[str, Any], opened: Opened
) -> None:
    case = opened(sound)
    with pytest.raises(InputError):
        evaluate_case(workspace, case)
    with pytest.raises(InputError):
        evaluate_programme(workspace)


def test_a_programme_without_a_window_that_is_over_says_so(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, incidents: Any
) -> None:
    import_incidents(workspace, [incidents()])
    opened(sound)
    found = evaluate_programme(workspace)
    assert found.verdict == "not assessable"
    assert "No case has a window that is over" in found.prose[0]


def test_judging_by_anything_that_was_not_fixed_is_exploratory(
    workspace: Workspace, deployed: str, clock: FixedClock, incidents: Any
) -> None:
    clock.set(datetime(2018, 12, 30, tzinfo=UTC))
    import_incidents(workspace, [incidents(until=datetime(2018, 12, 20, tzinfo=UTC))])
    assert not evaluate_case(workspace, deployed).exploratory
    for other in ({"outcome": "any"}, {"after_hours": 24}):
        found = evaluate_case(workspace, deployed, **other)
        assert found.sentences()[0] == "Exploratory: this was not fixed before the deployment."
    assert not evaluate_programme(workspace).exploratory
    assert evaluate_programme(workspace, margin=0.2).exploratory
    with pytest.raises(UsageError, match="no such outcome"):
        evaluate_case(workspace, deployed, outcome="mood")


def test_what_it_could_show_is_said_before_the_first_authorisation(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, take: Any, incidents: Any, clock: FixedClock
) -> None:
    import_incidents(workspace, [incidents()])
    case = opened(sound)
    assert said_beforehand(workspace, case) == ""  # no forecast is in the log yet
    with pytest.raises(UsageError, match="No forecast"):
        beforehand(workspace, case)
    take(case, "assess")
    said = said_beforehand(workspace, case)
    assert "This programme is too rare for its effect ever to be shown." in said
    assert beforehand(workspace, case).numbers["too_rare"] is True
    for office in ("local-commander", "iag-contact", "pcc-liaison"):
        act(workspace, case, Command("advise", stance="support", text="Short."), office)
    clock.advance(minutes=31)
    assert act(workspace, case, Command("authorise", reasons="Two origins agree."), "authoriser").kind == "authorise"
    assert said_beforehand(workspace, case) == ""


def test_who_authorised_a_case_cannot_evaluate_it_by_any_account(
    workspace: Workspace,
    sound: dict[str, Any],
    opened: Opened,
    begin: Begin,
    clock: FixedClock,
    section_file: Callable[..., Path],
) -> None:
    (both,) = (one.person for one in workspace.store.people() if one.account == "authoriser")
    assert add_person(workspace, "second-account", ("evaluator",), both).person == both
    case = opened(sound)
    assert begin(case).state == "ACTIVE"
    clock.advance(hours=2)
    act(workspace, case, Command("review", outcome="continue", checks=CHECKS), "reviewer")
    act(workspace, case, log_command(workspace, section_file("log"), {}), "operational-commander")
    clock.advance(hours=2)
    act(workspace, case, Command("community_impact"), "community-lead", added=section_file("community_full"))
    act(workspace, case, Command("debrief"), "operational-commander", added=section_file("debrief"))
    clock.set(clock.now() + timedelta(days=29))
    before = show_case(workspace, case)["events"]
    for account in ("authoriser", "second-account"):
        with pytest.raises(NotAllowed, match="evaluator"):
            act(workspace, case, Command("evaluate"), account, added=section_file("evaluation"))
    # Nothing came of it, and somebody who had no part in the decision can still evaluate.
    assert show_case(workspace, case)["events"] == before
    done = act(workspace, case, Command("evaluate"), "evaluator", added=section_file("evaluation"))
    assert done.state == "EVALUATED"
