"""Circular reporting: chains and common roots are found, whatever the order of the reports."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.intel.circularity import chains, near_copies, origins
from answerable.intel.report import Report

Make = Callable[..., Report]


def refs(reports: list[Report]) -> list[set[str]]:
    return [{report.ref for report in group} for group in origins(reports)]


def test_reports_with_nothing_in_common_stand_alone(report: Make) -> None:
    assert refs([report("A"), report("B")]) == [{"A"}, {"B"}]


def test_a_chain_of_derived_reports_is_one_voice(report: Make) -> None:
    chain = [report("A"), report("B", derived_from=("A",)), report("C", derived_from=("B",)), report("D")]
    assert refs(chain) == [{"A", "B", "C"}, {"D"}]


def test_two_reports_that_repeat_a_third_nobody_cites_are_one_voice(report: Make) -> None:
    assert refs([report("A", derived_from=("X",)), report("B", derived_from=("X",))]) == [{"A", "B"}]


def test_reports_that_repeat_each_other_are_one_voice(report: Make) -> None:
    assert refs([report("A", derived_from=("B",)), report("B", derived_from=("A",))]) == [{"A", "B"}]


def test_one_origin_under_two_references_is_one_voice(report: Make) -> None:
    assert refs([report("A", origin_key="k"), report("B"), report("C", origin_key="k")]) == [{"A", "C"}, {"B"}]


@pytest.mark.parametrize("ref", ["origin k", "report A"])
def test_a_reference_that_looks_like_a_key_is_still_a_reference(report: Make, ref: str) -> None:
    assert len(origins([report(ref), report("B", origin_key="k")])) == 2


@given(links=st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=10), data=st.data())
def test_the_order_of_reports_changes_nothing(links: list[tuple[int, int]], data: st.DataObject) -> None:
    from datetime import UTC, datetime

    at = datetime(2018, 11, 30, tzinfo=UTC)
    reports = [
        Report(str(n), "1", "A", "P", f"k{n}", at, derived_from=tuple(str(b) for a, b in links if a == n))
        for n in range(8)
    ]
    shuffled = data.draw(st.permutations(reports))
    assert {frozenset(group) for group in refs(reports)} == {frozenset(group) for group in refs(shuffled)}
    parts = {n: {n} for n in range(8)}
    for a, b in links:
        joined = parts[a] | parts[b]
        for n in joined:
            parts[n] = joined
    assert {frozenset(map(str, part)) for part in parts.values()} == {frozenset(group) for group in refs(reports)}


def test_every_join_is_explained(report: Make) -> None:
    gist = "Reprisal shooting expected on the estate this evening after the shooting on Sunday."
    reports = [
        report("A", gist=gist),
        report("B", derived_from=("A",)),
        report("C", origin_key="key of B"),
        report("D", gist=gist.lower().replace("expected", "likely")),
        report("E", derived_from=("X",)),
        report("F", derived_from=("X",)),
        report("G"),
    ]
    found = chains(reports)
    assert [chain.refs for chain in found] == [("A", "B", "C", "D"), ("E", "F"), ("G",)]
    assert [link.says for link in found[0].links] == [
        "B repeats A.",
        "B and C come from the same origin.",
        "A and D are near copies: 57 % of their words in a row.",
    ]
    assert [link.says for link in found[1].links] == ["E and F both repeat X, which is not among them."]
    assert found[2].links == ()
    assert found[0].as_json()["links"][0]["why"] == "derived_from"


def test_near_copies_are_one_voice_and_like_subjects_are_not(report: Make) -> None:
    gist = "Reprisal shooting expected on the estate this evening after the shooting on Sunday."
    other = "Group expected to come to the estate armed this evening because of what was posted."
    assert refs([report("A", gist=gist), report("B", gist=gist + " Armed.")]) == [{"A", "B"}]
    assert refs([report("A", gist=gist), report("B", gist=other)]) == [{"A"}, {"B"}]


def test_gists_too_short_to_tell_apart_join_nothing(report: Make) -> None:
    assert near_copies("Shooting expected tonight", "Shooting expected tonight") is None
    assert refs([report("A", gist="Shooting expected tonight."), report("B", gist="Shooting expected tonight.")]) == [
        {"A"},
        {"B"},
    ]


def test_a_thousand_reports_are_grouped_at_once(report: Make) -> None:
    many = [report(f"R{n}", gist=f"expected on the {n} by {n} with {n} again") for n in range(1000)]
    assert len(origins(many)) == 1000
