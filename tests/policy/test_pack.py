"""Packs: the example pack reads as it should, and a bad pack is refused with file, rule, field and a hint."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from answerable.errors import InputError, UsageError
from answerable.policy.evaluate import evaluate
from answerable.policy.pack import Pack, load_pack, packs


def test_the_example_pack_says_that_it_is_one(pack: Pack) -> None:
    assert "uk.armed_patrol" in packs()
    assert pack.status == "example"
    assert pack.not_limited == "This does not limit armed response under APP or the duty to protect life."
    assert {rule.basis for rule in pack.rules} <= {"law", "guidance", "statement", "design"}


def test_the_example_pack_has_the_rules_it_promises(pack: Pack) -> None:
    assert [rule.id for rule in pack.rules] == [f"AP{number:02d}" for number in range(1, 42)]


def test_every_pack_that_comes_along_has_what_a_case_under_it_needs() -> None:
    steps = {"open", "submit", "assess", "consult", "authorise", "refuse", "start", "review", "end", "revoke", "close"}
    needed = {
        "review_h", "review_grace_min", "start_within_h", "draft_lapses_h", "debrief_h", "evaluate_days", "close_days",
        "reasons_within_h", "late_entry_min",
    }  # fmt: skip
    for pack in map(load_pack, packs()):
        assert steps <= set(pack.roles), pack.name
        assert needed <= set(pack.limits), pack.name
        assert {"rarity", "pack_sunset_months", "policy_consultation_days"} <= set(pack.settings), pack.name
        assert pack.status == "example", pack.name
        assert "duty to protect life" in pack.not_limited, pack.name
        if "urgent" in pack.roles:
            assert {"ratify_h", "urgent_window_h", "written_h"} <= set(pack.limits), pack.name


def test_who_asks_decides_reviews_and_evaluates_are_four_people() -> None:
    for pack in map(load_pack, packs()):
        pairs = {frozenset(pair) for group in pack.separate for pair in combinations(group, 2)}
        assert {frozenset({"applicant", "authoriser"}), frozenset({"authoriser", "reviewer"})} <= pairs, pack.name
        assert frozenset({"authoriser", "evaluator"}) in pairs, pack.name
        if "urgent" in pack.roles:
            apart = {frozenset({"urgent_authoriser", other}) for other in ("applicant", "authoriser")}
            assert apart <= pairs, pack.name


def test_every_rule_has_a_source_and_a_plain_sentence() -> None:
    for rule in (rule for name in packs() for rule in load_pack(name).rules):
        assert rule.src, rule.id
        assert rule.says.endswith("."), rule.id
        assert rule.in_english.endswith("."), rule.id


def test_limits_and_settings_are_data_with_a_source(pack: Pack) -> None:
    values = {name: limit.value for name, limit in pack.limits.items()}
    assert values == {
        "window_h": 6, "area_km2": 1.0, "review_h": 2, "review_grace_min": 15, "start_within_h": 12,
        "draft_lapses_h": 24, "consult_min": 30, "evidence_buffer_m": 250, "copied_from": 0.8, "urgent_window_h": 3,
        "written_h": 1, "ratify_h": 2, "extend_each_h": 6, "extend_count": 1, "extend_total_h": 15,
        "reasons_within_h": 24, "late_entry_min": 15, "debrief_h": 72, "evaluate_days": 90, "close_days": 120,
        "time_critical_days": 7,
    }  # fmt: skip
    assert all(limit.src and limit.unit and limit.means for limit in pack.limits.values())
    assert pack.limit("window_h") == 6
    assert pack.settings["pack_sunset_months"] == 12
    assert "gang_lists" in pack.settings["forecast_inputs_forbidden"]
    assert pack.rule("AP24").in_english == "Months until the policy ends: 12; least days of a consultation: 28."
    with pytest.raises(UsageError, match="Did you mean 'window_h'"):
        pack.limit("window_hours")
    with pytest.raises(UsageError, match="There is no rule 'AP99'"):
        pack.rule("AP99")


def test_rules_are_met_in_the_order_of_a_case(pack: Pack) -> None:
    assert pack.transitions == (
        "submit", "assess", "consult", "authorise", "urgent", "ratify", "start", "extend", "debrief", "evaluate",
        "close",
    )  # fmt: skip


def test_the_hash_follows_the_content_and_not_the_layout(pack: Pack, tmp_path: Path) -> None:
    text = pack.path.read_text(encoding="utf-8")
    same, other = tmp_path / "same.yaml", tmp_path / "other.yaml"
    same.write_text("# a comment more\r\n" + text.replace("\n", "\r\n"), encoding="utf-8", newline="")
    other.write_text(text.replace("value: 6", "value: 7", 1), encoding="utf-8")
    assert load_pack(same).hash == pack.hash
    assert load_pack(other).hash != pack.hash
    assert len(pack.hash) == 64


def test_an_unknown_pack_is_named_with_the_nearest_one() -> None:
    with pytest.raises(UsageError, match=r"Did you mean 'uk\.armed_patrol'"):
        load_pack("uk.armed_patrols")


def test_a_pack_of_another_trade_needs_no_python(bad_packs: Path) -> None:
    harbour = load_pack(bad_packs / "good.yaml")
    findings = evaluate(harbour, {"radio.works": True, "wind.speed": 30})
    assert findings.blocked_by == ["H02"]
    assert findings.of("H02").reason == "The wind is 30 knots (at most 20 knots is required)."


BAD = {
    "alias_bomb": ("A YAML alias (*a) is not allowed", "line 2", "Write the value out"),
    "alias_of_itself": ("A YAML alias (*rules) is not allowed", "line 2", ""),
    "not_yaml": ("not readable YAML", "line 2", ""),
    "not_a_mapping": ("must be a mapping", "not_a_mapping.yaml", ""),
    "empty": ("must be a mapping", "empty.yaml", ""),
    "nested_too_deep": ("nested more than 30 deep", "line 1", ""),
    "key_twice": ("'version' is given twice", "line 3", ""),
    "python_object": ("not readable YAML", "python_object.yaml", ""),
    "not_utf8": ("not UTF-8 text", "not_utf8.yaml", "Save it as UTF-8"),
    "unknown_field": ("Unknown field 'sanction'", "rule H01, field sanction", ""),
    "misspelt_field": ("Unknown field 'titel'", "field titel", "'title'"),
    "missing_source": ("'src' is missing", "rule H01, field src", "Add it"),
    "blank_source": ("field is empty", "rule H01, field src", ""),
    "limit_without_a_source": ("'src' is missing", "limits, field wind, field src", "Add it"),
    "missing_sentence": ("'says' is missing", "rule H01, field says", ""),
    "unknown_basis": ("'lore' is not a value of 'basis'", "rule H01, field basis", "law"),
    "duplicate_id": ("Two rules have the same id", "rule H01", ""),
    "bad_id": ("should match pattern", "rule first rule, field id", "It says 'first rule'"),
    "unknown_fact": ("Unknown fact: 'radio.work'", "rule H01, field need", "'radio.works'"),
    "at_least_on_text": ("'harbour.name' is a text", "rule H01, field need", ""),
    "text_for_a_flag": ("takes yes or no", "rule H01, field need", ""),
    "unknown_limit": ("no limit 'winds'", "rule H02, field max", "'wind'"),
    "empty_bound": ("gives no bound", "rule H02, field max", ""),
    "unknown_transition": ("'leaves' is not a transition", "rule H01, field on", "'leave'"),
    "no_transition": ("'on' is missing", "rule H01", ""),
    "two_kinds": ("exactly one of need, warn, max, min, set; this one has max, min", "rule H02", "Split it"),
    "no_kind": ("this one has none", "rule H02", ""),
    "condition_as_text": ("valid dictionary", "rule H01, field need", "It says 'radio works'"),
    "when_without_then": ("'when' needs a 'then'", "rule H01, field need", ""),
    "set_twice": ("'most' is set twice", "rule H04, field set", ""),
    "fact_of_the_catalogue_changed": ("'area.km2' is already in the catalogue", "", ""),
    "no_sentence_for_refusals": ("'not_limited' is missing", "field not_limited", ""),
    "unknown_choice": ("no choice 'standart'", "rule H03, field need", "'standard'"),
    "unknown_limit_in_a_condition": ("no limit 'winds'", "rule H03, field need", "'wind'"),
    "limit_of_a_limit": ("valid number", "limits, field wind, field value", ""),
    "choice_of_a_choice": ("valid string", "choices, field standard, field value", ""),
    "profile_of_a_profile": ("Unknown field 'profile'", "profiles", ""),
    "profile_of_nothing": ("changes 'winds'", "profile strict, field limits", "'wind'"),
    "profile_in_force_unknown": ("no profile 'strickt'", "field profile", "'strict'"),
    "profiles_and_none_in_force": ("names the one that is in force", "field profile", "Give both"),
    "tighter_of_nothing": ("'most_boots' is not a setting", "rule H04, field tighter", "'most_boats'"),
    "rule_of_a_rule": ("Unknown word in a condition: 'rule'", "rule H01, field need", ""),
    "fact_of_facts": ("Unknown field 'need'", "fact radio.works", ""),
    "include": ("Unknown field 'include'", "field include", ""),
    "merge_key": ("A YAML alias", "line", ""),
    "version_as_text": ("valid integer", "field version", "It says 'first'"),
}


@pytest.mark.parametrize("defect", sorted(BAD))
def test_a_bad_pack_is_refused_where_it_is_bad(bad_packs: Path, defect: str) -> None:
    complaint, where, hint = BAD[defect]
    with pytest.raises(InputError) as caught:
        load_pack(bad_packs / f"{defect}.yaml")
    assert complaint in caught.value.what
    assert f"{defect}.yaml" in caught.value.where
    assert where in caught.value.where
    assert hint in caught.value.fix


def test_every_bad_pack_in_the_folder_is_tested(bad_packs: Path) -> None:
    assert {path.stem for path in bad_packs.glob("*.yaml")} == {*BAD, "good"}


def test_a_misspelt_field_points_to_the_right_one(bad_packs: Path, tmp_path: Path) -> None:
    text = (bad_packs / "good.yaml").read_text(encoding="utf-8")
    path = tmp_path / "harbour.yaml"
    path.write_text(text.replace("    says: The radio", "    say: The radio"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_pack(path)
    assert str(caught.value) == "Unknown field 'say'. (harbour.yaml, rule H01, field say) Did you mean 'says'?"
