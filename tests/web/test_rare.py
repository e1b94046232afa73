"""How rare: what the public record alone shows is what the workspace itself reports, and each count leads to cases."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from answerable.case.casefile import template
from answerable.case.duties import Duty
from answerable.clock import FixedClock
from answerable.place import Window, stamp
from answerable.policy.pack import Pack, load_pack
from answerable.policy.reading import read_yaml
from answerable.service.public_view import PublicCase, PublicView, read_public_view
from answerable.service.publish import publish
from answerable.service.rarity_report import rarity_report
from answerable.service.statement import statement
from answerable.service.workspace import Workspace, init_workspace, open_workspace
from answerable.web.pages import rarity
from answerable.web.rare import hours, rare
from answerable.web.render import Frame, html, twin

BEGAN = datetime(2018, 11, 30, 17, tzinfo=UTC)
ACCOUNTS = {
    "open": "applicant", "authorise": "authoriser", "refuse": "authoriser", "urgent": "urgent-authoriser",
    "start": "operational-commander", "end": "operational-commander",
}  # fmt: skip
PLACES = {"Example Estate": [-0.07, 51.60], "Far Estate": [-0.3, 51.45]}


def told(view: PublicView, pack: Pack | None) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(twin(rarity.page(view, pack), Frame.of(view)))
    return read


def text_of(view: PublicView, pack: Pack | None) -> str:
    page = html(rarity.page(view, pack), Frame.of(view)).decode()
    return re.sub(r" ([.,;:)])", r"\1", " ".join(re.sub(r"<[^>]+>", " ", page).split()))


@pytest.fixture
def clock() -> FixedClock:
    """The day it all begins, until told to move."""
    return FixedClock(BEGAN)


@pytest.fixture
def workspace(tmp_path: Path, clock: FixedClock) -> Iterator[Workspace]:
    init_workspace(tmp_path / "w", time_zone="Europe/London", clock=clock)
    with open_workspace(tmp_path / "w", clock) as opened:
        yield opened


@pytest.fixture
def put(workspace: Workspace) -> Callable[..., str]:
    """Put a case decided some days from the beginning into the record, in one of two places; return its id."""
    numbers = iter(range(1, 100))

    def case(days: float, place: str = "Example Estate", *, kind: str = "authorise", **more: float) -> str:
        decided, name = BEGAN + timedelta(days=days), f"2018-{next(numbers):04}"
        starts, ends = decided + timedelta(hours=3), decided + timedelta(hours=6)
        opened = {
            "title": "A case", "pack": "uk.armed_patrol@1", "trigger": "imminent_intel",
            "area": {"name": place, "km2": 0.5}, "window": {"from": stamp(starts), "to": stamp(ends)},
            "lapses_at": stamp(decided + timedelta(hours=24)), "clocks": {"debrief_h": 72, "close_days": 120},
        }  # fmt: skip
        limits = {
            "starts_at": stamp(starts), "ends_at": stamp(ends), "start_by": stamp(decided + timedelta(hours=4)),
            "ratify_by": stamp(decided + timedelta(hours=2)),
        }  # fmt: skip
        steps: list[tuple[str, float, dict[str, Any]]] = [("open", -2, opened)]
        steps += [(kind, 0, {"reasons": "No."} if kind == "refuse" else limits)] if kind != "open" else []
        steps += [("start", more["started"], {})] if "started" in more else []
        steps += [("end", more["ended"], {"reasons": "Quiet."})] if "ended" in more else []
        document = {
            **read_yaml(template(), "template"),
            "area": {"name": place, "place": PLACES[place], "radius_m": 300},
        }
        document.pop("as_of")
        for version, (step, after, data) in enumerate(steps, 1):
            said = statement(
                workspace, step, data, office=ACCOUNTS[step].replace("-", "_"), case_id=name, case_version=version,
                account=ACCOUNTS[step], private={"file": document}, at=decided + timedelta(hours=after),
            )  # fmt: skip
            workspace.store.append([said])
        return name

    return case


@pytest.fixture
def seen(workspace: Workspace, clock: FixedClock) -> Callable[[float], PublicView]:
    """Publish, let some days pass, and read the public folder."""

    def at(days: float) -> PublicView:
        clock.set(BEGAN + timedelta(days=days))
        publish(workspace)
        return replace(read_public_view(workspace.public, clock.now()), tz="Europe/London")

    return at


def test_the_public_record_alone_gives_the_figures_that_the_workspace_reports(
    workspace: Workspace, put: Callable[..., str], seen: Callable[[float], PublicView]
) -> None:
    put(1, started=3.5, ended=5)
    put(2, "Far Estate", kind="urgent")
    put(3, kind="refuse")
    put(20, started=3)
    view, ours = seen(30), load_pack("uk.armed_patrol")
    found, report = rare(view, ours), rarity_report(workspace)
    assert found is not None
    assert [len(found.force.cases), *(len(one.cases) for one in found.areas)] == [3, 2, 1]
    for use, theirs in zip((found.force, *found.areas), (report.force, *report.areas), strict=True):
        assert len(use.cases) == theirs.cases
        assert use.hours == pytest.approx(theirs.hours)
        assert use.share == pytest.approx(theirs.share)
        assert use.level == theirs.guard.level
    assert found.trend == report.trend
    assert {one.name: one.value for one in found.shares} == {"approval_rate": 3 / 4, "urgent_share": 1 / 3}


def test_the_page_says_the_level_in_words_and_of_how_many_hours(
    put: Callable[..., str], seen: Callable[[float], PublicView], pack: Pack
) -> None:
    put(1, started=3.5, ended=5)
    text = text_of(seen(10), pack)
    assert "1 authorised within a year in the whole force, of at most 4." in text
    assert "1.5 of 240 hours (0.62 %)" in text
    assert "Only a chief officer could authorise one more. Because: number 2 in this area within a year" in text
    for days in (40, 80):
        put(days)
    assert "One more is not possible: it takes a new consultation" in text_of(seen(90), pack)


def test_every_count_leads_to_its_cases(
    put: Callable[..., str], seen: Callable[[float], PublicView], pack: Pack
) -> None:
    used, unratified = put(1, started=3.5, ended=5), put(2, "Far Estate", kind="urgent")
    refused, draft, unused = put(3, kind="refuse"), put(4, kind="open"), put(5)
    found = told(seen(30), pack)
    rows = {row["id"]: row for row in found["counts"]}
    expected = {
        "proposed": [used, unratified, refused, draft, unused], "authorised": [used, unratified, unused],
        "urgent": [unratified], "refused": [refused], "blocked": [], "withdrawn": [], "lapsed": [draft, unused],
        "unratified": [unratified],
    }  # fmt: skip
    for name, cases in expected.items():
        assert [one["id"] for one in rows[name]["links"]] == sorted(cases, reverse=True), name
        assert rows[name]["year"] == rows[name]["ever"] == len(cases), name
    later = {row["id"]: row for row in told(seen(500), pack)["counts"]}
    assert (later["authorised"]["year"], later["authorised"]["ever"]) == (0, 3)


def test_a_long_row_of_cases_ends_with_a_link_to_the_register(view: PublicView, pack: Pack) -> None:
    many = tuple(replace(view.cases[0], id=f"2018-{n:04}") for n in range(100, 130))
    row = told(replace(view, cases=many), pack)["counts"][0]
    assert (len(row["links"]), row["more"]) == (12, 18)
    assert (
        'href="cases.html">18 more</a>' in html(rarity.page(replace(view, cases=many), pack), Frame.of(view)).decode()
    )


@pytest.mark.parametrize(("ended", "how"), [(2, "unratified"), (3, "expired")])
def test_how_the_clock_ended_a_case_can_be_read_after_it_was_accounted_for(
    full_view: PublicView, ended: float, how: str
) -> None:
    urgent = next(case for case in full_view.cases if case.id == "2018-0007")
    at = urgent.starts_at + timedelta(hours=ended)
    ratify_by = urgent.starts_at + timedelta(hours=2)
    assert replace(urgent, state="DEBRIEFED", ended_at=at, ratify_by=ratify_by).ended_by_clock == how


def test_what_people_ended_was_not_ended_by_the_clock(full_view: PublicView) -> None:
    by_id: dict[str, PublicCase] = {case.id: case for case in full_view.cases}
    assert by_id["2018-0006"].ended_by_clock == ""
    assert by_id["2018-0003"].ended_by_clock == ""
    assert by_id["2018-0001"].ended_by_clock == "expired"


def test_hours_that_overlap_count_once_and_only_inside_the_period() -> None:
    def at(hour: float) -> datetime:
        return BEGAN + timedelta(hours=hour)

    day = Window(at(0), at(24))
    assert hours([Window(at(1), at(5)), Window(at(2), at(3)), None, Window(at(4), at(6))], day) == 5
    assert hours([Window(at(-2), at(1)), Window(at(23), at(30))], day) == 2
    assert hours([], day) == 0


def test_an_overdue_referral_is_shown_wherever_the_use_is_shown(
    full_pages: dict[str, bytes], pages: dict[str, bytes]
) -> None:
    for name in ("index", "cases", "rarity", "rules", "policy"):
        owed = json.loads(full_pages[f"{name}.json"])["overdue_referrals"]["longest"]
        assert [(one["option"], one["case"], one["days_overdue"]) for one in owed] == [
            ("Focused deterrence", "2018-0010", 2)
        ], name
        page = full_pages[f"{name}.html"].decode()
        assert "Focused deterrence, passed on to the community safety" in page, name
        assert 'href="case-2018-0010.html">Case 2018-0010</a>' in page, name
        assert "Overdue referrals" not in pages[f"{name}.html"].decode(), name
    assert "No long-term alternative that was set aside and passed on is overdue." in pages["rarity.html"].decode()


def test_the_longest_overdue_referral_comes_first(view: PublicView) -> None:
    from answerable.web.pages.referrals import overdue_referrals

    owed = tuple(Duty("referral", view.as_of - timedelta(days=n), True, f"option_{n}", "tfc") for n in (1, 9))
    cases = (replace(view.cases[0], duties=owed), *view.cases[1:])
    found = overdue_referrals(replace(view, cases=cases))
    assert found["count"] == 2
    assert [one["option"] for one in found["longest"]] == ["Option 9", "Option 1"]
    assert found["longest"][0]["owner"] == "tactical firearms commander"


def test_of_many_overdue_referrals_the_longest_are_shown_and_all_are_counted(view: PublicView, pack: Pack) -> None:
    owed = tuple(Duty("referral", view.as_of - timedelta(days=n), True, f"option_{n}", "tfc") for n in range(1, 61))
    text = text_of(replace(view, cases=(replace(view.cases[0], duties=owed), *view.cases[1:])), pack)
    assert "60 long-term alternatives that were set aside" in text
    assert "Option 60," in text
    assert "Option 35," not in text
    assert "These 25 are the longest overdue. The other 35 stand on the pages of their cases." in text


def test_without_rules_or_without_limits_the_page_says_so(empty_view: PublicView, view: PublicView, pack: Pack) -> None:
    assert "No rules have been adopted, so nothing has limits" in text_of(empty_view, None)
    unlimited = replace(pack, settings={})
    assert "The rules in force set no limits on how often." in text_of(view, unlimited)
    assert told(view, unlimited)["force"] is None


def test_an_empty_record_is_at_zero(empty_view: PublicView, pack: Pack) -> None:
    found = told(empty_view, pack)
    assert (found["force"]["count"], found["force"]["hours"]) == (0, 0)
    assert found["trend"] is None
    assert found["cases"] == []


def test_only_cases_under_this_policy_are_counted(view: PublicView, pack: Pack) -> None:
    other = replace(pack, name="uk.section60:statutory")
    assert told(view, pack)["counts"][0]["ever"] == 5
    assert told(view, other)["counts"][0]["ever"] == 0


def test_rules_that_are_no_longer_in_force_let_nothing_more_happen(view: PublicView, pack: Pack) -> None:
    over = replace(view, as_of=view.as_of + timedelta(days=400))
    assert "The rules are not in force now, so no more is possible at all. It ended by itself" in text_of(over, pack)
    assert "not in force now" not in text_of(view, pack)


def test_a_deployment_that_has_not_begun_has_no_hours_yet(
    put: Callable[..., str], seen: Callable[[float], PublicView], pack: Pack
) -> None:
    case = put(0.0)
    page = rarity.page(seen(1 / 24), pack)
    told = next(one for one in page.data["cases"] if one["id"] == case)
    assert told["hours"] == 0.0
    assert case in text_of(seen(1 / 24), pack)
