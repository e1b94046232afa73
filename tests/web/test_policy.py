"""How the rules came about, told from the record of a whole adoption, and of rules that nobody was asked about."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from answerable.service.public_view import PublicView, read_public_view
from answerable.web.pages import policy
from answerable.web.policies import policies_of
from answerable.web.render import Frame, html, twin
from answerable.web.static_site import write_static


def text_of(view: PublicView) -> str:
    import re

    page = html(policy.page(view), Frame.of(view)).decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    return re.sub(r" ([.,;:)])", r"\1", text.replace("&#39;", "'"))


def told(view: PublicView) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(twin(policy.page(view), Frame.of(view)))
    return read


def changed(view: PublicView, kind: str, **data: Any) -> PublicView:
    """The record with other data in the entries of one kind."""
    adoptions = {
        name: tuple(replace(e, data={**e.data, **data}) if e.kind == kind else e for e in events)
        for name, events in view.adoptions.items()
    }
    return replace(view, adoptions=adoptions)


def test_who_was_asked_and_who_was_not_reached_is_said_at_the_top(adopted_view: PublicView) -> None:
    text = text_of(adopted_view)
    assert "NOT REACHED: Young people under 25." in text[: text.index("Reasons for the decision")]
    assert "Reached: three meetings" in text
    assert "NOT REACHED: the clubs were closed" in text
    asked = {one["who"]: one["reached"] for one in told(adopted_view)["adoptions"][0]["asked"]}
    assert asked["Young people under 25"] is False
    assert asked["Independent advisory group"] is None


def test_answers_are_counted_and_only_those_meant_for_the_public_are_read(adopted_view: PublicView) -> None:
    text = text_of(adopted_view)
    assert "2 responses: 1 for it; 0 for it, with changes; 0 neither; 1 against it." in text
    assert "Never." in text
    assert "Tenants, against it" in text
    assert "Only at night" not in text
    assert "The words of 1 are not shown" in text


def test_every_theme_says_what_changed_or_why_nothing_did(adopted_view: PublicView) -> None:
    text = text_of(adopted_view)
    assert "Changed. Fear is a measure of its own." in text
    assert "Not changed. Harm keeps no hours." in text
    assert "Most oppose it." in text


def test_the_tests_of_fairness_stand_with_their_reasons_as_of_the_decision(adopted_view: PublicView) -> None:
    tests = told(adopted_view)["adoptions"][0]["tests"]
    assert tests["decided"] is True
    assert {f"G{n}" for n in range(1, 6)} <= {one["rule"] for one in tests["findings"]}
    assert all(one["holds"] and one["reason"] for one in tests["findings"])
    assert "nobody types them in" in text_of(adopted_view)


def test_notice_and_reply_are_no_veto_and_are_answered(adopted_view: PublicView) -> None:
    text = text_of(adopted_view)
    assert "It is no veto." in text
    assert "the police and crime commissioner had notice, by letter." in text
    assert "by the liaison to the police and crime commissioner" in text
    assert "replied: “What would end it?” Answered: Its stop rule would." in text


def test_a_decision_that_came_too_early_stays_in_the_record(adopted_view: PublicView) -> None:
    entries = told(adopted_view)["adoptions"][0]["entries"]
    early = next(one for one in entries if one["kind"] == "blocked")
    assert early["transition"] == "adopted"
    assert {"G3", "G4"} <= {one["rule"] for one in early["failed"]}
    assert all(one["proof"] for one in entries)


def test_what_it_changes_of_the_rules_before_says_which_way_it_goes(adopted_view: PublicView) -> None:
    assert "It replaces no rules: none were in force before." in text_of(adopted_view)
    changes = [
        {"what": "limit", "where": "limit window_h", "kind": "loosen", "sentence": "It may last 8 hours, not 6."},
        {"what": "limit", "where": "limit review_h", "kind": "tighten", "sentence": "It is reviewed every hour."},
    ]
    text = text_of(changed(adopted_view, "propose", changes_from="uk.x@1", changes=changes, loosens=True))
    assert "Of uk.x@1, which was in force before; it loosens it:" in text
    assert "Loosens. It may last 8 hours, not 6." in text
    assert "Tightens. It is reviewed every hour." in text


def test_the_papers_are_linked_with_their_fingerprints(adopted_view: PublicView, adopted_folder: Path) -> None:
    papers = told(adopted_view)["adoptions"][0]["papers"]
    assert len(papers) == 5
    for one in papers:
        assert (adopted_folder / "w" / "public" / one["file"]).is_file()
        assert one["sha256"] in text_of(adopted_view)
    hostile = [{"title": "A paper", "file": "../keys/log.key", "sha256": ""}, {"title": "B", "file": "checkpoint"}]
    page = html(policy.page(changed(adopted_view, "propose", documents=hostile)), Frame.of(adopted_view)).decode()
    assert "log.key" not in page
    assert "(not in this folder)" in page


def test_the_papers_and_the_feed_open_from_a_folder_of_files(adopted_folder: Path, tmp_path: Path) -> None:
    first = write_static(adopted_folder / "w" / "public", tmp_path / "site", datetime(2018, 10, 24, tzinfo=UTC))
    page = (first.parent / "policy.html").read_text()
    for one in json.loads((first.parent / "policy.json").read_text())["adoptions"][0]["papers"]:
        assert f'href="log/{one["file"]}"' in page
        assert (first.parent / "log" / one["file"]).is_file()
    assert 'href="log/notices.atom"' in page
    assert (first.parent / "log" / "notices.atom").is_file()


def test_it_ends_by_itself_and_the_page_raises_the_alarm(adopted_folder: Path) -> None:
    public, adopted = adopted_folder / "w" / "public", datetime(2018, 10, 24, tzinfo=UTC)
    assert "In force uk.armed_patrol@1; it ends by itself on 23 October 2019" in text_of(
        read_public_view(public, adopted)
    )
    late = text_of(read_public_view(public, adopted + timedelta(days=300)))
    assert "Alarm The evaluation of the pack uk.armed_patrol was due and is not published" in late
    over = text_of(read_public_view(public, adopted + timedelta(days=400)))
    assert "Not in force uk.armed_patrol. It ended by itself" in over
    assert "reached its sunset" in over
    assert "Ended by itself" in over


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("rehearsal", "This is a rehearsal, and it adopted its example at once. Nobody was asked."),
        ("simulated", "This is a simulation, and it adopted its example at once. Nobody was asked."),
        ("real", "without asking anyone, which a record of a real force must never do."),
    ],
)
def test_rules_that_nobody_was_asked_about_say_exactly_that(view: PublicView, kind: str, says: str) -> None:
    text = text_of(replace(view, kind=kind))
    assert "Adopted at once, without asking anyone" in text
    assert says in text
    assert "Was it fair?" not in text


def test_a_record_without_rules_says_that_nothing_is_in_force(empty_view: PublicView) -> None:
    text = text_of(empty_view)
    assert "Not in force No rules have been adopted" in text
    assert "Nothing has been put forward yet." in text


def test_a_later_adoption_is_in_force_and_the_earlier_is_not(full_view: PublicView) -> None:
    found = told(full_view)
    assert [one["in_force"] for one in found["at_once"]] == [True]
    assert [one["in_force"] for one in found["adoptions"]] == [False]
    assert "It is not in force now." in text_of(full_view)


def test_an_adoption_whose_proposal_is_not_open_yet_is_named_and_nothing_breaks(adopted_view: PublicView) -> None:
    unread = replace(adopted_view, adoptions={n: events[1:] for n, events in adopted_view.adoptions.items()})
    assert policies_of(unread).closed == ("A-2018-0001",)
    assert "1 adoption has not been opened to the public yet." in text_of(unread)


def test_adverse_evaluations_suspend_the_policy_on_the_page_too(adopted_view: PublicView, view: PublicView) -> None:
    bad = {"verdict": "cannot_tell", "measures": {"confidence_overall": {"change": -9}}}
    at = datetime(2018, 11, 20, tzinfo=UTC)
    cases = tuple(
        replace(
            case,
            events=(case.events[0], replace(case.events[0], kind="evaluate", at=at + timedelta(days=n), data=bad)),
        )
        for n, case in enumerate(view.cases[:2])
    )
    text = text_of(replace(adopted_view, cases=cases, as_of=at + timedelta(days=5)))
    assert "is suspended by its stop rule" in text
    assert "Its stop rule suspended it, Wed 21 Nov 2018" in text
