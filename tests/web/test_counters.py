"""Seven counters of routine, the brief for a meeting, and who bears deployments: figures with known answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from answerable.evaluate.fairness import Group, audit
from answerable.evaluate.fairness_report import fairness_report
from answerable.policy.pack import Pack
from answerable.service.public_view import PublicCase, PublicView
from answerable.web.counters import counters, upper_share
from answerable.web.laid import LaidFile
from answerable.web.pages.brief import brief, figures, outside, unanswered
from answerable.web.pages.fairness import fairness
from answerable.web.pages.fairness_audit import FILE
from answerable.web.pages.questions import adverse
from answerable.web.pages.routine import routine


def often(view: PublicView, times: int, *, area: str = "") -> PublicView:
    """The record with its authorised case repeated, a day apart."""
    one = next(case for case in view.cases if case.last("authorise"))
    cases = []
    for number in range(times):
        shift = timedelta(days=number)
        events = tuple(replace(event, at=event.at + shift) for event in one.events)
        moved = {name: getattr(one, name) + shift for name in ("starts_at", "ends_at", "authorised_at", "started_at")}
        name = area or f"Ward {number}"
        cases.append(replace(one, id=f"2018-1{number:03}", area_name=name, events=events, ended_at=None, **moved))
    return replace(view, cases=tuple(cases), as_of=view.as_of + timedelta(days=times))


def levels(view: PublicView, pack: Pack) -> dict[str, str]:
    return {one.title[:1]: one.level for one in counters(view, pack)}


def test_nobody_refused_of_twenty_could_still_be_one_in_seven() -> None:
    assert round(upper_share(0, 20), 3) == 0.139
    assert upper_share(3, 3) == 1.0


def test_a_few_uses_are_within_their_limits_and_too_few_to_judge_the_rest(view: PublicView, pack: Pack) -> None:
    seven = counters(view, pack)
    assert [one.title[:1] for one in seven] == list("1234567")
    found = levels(view, pack)
    assert found["1"] == "within"
    assert found["5"] == found["7"] == "cannot"
    assert found["6"] == "within"


def test_twelve_uses_where_four_are_allowed_are_over_by_count_and_by_the_test(view: PublicView, pack: Pack) -> None:
    found = levels(often(view, 12), pack)
    assert found["1"] == found["2"] == found["3"] == "over"
    assert found["5"] == "near"


def test_all_uses_in_one_of_many_wards_are_a_look_at_concentration(view: PublicView, pack: Pack) -> None:
    used = often(view, 6, area="Canal Side")
    refused = [replace(case, id=f"r{n}", area_name="Ropewalk") for n, case in enumerate([view.cases[2]] * 18)]
    assert levels(replace(used, cases=(*used.cases, *refused)), pack)["7"] == "near"


def test_another_trigger_than_the_two_is_over_its_limit(view: PublicView, pack: Pack) -> None:
    odd = tuple(replace(case, trigger="forecast") for case in view.cases)
    assert levels(replace(view, cases=odd), pack)["6"] == "over"


def test_without_rules_the_page_says_that_nothing_has_a_limit(view: PublicView, pack: Pack) -> None:
    assert "No rules have been adopted" in json.dumps(routine(view, None).data)
    page = routine(view, pack)
    assert "<title" in page.markup["areas"]
    assert "<desc" in page.markup["areas"]


def test_the_brief_counts_what_the_record_holds(full_view: PublicView, pack: Pack) -> None:
    told = figures(full_view, pack)
    assert told["Refused by a person"] == "1"
    assert told["Objections without an answer"] == "0"
    # One of the standings has a debrief that says nothing.
    assert told["Force used"] == "in 0 of 2 debriefed; a weapon drawn in 0, somebody injured in 0"
    assert told["What it cost"] == "6.0 officer-hours on the ground"
    assert told["Ended by the clock"] == "1 expired, 0 lapsed unused, 1 urgent and never ratified"
    assert unanswered(full_view) == 0
    assert outside(full_view) == 1
    asked = next(one["items"] for one in brief(full_view, pack).data["sections"] if one["items"])
    assert any("outside this policy" in one for one in asked)


def test_an_objection_without_its_answer_is_counted(full_view: PublicView) -> None:
    def without(case: PublicCase) -> PublicCase:
        return replace(case, events=tuple(event for event in case.events if event.kind != "answer"))

    assert unanswered(replace(full_view, cases=tuple(map(without, full_view.cases)))) == 1


def test_without_a_debrief_the_brief_says_so(view: PublicView, pack: Pack) -> None:
    told = figures(view, pack)
    assert told["Force used"] == told["What it cost"] == "none was debriefed in this year"


def sections(data: Mapping[str, Any]) -> str:
    return json.dumps(data["sections"])


def test_deployments_are_set_beside_need_where_names_match(view: PublicView) -> None:
    wards = [area["name"] for area in view.pictures[0].data["areas"]]
    assert "cannot be told" in sections(fairness(replace(view, pictures=())).data)
    used = often(view, 10, area=wards[0])
    rows = {row[0]: row for row in fairness(used).data["sections"][0]["table"]["rows"]}
    assert set(rows) == set(wards)
    assert rows[wards[0]][2] == 10
    assert rows[wards[0]][1] == "more than its need"
    assert {row[1] for name, row in rows.items() if name != wards[0]} <= {"cannot tell", "less than its need"}


def audited(tmp_path: Path) -> Mapping[str, Any]:
    """The audit of two fifths of a city as the command prints it, read back from a public folder."""
    groups = [
        Group("least deprived", 2, 1, 1e5, 4.0, 3, 1),
        Group("most deprived", 40, 36, 1e5, 6.0, 8, 2, forecast=7.5),
    ]
    told = fairness_report(audit(groups, reporting=(0.6, 1.0)), (0.6, 1.0)).as_json()
    (tmp_path / FILE).write_text(json.dumps(told), encoding="utf8")
    found = LaidFile(tmp_path / FILE)()
    assert found is not None
    return found


def test_the_full_audit_stands_with_every_measure_its_interval_and_what_could_be_seen(
    view: PublicView, tmp_path: Path
) -> None:
    page = fairness(view, audited(tmp_path))
    told = [one["table"] for one in page.data["sections"][1:] if one["table"]]
    tables = {one["caption"]: one["rows"] for one in told}
    assert len(tables) == 8
    for rows in tables.values():
        assert [row[0] for row in rows] == ["least deprived", "most deprived"]
    assert tables["Futile deployments for its need"][1][2] == "more than its need"
    assert tables["Missed incidents for its need"][0][2] == "cannot tell"
    assert "not known" in tables["Incidents over what was forecast"][0][1]
    said = sections(page.data)
    assert "What could be seen: to see a group bear twice its need takes" in said
    assert "between 0.6 and 1 times as much" in said
    assert said.count("exclude each other") == 1
    assert "most deprived: 13." in page.markup["audit"]


@pytest.mark.parametrize(
    "broken",
    [{}, {"table": 3}, {"table": [1, {"label": "no colon"}]}, {"table": [{"label": "a: b"}], "numbers": {"a": 1}}],
)
def test_an_audit_of_another_form_breaks_no_page(view: PublicView, broken: dict[str, Any]) -> None:
    page = fairness(view, broken)
    assert page.markup == {}
    assert "exclude each other" in sections(page.data)


def test_without_an_audit_the_page_says_what_cannot_be_worked_out_from_the_record(view: PublicView) -> None:
    assert "No audit has been published" in sections(fairness(view).data)


def test_an_objection_that_prevailed_is_not_counted_as_left_without_an_answer(full_view: PublicView) -> None:
    def refused(case: PublicCase) -> PublicCase:
        events = tuple(event for event in case.events if event.kind != "answer")
        return replace(case, events=events, authorised_at=None, state="REFUSED")

    view = replace(full_view, cases=tuple(map(refused, full_view.cases)))
    assert adverse(view) == (1, 0, 1)
    assert unanswered(view) == 0
