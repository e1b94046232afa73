"""The first screens of the nine kinds of reader: figures of the record, and links that lead somewhere."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from answerable.policy.pack import Pack
from answerable.service.public_view import PublicView
from answerable.web import site
from answerable.web.pages.all_pages import all_pages
from answerable.web.pages.home import page as home
from answerable.web.pages.reader_facts import FACTS
from answerable.web.pages.reader_list import readers
from answerable.web.pages.readers import PATHS, reader

NAMES = [str(one["name"]) for one in readers()]


def facts(view: PublicView, pack: Pack | None, name: str) -> dict[str, Any]:
    return dict(reader(view, pack, name).data["sections"][0]["facts"])


def test_nine_kinds_of_reader_have_a_first_screen_that_home_and_all_pages_lead_to(view: PublicView, pack: Pack) -> None:
    assert len(NAMES) == len(PATHS) == 9
    assert [to["href"] for to in home(view, pack).data["readers"]] == list(PATHS)
    assert [to["href"] for to in all_pages().data["sections"][0]["links"]] == list(PATHS)


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_is_told_of_a_full_record_and_of_an_empty_one(
    full_view: PublicView, empty_view: PublicView, pack: Pack, contents: site.Contents, name: str
) -> None:
    known = site.builders(full_view, contents)
    for told in (reader(full_view, pack, name), reader(empty_view, None, name)):
        for _, value in told.data["sections"][0]["facts"]:
            assert value not in ("", None)
    links = [to["href"] for part in told.data["sections"] for to in part["links"]]
    assert len(links) == len(set(links)) >= 11
    assert set(links) <= set(known)


def test_no_figure_is_worked_out_for_nobody() -> None:
    assert {fact for one in readers() for fact in one["facts"]} == set(FACTS)


def test_a_committee_reads_what_the_record_counts(full_view: PublicView, pack: Pack) -> None:
    told = facts(full_view, pack, "committees")
    assert told["Refused by a person, in all"] == "1"
    assert told["Objections without an answer"] == "0"
    assert told["Armed work logged outside this policy"] == "1"


def test_an_inspector_sees_rules_that_did_not_hold_and_whoever_decided_for_themselves(
    view: PublicView, pack: Pack
) -> None:
    told = facts(view, pack, "inspectors")
    assert told["Rules tested"].endswith("not known")
    assert "1 did not hold" in told["Rules tested"]
    case = next(one for one in view.cases if one.last("authorise"))
    events = tuple(replace(event, office="applicant") for event in case.events)
    alone = replace(view, cases=(replace(case, events=events),))
    assert facts(alone, pack, "inspectors")["Asked and decided by one office"] == "1 of 1 authorised"


def test_a_commissioner_sees_what_was_decided_without_them(view: PublicView, pack: Pack) -> None:
    cases = tuple(replace(one, not_consulted=("pcc_liaison",)) for one in view.cases if one.last("authorise"))
    told = facts(replace(view, cases=cases), pack, "commissioners")
    assert told["Decided without your reply"] == f"{len(cases)} of {len(cases)} authorised"


def test_a_broken_chain_is_told_in_place_of_an_unbroken_one(view: PublicView, pack: Pack) -> None:
    assert "does not show that everything" in json.dumps(facts(view, pack, "investigators"))
    broken = replace(view, problems=("Case 2018-0001: an entry is missing.",))
    assert facts(broken, pack, "investigators")["The chain of entries"] == "Case 2018-0001: an entry is missing."
