"""Whole cases told in a sentence: those of the reference, and at least two stories for each rule."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from answerable.policy.evaluate import evaluate, next_step
from answerable.policy.examples import Vignette, vignettes
from answerable.policy.pack import Pack, load_pack, packs

REFERENCE = {
    "V1": ("AP05", "AP08"), "V2": ("AP05",), "V3": (), "V4": ("AP05",), "V5": (), "V6": ("AP07",),
    "V7": ("AP01", "AP04"), "V8": ("AP18",), "V8a": (), "V8b": ("AP18",), "V9": ("AP14",), "V10": ("AP26",), "V10a": (),
    "V13": ("AP05", "AP08"),
}  # fmt: skip


@pytest.fixture(scope="module")
def told() -> dict[str, Vignette]:
    """The armed pack's vignettes by id."""
    return {one.id: one for one in vignettes(load_pack("uk.armed_patrol"))}


def stories(told: dict[str, Vignette]) -> list[Vignette]:
    return [one for one in told.values() if one.id not in REFERENCE]


def test_the_vignettes_of_the_reference_are_there(told: dict[str, Vignette]) -> None:
    assert {name: told[name].blocked_by for name in REFERENCE} == REFERENCE


@pytest.mark.parametrize(
    ("name", "step"),
    [("V3", "consult"), ("V5", "ratify"), ("V6", "assess"), ("V8", "authorise"), ("V8a", ""), ("V8b", "authorise"),
     ("V9", "authorise"), ("V10", "authorise"), ("V10a", ""), ("V13", "urgent")],
)  # fmt: skip
def test_each_goes_as_far_as_the_reference_says(told: dict[str, Vignette], pack: Pack, name: str, step: str) -> None:
    one = told[name]
    assert one.proceeds_to == step
    assert (next_step(pack, one.facts, one.at) or "") == step


def test_there_are_more_than_fifty_further_stories_and_two_for_each_rule(told: dict[str, Vignette], pack: Pack) -> None:
    counts = Counter(one.shows for one in stories(told))
    assert counts.total() >= 50
    assert {rule.id for rule in pack.rules if rule.kind != "set" and counts[rule.id] < 2} == set()


def test_a_story_is_blocked_by_exactly_the_rules_it_names(told: dict[str, Vignette], pack: Pack) -> None:
    for one in stories(told):
        assert set(evaluate(pack, one.facts, one.at or None).blocked_by) == set(one.blocked_by), one.id


def test_most_stories_that_stop_are_stopped_by_the_rule_they_are_about(told: dict[str, Vignette]) -> None:
    stopped = [one for one in stories(told) if one.blocked_by]
    assert all(one.shows in one.blocked_by for one in stopped)
    assert len(stopped) < len(stories(told)), "some stories show a case that a rule lets pass"


def test_no_two_stories_are_told_in_the_same_words() -> None:
    for name in packs():
        sentences = [one.says for one in vignettes(load_pack(name))]
        assert len(set(sentences)) == len(sentences)
        assert all(len(sentence.split()) >= 6 for sentence in sentences if not sentence.startswith("V1 "))


def test_every_pack_tells_at_least_eight_whole_cases() -> None:
    for name in packs():
        told = vignettes(load_pack(name))
        assert len(told) >= 8, name
        assert sum(bool(one.blocked_by) for one in told) >= 5, name


def test_a_vignette_of_a_profile_is_tried_under_it(tmp_path: Path) -> None:
    pack = load_pack("uk.section60")
    under = {one.id: one for one in vignettes(pack)}["S-2"]
    assert under.profile == "busss2014"
    assert evaluate(pack, under.facts).blocked_by == []
    assert evaluate(pack.under("busss2014"), under.facts).blocked_by == ["S02", "S05", "S06", "S09"]


def test_twenty_whole_cases_and_more_give_the_answer_expected(told: dict[str, Vignette], pack: Pack) -> None:
    blocked = {one.id: set(evaluate(pack, one.facts, one.at or None).blocked_by) for one in told.values()}
    assert [one.id for one in told.values() if not set(one.blocked_by) <= blocked[one.id]] == []
    assert [one.id for one in told.values() if blocked[one.id] and not one.blocked_by] == ["V3"], (
        "it goes on to consult"
    )
    assert sum(not rules for rules in blocked.values()) >= 20
    assert sum(bool(rules) for rules in blocked.values()) >= 20


def test_the_kinds_of_harm_are_a_closed_list_without_any_other(pack: Pack) -> None:
    kinds = set(pack.catalogue.facts["tests.extreme.harm"].choices)
    assert "other" not in kinds
    sound = next(one for one in vignettes(pack) if one.id == "V8a").facts
    extreme = {kind for kind in kinds if evaluate(pack, {**sound, "tests.extreme.harm": kind}).of("AP04").holds}
    assert extreme == {"loss_of_life", "life_changing_injury"}
