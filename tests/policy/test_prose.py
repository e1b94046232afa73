"""A pack printed as plain English: everything in it is there, with its source and its status."""

from __future__ import annotations

import json

import pytest

from answerable.policy.pack import Pack, load_pack, packs
from answerable.policy.prose import as_json, in_english, status_line


@pytest.mark.parametrize("name", packs())
def test_every_rule_limit_and_separation_is_printed_with_its_source(name: str) -> None:
    pack = load_pack(name)
    text = " ".join(in_english(pack).split())
    for rule in pack.rules:
        assert rule.id in text
        for words in (rule.says, rule.in_english, rule.src):
            assert " ".join(words.split()) in text, rule.id
    for limit in pack.limits.values():
        assert f"{limit.means} {limit.basis}: {limit.src}" in text
    for group in pack.separate:
        assert all(role.replace("_", " ") in text for role in group)
    assert pack.not_limited in text
    assert pack.hash in text


@pytest.mark.parametrize("name", packs())
def test_the_status_stands_at_the_top_and_says_what_it_means(name: str) -> None:
    pack = load_pack(name)
    assert in_english(pack).splitlines()[1] == status_line(pack)
    assert "status: example (an example" in status_line(pack)
    assert as_json(pack)["status_means"].startswith("an example")


def test_marks_in_sources_are_explained(pack: Pack) -> None:
    assert "[D] is this design's own choice" in in_english(pack)
    assert "[K]" not in in_english(pack)
    assert "[K] is from memory and still to be confirmed" in in_english(load_pack("uk.section60"))


def test_the_profile_in_force_is_marked() -> None:
    text = in_english(load_pack("uk.section60:busss2014"))
    assert "busss2014 (in force here): The Best Use" in text
    assert "statutory: The Act" in text
    assert "15 hours: The longest authority." in text
    assert "will: How sure the authoriser must be" in text


def test_the_same_is_there_as_plain_data(pack: Pack) -> None:
    document = json.loads(json.dumps(as_json(pack)))
    assert len(document["rules"]) == len(pack.rules)
    assert document["limits"]["ratify_h"]["value"] == 2
    assert ["applicant", "authoriser", "evaluator", "reviewer"] in document["separate"]
    assert document["roles"]["close"] == ["disclosure"]


def test_lines_fit_a_terminal() -> None:
    for name in packs():
        lines = in_english(load_pack(name)).splitlines()
        assert max(map(len, lines[2:])) <= 110
