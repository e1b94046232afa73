"""An analyst who has seen the number cannot judge afresh: the estimate given before it counts, and both are shown."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from answerable.case.casefile import CaseFile
from answerable.case.event import Command
from answerable.case.machine import Case
from answerable.cli.case.shown import as_text
from answerable.clock import FixedClock
from answerable.intel.estimate import Estimate
from answerable.place import Area, Projection, Window
from answerable.present.case_document import case_document
from answerable.service.adopt import adopted_pack
from answerable.service.casefile_export import case_source
from answerable.service.cases import Answer, act, show_case
from answerable.service.facts import facts_for
from answerable.service.history import read_history
from answerable.service.intel_earlier import earlier_estimate
from answerable.service.intel_estimates import keep_estimate, subject_of
from answerable.service.intel_kept import ESTIMATE
from answerable.service.people import actor
from answerable.service.rarity_entries import Entries
from answerable.service.workspace import Workspace

Open = Callable[[dict[str, Any]], str]
Take = Callable[..., Answer]


@pytest.fixture
def saw(workspace: Workspace, clock: FixedClock, sound: dict[str, Any]) -> Callable[..., None]:
    """Keep the estimate of an analyst who was then shown a picture of the case's area and hours, or of others."""

    def keep(
        probability: float, *, east_m: float = 0, hours: float = 0, shown: bool = True, who: str = "analyst"
    ) -> None:
        casefile = CaseFile.read(sound, tz="Europe/London")
        outline, window = casefile.outline(Projection("EPSG:27700")), casefile.asked_window
        assert outline is not None
        assert window is not None
        import shapely

        area = Area("x", shapely.affinity.translate(outline.geometry, east_m), outline.projection)
        moved = Window(window.start + timedelta(hours=hours), window.end + timedelta(hours=hours))
        one = Estimate(subject_of(area, moved), "x", moved, probability, "moderate", who, clock.now())
        keep_estimate(workspace, one.shown(0.9, clock.now()) if shown else one, area.geojson()["geometry"], who)
        assert workspace.store.kept(ESTIMATE)

    return keep


def held(workspace: Workspace, document: dict[str, Any], who: str = "analyst") -> Any:
    casefile = CaseFile.read(document, tz="Europe/London")
    return earlier_estimate(workspace, Case("2018-9999"), casefile, actor(workspace, who), workspace.clock.now())


@pytest.fixture
def explained(sound: dict[str, Any]) -> dict[str, Any]:
    """The sound case file, whose judgement says why it differs."""
    document = copy.deepcopy(sound)
    document["judgement"]["gap_reasons"] = "A second report came in after the estimate."
    return document


def test_with_no_picture_seen_nothing_is_held(workspace: Workspace, sound: dict[str, Any]) -> None:
    assert held(workspace, sound) is None


@pytest.mark.parametrize(
    ("seen", "counts"),
    [
        ({}, True),
        ({"east_m": 300}, True),
        ({"east_m": 2000}, False),
        ({"hours": 3}, True),
        ({"hours": 24}, False),
        ({"shown": False}, False),
        ({"who": "intel-evaluator"}, False),
    ],
)
def test_only_a_picture_of_overlapping_ground_and_hours_that_this_person_saw_counts(
    workspace: Workspace, explained: dict[str, Any], saw: Callable[..., None], seen: dict[str, Any], counts: bool
) -> None:
    saw(0.3, **seen)
    assert (held(workspace, explained) is not None) == counts


def test_a_change_after_the_number_was_seen_is_unexplained_without_reasons(
    workspace: Workspace, sound: dict[str, Any], saw: Callable[..., None]
) -> None:
    saw(0.3)
    sound["judgement"].pop("gap_reasons", None)
    facts = held(workspace, sound).facts()
    assert facts["judgement.changed"]
    assert not facts["judgement.change_explained"]


@pytest.mark.parametrize(
    ("looked", "rewritten", "blocked"),
    [("before", False, False), ("after", False, True), ("after", True, False)],
    ids=["written after the picture", "written before the picture", "written anew after it"],
)
def test_only_reasons_no_older_than_the_picture_explain_a_change(
    workspace: Workspace, explained: dict[str, Any], saw: Callable[..., None], opened: Open, clock: FixedClock,
    tmp_path: Path, looked: str, rewritten: bool, blocked: bool,
) -> None:  # fmt: skip
    if looked == "before":
        saw(0.7)
        clock.advance(minutes=1)
    case = opened(explained)
    clock.advance(minutes=1)
    if looked == "after":
        saw(0.7)
    act(workspace, case, Command("submit"), "applicant")
    clock.advance(minutes=1)
    file = tmp_path / "why.yaml"
    file.write_text(yaml.safe_dump({"judgement": {"gap_reasons": "The second source rang."}}), encoding="utf8")
    answer = act(workspace, case, Command("assess"), "analyst", added=file if rewritten else None)
    assert ("AP41" in answer.blocked_by) == blocked
    assert read_history(workspace, case).case.events[-1].data["earlier_estimate"]["explained"] != blocked


def test_the_gap_to_the_picture_is_that_of_the_judgement_that_counts(
    workspace: Workspace, explained: dict[str, Any], saw: Callable[..., None]
) -> None:
    casefile = CaseFile.read(explained, tz="Europe/London")
    pack, now, case = adopted_pack(workspace), workspace.clock.now(), Case("2018-9999")
    assert casefile.judgement is not None
    picture = {"probability": casefile.judgement.probability}
    saw(0.1)
    first = held(workspace, explained)
    told = facts_for(workspace, case, casefile, pack, now, picture=picture)
    counts = facts_for(workspace, case, casefile, pack, now, picture=picture, held=first)
    assert (told["judgement.gap_bands"], told["judgement.changed"]) == (0, False)
    assert (counts["judgement.gap_bands"], counts["judgement.changed"]) == (3, True)


def test_the_same_judgement_again_is_no_change(
    workspace: Workspace, sound: dict[str, Any], saw: Callable[..., None]
) -> None:
    document = copy.deepcopy(sound)
    saw(document["judgement"]["probability"])
    document["judgement"]["ancr"] = "moderate"
    assert held(workspace, document) is None


def test_the_first_estimate_counts_not_a_later_one(
    workspace: Workspace, explained: dict[str, Any], saw: Callable[..., None], clock: FixedClock
) -> None:
    saw(0.2)
    clock.advance(minutes=5)
    saw(0.8, hours=1)
    assert held(workspace, explained).probability == 0.2


def test_the_estimate_given_before_is_what_the_floor_is_tested_on_and_both_are_published(
    workspace: Workspace, explained: dict[str, Any], saw: Callable[..., None], opened: Open
) -> None:
    saw(0.3)
    case = opened(explained)
    act(workspace, case, Command("submit"), "applicant")
    answer = act(workspace, case, Command("assess"), "analyst")
    assert "AP06" in answer.blocked_by
    event = read_history(workspace, case).case.events[-1]
    assert event.data["earlier_estimate"]["probability"] == 0.3
    assert event.data["earlier_estimate"]["term"] == "unlikely"
    assert event.data["earlier_estimate"]["through"] == "intel picture"
    shown = show_case(workspace, case)
    assert shown["earlier_estimate"] == event.data["earlier_estimate"]
    assert "judged before, through intel picture: 0.3 (unlikely)" in as_text(shown)
    said = case_document(case_source(workspace, case)).json().decode()
    assert "Judged before a picture was seen" in said
    assert "explained after the picture was seen" in said


def test_withdrawing_a_case_and_opening_it_anew_gives_no_second_judgement(
    workspace: Workspace, sound: dict[str, Any], opened: Open, tmp_path: Path
) -> None:
    sound["judgement"].pop("gap_reasons", None)
    low = copy.deepcopy(sound)
    low["judgement"] = {"probability": 0.3, "ancr": "moderate"}
    first = opened(low)
    act(workspace, first, Command("submit"), "applicant")
    act(workspace, first, Command("assess"), "analyst")
    act(workspace, first, Command("withdraw"), "applicant")
    again = opened(sound)
    act(workspace, again, Command("submit"), "applicant")
    assert "AP41" in act(workspace, again, Command("assess"), "analyst").blocked_by
    file = tmp_path / "why.yaml"
    file.write_text(yaml.safe_dump({"judgement": {"gap_reasons": "A second report."}}), encoding="utf8")
    answer = act(workspace, again, Command("assess"), "analyst", added=file)
    assert "AP06" in answer.blocked_by
    assert "AP41" not in answer.blocked_by
    assert read_history(workspace, again).case.events[-1].data["earlier_estimate"]["through"] == first


def test_a_decision_publishes_what_the_guard_said_with_every_measure(
    workspace: Workspace, sound: dict[str, Any], opened: Open, take: Take
) -> None:
    case = opened(sound)
    take(case, "authorise")
    event = next(one for one in read_history(workspace, case).case.events if one.kind == "authorise")
    said = event.data["rarity"]
    assert said["level"] == "notice"
    assert {"force_year", "area_year", "overlap"} <= said["measures"].keys()
    assert said["measures"]["force_year"]["value"] == 1
    assert said["measures"]["area_year"]["limit"] == {"notice": 1, "escalate": 2, "most": 3}
    assert said["sentence"].startswith("It would be number 1 in the force")
    told = [one.kind for one in read_history(workspace, case).case.events if "rarity" in one.data]
    assert told == ["authorise"]
    assert show_case(workspace, case)["rarity"] == said
    document = case_document(case_source(workspace, case)).json().decode()
    assert said["sentence"] in document
    assert "notice 1, escalate 2, most 3" in document
    assert f"rarity: {said['sentence']}" in as_text(show_case(workspace, case))


def test_the_guard_is_worked_out_once_for_a_decision(
    workspace: Workspace, sound: dict[str, Any], opened: Open, take: Take, clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    case = opened(sound)
    take(case, "consult")
    looks: list[Workspace] = []
    read = Entries.read
    monkeypatch.setattr(Entries, "read", lambda one: (looks.append(one), read(one))[1])
    clock.advance(minutes=31)
    act(workspace, case, Command("authorise", reasons="Two origins agree."), "authoriser")
    assert len(looks) == 1
