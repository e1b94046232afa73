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
        "A and D are near copies: likeness 0.57 of 1, by the runs of three words that they share or, in longer gists, "
        "by the words that stand in the same order.",
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


WORDS = [f"word{n}" for n in range(40)]


@given(words=st.lists(st.sampled_from(WORDS), min_size=6, max_size=30), other=st.lists(st.sampled_from(WORDS)))
def test_near_copies_are_symmetric_and_a_text_is_a_copy_of_itself(words: list[str], other: list[str]) -> None:
    one, two = " ".join(words), " ".join(other)
    assert near_copies(one, one) == 1
    assert near_copies(one, two) == near_copies(two, one)


@given(
    words=st.lists(st.sampled_from(WORDS), min_size=6, max_size=30, unique=True),
    case=st.sampled_from([str.upper, str.title, str.lower]),
    between=st.sampled_from([", ", " - ", "  ", "; "]),
)
def test_case_and_punctuation_hide_no_copy(words: list[str], case: Callable[[str], str], between: str) -> None:
    assert near_copies(" ".join(words), case(between.join(words))) == 1


@given(words=st.lists(st.sampled_from(WORDS), min_size=14, max_size=30, unique=True), data=st.data())
def test_a_word_put_in_anywhere_hides_no_copy(words: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(words)))
    changed = [*words[:place], "inserted", *words[place:]]
    found = near_copies(" ".join(words), " ".join(changed))
    assert found is not None
    assert found >= 0.8


@given(words=st.permutations(WORDS))
def test_texts_that_share_no_word_are_never_copies(words: list[str]) -> None:
    assert near_copies(" ".join(words[:20]), " ".join(words[20:])) is None


def test_the_sentence_of_a_near_copy_gives_the_likeness_that_was_computed(report: Make) -> None:
    # By runs of three these two share 9 of 27; by words in the same order 14 of 15 and 18: 2 x 14 / 33 = 0.85.
    words = [f"estate{n}" for n in range(15)]
    spaced = [*words[:4], "also", *words[4:8], "then", *words[8:12], "perhaps", *words[12:14], "later"]
    found = chains([report("A", gist=" ".join(words)), report("B", gist=" ".join(spaced))])
    link = found[0].links[0]
    assert link.alike == pytest.approx(28 / 33, abs=0.001)
    assert "likeness 0.85 of 1" in link.says
    assert "words in a row" not in link.says


@given(words=st.lists(st.sampled_from(WORDS), min_size=14, max_size=24, unique=True))
def test_a_copy_with_a_word_after_every_second_is_joined_though_it_shares_no_run_of_three(words: list[str]) -> None:
    from datetime import UTC, datetime

    at = datetime(2018, 11, 30, tzinfo=UTC)
    spaced = " ".join(f"{word} filler{n}" if n % 2 else word for n, word in enumerate(words))
    pair = [Report(ref, "1", "A", "P", ref, at, gist=gist) for ref, gist in (("A", " ".join(words)), ("B", spaced))]
    assert refs(pair) == [{"A", "B"}]


def test_a_thousand_long_gists_of_one_vocabulary_are_compared_in_seconds() -> None:
    import random
    import time
    from datetime import UTC, datetime

    at, draw = datetime(2018, 11, 30, tzinfo=UTC), random.Random(7)
    many = [
        Report(f"R{n}", "1", "A", "P", f"k{n}", at, gist=" ".join(draw.choices([f"w{i}" for i in range(400)], k=30)))
        for n in range(1000)
    ]
    began = time.process_time()
    assert len(origins(many)) == 1000
    assert time.process_time() - began < 10
