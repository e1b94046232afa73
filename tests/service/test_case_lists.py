"""The list of cases says what folding each case would say: its state at this instant, its area, its window."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.case.event import Command
from answerable.case.standing import CaseArea, Referral, Standing, State, state_at, state_told
from answerable.clock import FixedClock
from answerable.errors import UsageError
from answerable.place import Window, stamp, zone
from answerable.service.case_lists import _line, line_of, list_cases, standings
from answerable.service.cases import Answer, act, show_case
from answerable.service.history import read_history
from answerable.service.workspace import Workspace

NOON = datetime(2018, 11, 30, 12, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
# Around noon, so that the instant asked about falls before, upon and after each of them.
INSTANTS = st.integers(-7200, 7200).map(lambda seconds: NOON + timedelta(seconds=seconds))
WINDOWS = st.builds(
    Window.of_hours,
    st.integers(0, 37 * 365 * 86_400).map(
        lambda seconds: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    ),
    st.sampled_from((0.25, 1, 4, 12)),
)
ZONES = ("UTC", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")


def a_field(name: str) -> st.SearchStrategy[Any]:
    """Return values for one field of a standing, odd ones among them."""
    made: dict[str, st.SearchStrategy[Any]] = {
        "state": st.sampled_from([state for state in State if state is not State.NEW]),
        "version": st.integers(1, 99),
        "area": st.builds(CaseArea, TEXT, st.floats(0.01, 5)),
        "window": WINDOWS,
        "time_zone": st.sampled_from(ZONES),
        "urgent": st.booleans(),
        "extensions": st.integers(0, 3),
        "review_hours": st.none() | st.floats(0.5, 4),
        "clocks": st.dictionaries(st.just("review_grace_min"), st.sampled_from((0.0, 15.0, 30.5)), max_size=1),
        "referrals": st.builds(Referral, TEXT, TEXT, st.none() | INSTANTS).map(lambda one: (one,)) | st.just(()),
    }
    kind = next(one.type for one in fields(Standing) if one.name == name)
    return made.get(name, st.none() | INSTANTS if kind == "datetime | None" else TEXT)


CASES = st.builds(Standing, **{one.name: a_field(one.name) for one in fields(Standing)})


@given(case=CASES, now=INSTANTS, more=st.sampled_from((0, 1, 999_999)))
def test_a_state_read_from_what_was_stored_is_the_state_of_the_case(case: Standing, now: datetime, more: int) -> None:
    now += timedelta(microseconds=more)
    assert state_told(case.as_json(), now) is state_at(case, now)
    assert Standing.from_json(case.as_json()) == case


@given(case=CASES, home=st.sampled_from(ZONES))
def test_a_line_says_the_area_the_title_and_the_local_window_of_its_case(case: Standing, home: str) -> None:
    assert case.area is not None
    assert case.window is not None
    tz = case.time_zone or home
    start, end = (f"{at.astimezone(zone(tz)):%Y-%m-%d %H:%M}" for at in (case.window.start, case.window.end))
    assert _line(case.as_json(), State.DRAFT, home) == {
        "id": case.id,
        "state": "DRAFT",
        "title": case.title,
        "area": case.area.name,
        "window": f"{start} to {end} {tz}",
        "from": stamp(case.window.start),
        "to": stamp(case.window.end),
        "time_zone": tz,
    }


STEPS = ("", "submit", "assess", "consult", "authorise")


@pytest.mark.parametrize("seed", [1, 2])
def test_the_list_of_random_cases_at_random_times_is_that_of_their_histories(
    workspace: Workspace,
    clock: FixedClock,
    sound: dict[str, Any],
    opened: Callable[[dict[str, Any]], str],
    take: Callable[[str, str], Answer],
    seed: int,
) -> None:
    rng = random.Random(seed)
    for step in rng.sample(STEPS, k=len(STEPS)):
        case = opened({**sound, "title": f"Up to {step or 'its opening'}"})
        if step:
            take(case, step)
        if rng.random() < 0.3:
            act(workspace, case, Command("withdraw", reasons="Taken back."), "applicant")
    for _ in range(12):
        clock.advance(minutes=rng.randrange(1, 240))
        now = workspace.clock.now()
        folded = [read_history(workspace, line.id).case for line in workspace.store.cases()]
        expected = [line_of(workspace, case, state_at(case, now)) for case in folded]
        assert list_cases(workspace) == expected
        assert list(standings(workspace)) == [case.standing for case in folded]
        for state in {line["state"] for line in expected}:
            assert list_cases(workspace, state.lower()) == [line for line in expected if line["state"] == state]


def test_a_case_whose_standing_was_never_stored_is_folded_for_its_line(
    workspace: Workspace,
    sound: dict[str, Any],
    opened: Callable[[dict[str, Any]], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened(sound)
    before, told = list_cases(workspace), tuple((case, "") for case, _ in workspace.store.standings())
    monkeypatch.setattr(workspace.store, "standings", lambda: told)
    assert list_cases(workspace) == before


def test_the_line_of_a_case_is_the_head_of_its_page(
    workspace: Workspace, sound: dict[str, Any], opened: Callable[[dict[str, Any]], str]
) -> None:
    case = opened(sound)
    (line,) = list_cases(workspace)
    shown = show_case(workspace, case)
    assert {name: shown[name] for name in line} == line


def test_a_state_that_there_is_not_is_named(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="no such state"):
        list_cases(workspace, "sleeping")


def test_a_zone_that_the_case_does_not_name_is_the_force_s(workspace: Workspace) -> None:
    window = Window.of_hours(datetime(2018, 7, 1, 20, tzinfo=UTC), 4)
    case = Standing("2018-0001", area=CaseArea("Ward 1", 0.5), window=window, time_zone="")
    assert line_of(workspace, case, State.DRAFT)["window"] == "2018-07-01 21:00 to 2018-07-02 01:00 Europe/London"
    there = replace(case, time_zone="UTC")
    assert line_of(workspace, there, State.DRAFT)["window"] == "2018-07-01 20:00 to 2018-07-02 00:00 UTC"
