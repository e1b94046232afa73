"""Profiles: one pack, run in more than one way, each with its own source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from answerable.errors import InputError, UsageError
from answerable.policy.evaluate import evaluate
from answerable.policy.named import names_in, put_in
from answerable.policy.pack import load_pack
from answerable.policy.reading import read_yaml_file


def test_a_profile_changes_limits_and_choices_and_their_sources() -> None:
    act, scheme = load_pack("uk.section60"), load_pack("uk.section60:busss2014")
    assert (act.name, act.profile) == ("uk.section60:statutory", "statutory")
    assert (scheme.name, scheme.profile) == ("uk.section60:busss2014", "busss2014")
    assert (act.limit("window_h"), scheme.limit("window_h")) == (24, 15)
    assert (act.limit("extend_total_h"), scheme.limit("extend_total_h")) == (48, 39)
    assert (act.choices["belief"].value, scheme.choices["belief"].value) == ("may", "will")
    assert "scheme" in scheme.limits["window_h"].src
    assert scheme.limits["extend_each_h"] == act.limits["extend_each_h"]
    assert list(act.profiles) == ["statutory", "busss2014"]
    assert act.hash != scheme.hash


@pytest.mark.parametrize(
    ("facts", "statutory", "busss2014"),
    [
        ({"authoriser.rank": "inspector", "window.hours": 24}, [], ["S06"]),
        ({"authoriser.rank": "assistant_chief_constable", "window.hours": 15}, [], []),
        ({"authoriser.rank": "assistant_chief_constable", "window.hours": 24.5}, ["S06"], ["S06"]),
        ({"notice.before": "none"}, [], ["S10"]),
    ],
)
def test_the_same_authority_is_judged_by_each_profile_in_its_own_way(
    facts: dict[str, Any], statutory: list[str], busss2014: list[str]
) -> None:
    act = load_pack("uk.section60")
    sound = read_yaml_file(act.path.with_name("uk.section60.tests.yaml"))["sound"]
    assert evaluate(act, {**sound, **facts}, "authorise").blocked_by == statutory
    assert evaluate(act.under("busss2014"), {**sound, **facts}, "authorise").blocked_by == busss2014


def test_a_copy_says_which_profile_is_in_force(tmp_path: Path) -> None:
    scheme = load_pack("uk.section60:busss2014")
    copy = tmp_path / "adopted.yaml"
    copy.write_text(scheme.text(), encoding="utf-8")
    read = load_pack(copy)
    assert (read.name, read.hash, read.limit("window_h")) == (scheme.name, scheme.hash, 15)
    assert load_pack(f"{copy}:statutory").hash == load_pack("uk.section60").hash


def test_a_file_that_hides_its_profile_is_not_copied_wrongly(tmp_path: Path) -> None:
    path = tmp_path / "one_line.yaml"
    path.write_text(json.dumps(read_yaml_file(load_pack("uk.section60").path)), encoding="utf-8")
    with pytest.raises(InputError, match="line of its own"):
        load_pack(path).text()


def test_a_pack_without_profiles_is_copied_as_it_is() -> None:
    pack = load_pack("uk.armed_patrol")
    assert (pack.name, pack.profile, pack.text()) == ("uk.armed_patrol", "", pack.path.read_text(encoding="utf-8"))


def test_an_unknown_profile_is_named_with_the_nearest_one() -> None:
    with pytest.raises(UsageError) as caught:
        load_pack("uk.section60:busss2015")
    assert "There is no profile 'busss2015'" in caught.value.what
    assert "'busss2014'" in caught.value.fix
    with pytest.raises(UsageError, match="There is no profile 'strict'"):
        load_pack("uk.armed_patrol:strict")
    with pytest.raises(UsageError, match="There is no policy pack"):
        load_pack("nothing:at_all")


def test_one_judge_is_asked_for_in_one_union_and_none_in_the_other_kingdom() -> None:
    uk, eu = load_pack("uk.live_facial_recognition"), load_pack("uk.live_facial_recognition:eu")
    assert evaluate(uk, {"oversight.prior": "none"}).of("L14").holds is True
    assert evaluate(eu, {"oversight.prior": "none"}).of("L14").holds is False
    assert evaluate(uk, {}).of("L14").holds is None


def test_named_values_are_put_in_wherever_they_stand() -> None:
    named = {"limit": {"most": 3.0}, "choice": {"colour": "red"}}
    written = {"all": [{"fact": "n", "at_most": {"limit": "most"}}, {"not": {"fact": "c", "is": {"choice": "colour"}}}]}
    assert put_in(written, named, "") == {
        "all": [{"fact": "n", "at_most": 3.0}, {"not": {"fact": "c", "is": "red"}}]
    }  # fmt: skip
    assert set(names_in(written)) == {("limit", "most"), ("choice", "colour")}
