from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from answerable.case.event import Command
from answerable.clock import FixedClock
from answerable.errors import UsageError
from answerable.service.cases import Answer, act
from answerable.service.logs import log_command
from answerable.service.returns import HEAD, home_office_return
from answerable.service.workspace import Workspace

Opened = Callable[[dict[str, Any]], str]
File = Callable[..., Path]


@pytest.fixture
def used(
    workspace: Workspace, clock: FixedClock, sound: dict[str, Any], opened: Opened, begin: Callable[[str], Answer]
) -> str:
    case = opened({**sound, "title": "=SUM(A1)"})
    begin(case)
    return case


def test_one_incident_is_one_operation_and_what_is_not_debriefed_is_left_open(workspace: Workspace, used: str) -> None:
    made = home_office_return(workspace)
    assert made.year == 2019
    assert made.totals == {
        "ho_operation": 1, "ho_arv": 0, "ho_discharge": 0, "armed_foot_patrol": 0, "not_debriefed": 1,
    }  # fmt: skip
    (row,) = csv.DictReader(io.StringIO(made.csv()))
    assert (row["ho_operation"], row["ho_arv"], row["ho_discharge"]) == ("1", "", "")


def test_a_foot_patrol_is_counted_apart_from_the_presence_of_a_vehicle(
    workspace: Workspace, clock: FixedClock, used: str, section_file: File
) -> None:
    clock.set(datetime(2018, 12, 1, 12, tzinfo=UTC))
    act(workspace, used, log_command(workspace, section_file("log"), {}), "operational-commander")
    on_foot = home_office_return(workspace)
    assert (on_foot.totals["ho_arv"], on_foot.totals["armed_foot_patrol"]) == (0, 1)
    act(workspace, used, Command("community_impact"), "community-lead", added=section_file("community_full"))
    act(workspace, used, Command("debrief"), "operational-commander", added=section_file("debrief"))
    debriefed = home_office_return(workspace)
    assert debriefed.totals == {
        "ho_operation": 1, "ho_arv": 1, "ho_discharge": 0, "armed_foot_patrol": 1, "not_debriefed": 0,
    }  # fmt: skip


def test_a_case_that_was_never_started_is_no_operation(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, take: Callable[[str, str], Answer]
) -> None:
    take(opened(sound), "authorise")
    assert home_office_return(workspace).operations == ()


def test_the_year_ends_with_march_in_local_time(workspace: Workspace, clock: FixedClock, used: str) -> None:
    assert home_office_return(workspace, 2018).operations == ()
    assert len(home_office_return(workspace, 2019).operations) == 1
    assert home_office_return(workspace, 2019).window.end == datetime(2019, 3, 31, 23, tzinfo=UTC)
    clock.set(datetime(2019, 3, 31, 22, 59, tzinfo=UTC))
    assert home_office_return(workspace).year == 2019
    clock.set(datetime(2019, 3, 31, 23, 0, tzinfo=UTC))
    assert home_office_return(workspace).year == 2020


def test_the_file_has_its_head_and_no_formula(workspace: Workspace, used: str) -> None:
    text = home_office_return(workspace).csv()
    assert text.splitlines()[0] == ",".join(HEAD)
    assert all(not cell.startswith(("=", "+", "-", "@")) for cell in text.replace("\n", ",").split(","))


def test_a_year_that_no_calendar_has_is_a_usage_error(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="2027"):
        home_office_return(workspace, 27)
