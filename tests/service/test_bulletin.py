from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from answerable.case.event import Command
from answerable.clock import FixedClock
from answerable.errors import IntegrityError, UsageError
from answerable.place import Window
from answerable.present.document_writers import document_html, document_text
from answerable.record.errors import Altered
from answerable.service.bulletin import log_counts, open_cases, quarterly, reconcile
from answerable.service.bulletin_counts import count, quarter_of, quarter_window
from answerable.service.cases import Answer, act
from answerable.service.logs import log_command
from answerable.service.workspace import Workspace

Opened = Callable[[dict[str, Any]], str]
Take = Callable[[str, str], Answer]
REFUSE = Command("refuse", reasons="Too little is known.", what_would_change="A second origin.")


@pytest.fixture
def story(
    workspace: Workspace,
    clock: FixedClock,
    sound: dict[str, Any],
    opened: Opened,
    take: Take,
    begin: Callable[[str], Answer],
    section_file: Callable[..., Path],
) -> Workspace:
    """One case refused, one withdrawn, one blocked, one in use from 20:05 to midnight and logged."""
    used = opened({**sound, "title": "Used"})
    assert begin(used).state == "ACTIVE"
    refused = opened({**sound, "title": "Refused"})
    take(refused, "submit")
    act(workspace, refused, REFUSE, "authoriser")
    withdrawn = opened({**sound, "title": "Withdrawn"})
    act(workspace, withdrawn, Command("withdraw", reasons="Not needed."), "applicant")
    blocked = opened({k: v for k, v in {**sound, "title": "Blocked"}.items() if k != "app"})
    assert take(blocked, "submit").blocked_by
    clock.set(datetime(2018, 12, 1, 12, tzinfo=UTC))
    act(workspace, used, log_command(workspace, section_file("log"), {}), "operational-commander")
    return workspace


def test_the_totals_count_refusals_like_authorisations(story: Workspace) -> None:
    totals = quarterly(story).as_json()["totals"]
    assert {k: totals[k] for k in ("proposed", "refused", "withdrawn", "blocked", "cases_blocked")} == {
        "proposed": 4, "refused": 1, "withdrawn": 1, "blocked": 1, "cases_blocked": 1,
    }  # fmt: skip
    assert (totals["authorised"], totals["urgent"], totals["started"], totals["expired"]) == (1, 0, 1, 1)


def test_the_denominator_is_the_hours_in_use_of_the_hours_of_the_quarter(story: Workspace) -> None:
    denominator = quarterly(story).as_json()["denominator"]
    assert denominator["hours_active"] == pytest.approx(3 + 55 / 60, abs=1e-3)
    assert denominator["hours_in_quarter"] == 61 * 24 + 12 + 1


def test_every_case_is_listed_whatever_became_of_it(story: Workspace) -> None:
    standings = {case.title: case.standing for case in quarterly(story).cases}
    assert standings["Refused"] == "refused"
    assert standings["Withdrawn"] == "withdrawn"
    assert standings["Blocked"] == "draft, blocked"
    assert standings["Used"] == "expired"


def test_what_was_logged_is_counted_and_nothing_is_a_number_too(story: Workspace) -> None:
    outcomes = quarterly(story).as_json()["outcomes"]
    assert outcomes["force"] == 0
    assert outcomes["nothing_found"] == 0
    assert outcomes["contact_under_18"] == 0


def test_the_totals_are_those_of_the_log(story: Workspace) -> None:
    made = quarterly(story)
    log = log_counts(story.public, made.window, made.as_of)
    assert log.kinds["open"] == made.as_json()["totals"]["proposed"]
    assert dict(made.checked.kinds) == dict(log.kinds)
    assert log.unopened == 0


@pytest.mark.parametrize("key", ["proposed", "refused", "withdrawn", "blocked", "authorised", "urgent", "extended"])
def test_an_altered_total_is_an_alarm(story: Workspace, key: str) -> None:
    made = quarterly(story)
    lines = tuple(replace(line, count=line.count + 1) if line.key == key else line for line in made.lines)
    with pytest.raises(IntegrityError, match="the public log"):
        reconcile(lines, made.checked.kinds, made.checked)


def test_an_altered_count_by_kind_is_an_alarm(story: Workspace) -> None:
    made = quarterly(story)
    with pytest.raises(IntegrityError, match="'log'"):
        reconcile(made.lines, {**made.checked.kinds, "log": 2}, made.checked)


def test_an_opening_taken_from_the_public_folder_is_an_alarm(story: Workspace) -> None:
    (story.public / "openings" / "3.json").unlink()
    with pytest.raises(IntegrityError, match="the public log"):
        quarterly(story)


def test_an_altered_public_folder_is_an_alarm(story: Workspace) -> None:
    openings = story.public / "openings"
    (openings / "3.json").write_bytes((openings / "2.json").read_bytes())
    with pytest.raises(Altered):
        quarterly(story)


def test_a_finished_quarter_reads_the_same_whenever_it_is_asked_for(story: Workspace, clock: FixedClock) -> None:
    clock.set(datetime(2019, 1, 1, tzinfo=UTC))
    then = quarterly(story, "2018Q4")
    clock.set(datetime(2019, 6, 1, tzinfo=UTC))
    later = quarterly(story, "2018Q4")
    assert then.over
    assert then.lines == later.lines
    assert then.as_json()["denominator"] == later.as_json()["denominator"]


def test_an_overdue_account_is_counted_once_it_is_due(story: Workspace, clock: FixedClock) -> None:
    assert quarterly(story).as_json()["totals"]["accounts_overdue"] == 0
    clock.set(datetime(2018, 12, 5, tzinfo=UTC))
    assert quarterly(story).as_json()["totals"]["accounts_overdue"] == 1


def test_a_quarter_in_which_nothing_happened_says_so(story: Workspace) -> None:
    made = quarterly(story, "2017Q1")
    assert sum(line.count for line in made.lines) == 0
    assert "Nothing was proposed or under way" in document_text(made.document())


def test_the_bulletin_can_be_read_as_text_and_as_a_page(story: Workspace) -> None:
    made = quarterly(story)
    text, page = document_text(made.document()), document_html(made.document())
    for said in (text, page):
        assert "Bulletin for October to December 2018" in said
        assert "REHEARSAL" in said
        assert "status: example" in said
        assert "outside counts" in said
        assert "The quarter is not over" in said


def test_an_event_that_waits_to_be_published_is_not_counted(
    workspace: Workspace, sound: dict[str, Any], opened: Opened
) -> None:
    opened(sound)
    window = quarter_window("2018Q4", "UTC")
    assert count(open_cases(workspace), window, window.end).kinds == {"open": 1}
    assert count([], window, window.end).kinds == {}


@pytest.mark.parametrize("wrong", ["2026", "Q4", "2026Q5", "2026-Q1", ""])
def test_another_spelling_of_a_quarter_is_a_usage_error(wrong: str) -> None:
    with pytest.raises(UsageError, match="2026Q4"):
        quarter_window(wrong, "UTC")


def test_quarters_begin_at_local_midnight() -> None:
    assert quarter_window("2018Q2", "Europe/London") == Window(
        datetime(2018, 3, 31, 23, tzinfo=UTC), datetime(2018, 6, 30, 23, tzinfo=UTC)
    )
    assert quarter_of(datetime(2018, 3, 31, 23, 30, tzinfo=UTC), "Europe/London") == "2018Q2"


def test_what_became_of_reports_is_counted_nothing_found_among_it() -> None:
    window = quarter_window("2018Q4", "UTC")
    outcomes = count([], window, window.end, ["nothing_found", "nothing_found", "treated"]).outcomes
    counted = {line.key: line.count for line in outcomes}
    assert (counted["nothing_found"], counted["treated"], counted["materialised"]) == (2, 1, 0)
