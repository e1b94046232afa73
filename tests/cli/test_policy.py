"""``answerable policy`` as a user meets it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from answerable.policy.pack import load_pack, packs

Run = Callable[..., Any]


def test_the_list_shows_four_packs_with_their_status_and_profiles(run: Run) -> None:
    told = run("policy", "list", "--json").json
    assert [line["pack"] for line in told] == packs()
    assert len(told) == 4
    assert {line["status"] for line in told} == {"example"}
    assert {line["pack"]: line["profiles"] for line in told}["uk.section60"] == ["statutory", "busss2014"]
    assert "statutory, busss2014" in run("policy", "list").out


def test_the_examples_of_all_packs_hold(run: Run) -> None:
    done = run("policy", "test", "--json")
    assert (done.code, done.json["failures"]) == (0, [])
    assert set(done.json["packs"]) == set(packs())
    assert all(one["failed"] == 0 < one["passed"] for one in done.json["packs"].values())


def test_a_pack_is_shown_with_its_limits_separations_and_status(run: Run) -> None:
    done = run("policy", "show", "uk.section60:busss2014")
    assert done.code == 0
    for words in ("status: example", "Limits", "15 hours", "No one person may be two of these", "(in force here)"):
        assert words in done.out
    assert run("policy", "show", "uk.section60:busss2014", "--json").json["profile"] == "busss2014"


def test_a_difference_is_classed_and_said(run: Run, tmp_path: Path) -> None:
    looser = load_pack("uk.armed_patrol").text().replace("value: 6\n", "value: 9\n", 1)
    (tmp_path / "looser.yaml").write_text(looser, encoding="utf-8")
    told = run("policy", "diff", "uk.armed_patrol", "looser.yaml", "--json").json
    assert told["loosens"] is True
    assert [(change["kind"], change["where"]) for change in told["changes"]] == [("loosen", "limit window_h")]
    assert told["old"]["hash"] != told["new"]["hash"]
    text = run("policy", "diff", "uk.armed_patrol", "looser.yaml").out
    assert "loosen   limit window_h: The longest authority: from 6 hours to 9 hours." in text
    assert "It loosens: that takes a new consultation." in text
    assert "status: example" in text
    back = run("policy", "diff", "looser.yaml", "uk.armed_patrol").out
    assert "Nothing in it loosens." in back


def test_two_packs_that_are_the_same_have_no_difference(run: Run) -> None:
    assert "No change." in run("policy", "diff", "uk.section60", "uk.section60:statutory").out


def test_a_pack_file_is_checked_and_a_bad_one_ends_with_3(run: Run, tmp_path: Path) -> None:
    text = load_pack("uk.dispersal_s34").text()
    (tmp_path / "good.yaml").write_text(text, encoding="utf-8")
    assert "status: example" in run("policy", "check", "good.yaml").out
    (tmp_path / "bad.yaml").write_text(text.replace("    src:", "    sources:", 1), encoding="utf-8")
    done = run("policy", "check", "bad.yaml")
    assert (done.code, done.out) == (3, "")
    assert "Unknown field 'sources'" in done.err


def test_a_profile_that_is_not_there_ends_with_2(run: Run) -> None:
    done = run("policy", "show", "uk.section60:busss2015")
    assert done.code == 2
    assert "Did you mean 'busss2014'?" in done.err
