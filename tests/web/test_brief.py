"""The brief for a meeting: one year, two quarters counted as the bulletin counts them, and what is still open."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from answerable.clock import FixedClock
from answerable.place import stamp
from answerable.policy.pack import Pack
from answerable.service.bulletin import quarterly
from answerable.service.public_view import PublicCase, PublicView, read_public_view
from answerable.service.publish import publish
from answerable.service.statement import statement
from answerable.service.workspace import Workspace, init_workspace, open_workspace
from answerable.web.pages.brief import _year_in_rows, brief, figures, quarters
from answerable.web.pages.home import plain_line
from answerable.web.pages.questions import year
from answerable.web.render import Frame, html

BEGAN = datetime(2018, 7, 20, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)
ACCOUNTS = {
    "open": "applicant", "submit": "applicant", "withdraw": "applicant", "blocked": "applicant",
    "authorise": "authoriser", "refuse": "authoriser", "extend": "authoriser", "ratify": "authoriser",
    "urgent": "urgent-authoriser", "evaluate": "evaluator",
}  # fmt: skip


def section_of(view: PublicView, pack: Pack | None, heading: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in brief(view, pack).data["sections"] if one["heading"] == heading)
    return found


def later(view: PublicView, days: float) -> PublicView:
    return replace(view, as_of=view.as_of + timedelta(days=days))


# One year.


def test_the_plain_line_counts_all_of_it_within_the_same_year(view: PublicView, pack: Pack) -> None:
    assert plain_line(view, pack) == (
        "2 authorised in the year to now; at most 4 are allowed. In the same year 1 refused by a person, "
        "1 held up by a rule at least once (never authorised: 1)."
    )
    assert plain_line(later(view, 800), pack) == (
        "0 authorised in the year to now; at most 4 are allowed. In the same year 0 refused by a person, "
        "none held up by a rule."
    )


def test_without_a_limit_the_uses_are_those_of_the_year_too(view: PublicView) -> None:
    assert plain_line(view, None).startswith("2 used in the year to now; no limit has been set.")
    assert plain_line(later(view, 800), None).startswith("0 used in the year to now;")


def test_a_case_that_a_rule_held_up_and_that_was_authorised_later_is_not_one_that_never_was(
    view: PublicView, pack: Pack
) -> None:
    used, stopped, _, taken_back, _ = view.cases
    block = stopped.events[-1]
    once_held = replace(used, events=(*used.events[:2], block, *used.events[2:]))
    given_up = replace(taken_back, events=(*taken_back.events[:-1], block, taken_back.events[-1]))
    count = year(replace(view, cases=(once_held, stopped, given_up)), pack)
    assert (count.held_up, count.never_authorised) == (3, 2)


def test_only_cases_under_the_rules_that_set_the_limit_stand_beside_it(view: PublicView, pack: Pack) -> None:
    other = replace(pack, name="uk.section60:statutory")
    assert (year(view, pack).refused, year(view, other).refused, year(view, None).refused) == (1, 0, 1)


def test_every_figure_of_the_year_is_of_the_year(full_view: PublicView, pack: Pack) -> None:
    told = figures(later(full_view, 800), pack)
    assert told["Authorised within a year"] == "0 of at most 4"
    assert told["Held up by a rule at least once"] == "0, of which 0 never authorised"
    for name in ("Of them urgent", "Refused by a person", "Taken back", "Extended", "Evaluated"):
        assert told[name] == "0", name
    assert told["Armed work outside this policy"] == "0"
    assert told["Ended by the clock"] == "0 expired, 0 lapsed unused, 0 urgent and never ratified"
    assert told["Force used"] == told["What it cost"] == "none was debriefed in this year"


def test_the_question_on_use_asks_of_the_same_year(view: PublicView, pack: Pack) -> None:
    asked = section_of(view, pack, "Questions for the meeting")["items"]
    assert asked[0].startswith("2 authorised in the year to now; at most 4 are allowed.")
    old = section_of(later(view, 800), pack, "Questions for the meeting")["items"]
    assert old[0].startswith("0 authorised in the year to now;")
    assert "No request was refused by a person" in old[1]


def test_what_is_unanswered_and_overdue_stands_apart_from_the_year(full_view: PublicView, pack: Pack) -> None:
    def without(case: PublicCase) -> PublicCase:
        return replace(case, events=tuple(event for event in case.events if event.kind != "answer"))

    old = later(replace(full_view, cases=tuple(map(without, full_view.cases))), 800)
    still = dict(section_of(old, pack, "Still owed, whenever it began")["facts"])
    assert still["Objections without an answer"] == "1"
    assert set(still) == {"Objections without an answer", "Overdue accounts"}


# Two quarters, as the bulletin counts them.


@pytest.fixture
def clock() -> FixedClock:
    """The day the record begins, until told to move."""
    return FixedClock(BEGAN)


@pytest.fixture
def workspace(tmp_path: Path, clock: FixedClock) -> Iterator[Workspace]:
    init_workspace(tmp_path / "w", time_zone="Europe/London", clock=clock)
    with open_workspace(tmp_path / "w", clock) as opened:
        yield opened


def history(rng: random.Random, opened: datetime) -> list[tuple[str, datetime, dict[str, Any]]]:
    """Events of one case as it may go: stopped, refused, taken back, run out, ended, accounted for."""
    starts, ends = opened + 3 * HOUR, opened + 7 * HOUR
    steps: list[tuple[str, datetime, dict[str, Any]]] = [
        ("open", opened, {
            "title": "A case", "pack": "uk.armed_patrol@1", "trigger": "imminent_intel",
            "area": {"name": "Example Estate", "km2": 0.5}, "window": {"from": stamp(starts), "to": stamp(ends)},
            "lapses_at": stamp(opened + 24 * HOUR), "time_zone": "Europe/London",
            "clocks": {"debrief_h": 72, "evaluate_days": 90, "close_days": 120},
        }),
    ]  # fmt: skip
    stopped = {"rules": ["AP05"], "transition": "submit"}
    steps += [("blocked", opened + (0.1 + number / 10) * HOUR, stopped) for number in range(rng.choice((0, 0, 1, 2)))]
    step = rng.choice(("", "submit", "refuse", "withdraw", "authorise", "authorise", "urgent", "urgent"))
    decided = opened + HOUR
    if step in ("submit", "refuse", "withdraw"):
        steps.append(("submit", opened + HOUR / 2, {}))
    if step in ("refuse", "withdraw"):
        steps.append((step, decided, {"reasons": "No."}))
    if step not in ("authorise", "urgent"):
        return steps
    limits = {"starts_at": stamp(starts), "ends_at": stamp(ends), "start_by": stamp(starts + HOUR)}
    steps.append((step, decided, limits | ({"ratify_by": stamp(starts + HOUR)} if step == "urgent" else {})))
    if step == "urgent" and rng.random() < 0.5:
        steps.append(("ratify", decided + HOUR, {"reasons": "I agree."}))
    elif step == "urgent":
        return steps
    if rng.random() < 0.3:
        return steps
    steps.append(("start", starts, {}))
    if rng.random() < 0.5:
        ends += HOUR
        steps.append(("extend", starts + HOUR, {"ends_at": stamp(ends), "number": 1}))
    if rng.random() < 0.7:
        logged = [{"at": stamp(starts), "kind": rng.choice(("force", "weapon_drawn", "search"))} for _ in range(2)]
        steps.append(("log", starts + 1.5 * HOUR, {"entries": logged}))
    if rng.random() < 0.4:
        steps.append((rng.choice(("end", "revoke")), starts + 2 * HOUR, {"reasons": "Quiet."}))
    if rng.random() < 0.6:
        steps.append(("debrief", ends + 20 * HOUR, {}))
        verdict = rng.choice(("cannot_tell", "fell", "rose", "no_difference"))
        steps.append(("evaluate", ends + 24 * rng.randrange(2, 40) * HOUR, {"verdict": verdict}))
    return steps


@pytest.fixture
def put(workspace: Workspace) -> Callable[[random.Random, int], None]:
    """Put cases that go as chance has it into the record, and publish it as it was known at its clock."""

    def cases(rng: random.Random, count: int) -> None:
        now = workspace.clock.now()
        told = []
        for number in range(count):
            opened = BEGAN + timedelta(days=rng.uniform(0, (now - BEGAN) / timedelta(days=1)))
            opened = opened.replace(microsecond=0)
            steps = [one for one in history(rng, opened) if one[1] <= now]
            told += [
                (at, f"2018-{number:04}", version, kind, data) for version, (kind, at, data) in enumerate(steps, 1)
            ]
        for at, name, version, kind, data in sorted(told, key=lambda one: (one[0], one[1], one[2])):
            account = ACCOUNTS.get(kind, "operational-commander")
            said = statement(
                workspace, kind, data, office=account.replace("-", "_"), case_id=name, case_version=version,
                account=account, private={}, at=at,
            )  # fmt: skip
            workspace.store.append([said])
        publish(workspace)

    return cases


@pytest.mark.parametrize("seed", range(4))
def test_both_quarters_are_what_the_bulletin_of_the_same_workspace_counts(
    workspace: Workspace, clock: FixedClock, put: Callable[[random.Random, int], None], seed: int
) -> None:
    rng = random.Random(seed)
    clock.set(BEGAN + timedelta(days=rng.choice((100, 130, 160))))
    put(rng, 25)
    view = replace(read_public_view(workspace.public, clock.now()), tz="Europe/London")
    finished, current = quarters(view)
    assert (finished.name, finished.over, current.name, current.over) == ("2018Q3", True, "2018Q4", False)
    for told in (finished, current):
        theirs = quarterly(workspace, told.name)
        totals = {line.key: line.count for line in (*theirs.lines, *theirs.outcomes)}
        totals["hours_active"] = pytest.approx(theirs.hours_active)
        assert told.counts == {name: totals[name] for name in told.counts}
        assert sum(told.counts.values()) > 0


def test_the_page_shows_both_quarters_side_by_side(full_view: PublicView, pack: Pack) -> None:
    page = brief(full_view, pack)
    table = next(one["table"] for one in page.data["sections"] if one["table"])
    assert [column["text"] for column in table["head"]] == ["What", "2018Q3", "2018Q4 so far", "Year to now"]
    rows = {row[0]: row[1:] for row in table["rows"]}
    assert rows["Authorised"] == [1, 6, 7]
    assert rows["Refused by a person"] == [0, 1, 1]
    assert rows["Extended"] == [1, 0, 1]
    assert any("only the force\u2019s own bulletin can say" in one["note"] for one in page.data["sections"])


def test_the_column_of_the_year_says_what_the_plain_line_says(full_view: PublicView, pack: Pack) -> None:
    other = replace(full_view.cases[2], id="2018-0099", events=full_view.cases[2].events[1:])
    for view in (full_view, later(full_view, 300), later(full_view, 800), replace(full_view, cases=(other,))):
        for under in (pack, None):
            count, rows = year(view, under), _year_in_rows(view, under)
            told = [rows[key] for key in ("authorised", "urgent", "refused", "cases_blocked", "withdrawn")]
            assert set(rows) == set(quarters(view)[0].counts)
            assert told == [count.authorised, count.urgent, count.refused, count.held_up, count.withdrawn]


def test_an_empty_record_has_quarters_of_noughts(empty_view: PublicView, pack: Pack) -> None:
    assert all(set(one.counts.values()) == {0} for one in quarters(empty_view))
    assert "2018Q3" in html(brief(empty_view, pack), Frame.of(empty_view)).decode()
