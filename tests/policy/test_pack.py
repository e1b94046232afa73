"""Packs: the example pack reads as it should, and a bad pack is refused with file, rule, field and a hint."""

from __future__ import annotations

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
    promised = {f"AP{number:02d}" for number in (*range(1, 16), 18, 19, 20, 24, 25)}
    assert {rule.id for rule in pack.rules} == promised
    later = {"urgent", "extend", "debrief", "evaluate", "close"}
    assert not later & set(pack.roles)


def test_every_rule_has_a_source_and_a_plain_sentence(pack: Pack) -> None:
    for rule in pack.rules:
        assert rule.src, rule.id
        assert rule.says.endswith("."), rule.id
        assert rule.in_english.endswith("."), rule.id


def test_limits_and_settings_are_data_with_a_source(pack: Pack) -> None:
    values = {name: limit.value for name, limit in pack.limits.items()}
    assert values == {"window_h": 6, "area_km2": 1.0, "review_h": 2, "start_within_h": 12, "draft_lapses_h": 24}
    assert all(limit.src and limit.unit and limit.means for limit in pack.limits.values())
    assert pack.limit("window_h") == 6
    assert pack.settings["pack_sunset_months"] == 12
    assert "gang_lists" in pack.settings["forecast_inputs_forbidden"]
    assert pack.rule("AP24").in_english == "Pack sunset months 12 and policy consultation days 28."
    with pytest.raises(UsageError, match="Did you mean 'window_h'"):
        pack.limit("window_hours")
    with pytest.raises(UsageError, match="There is no rule 'AP99'"):
        pack.rule("AP99")


def test_rules_are_met_in_the_order_of_a_case(pack: Pack) -> None:
    assert pack.transitions == ("submit", "assess", "consult", "authorise")


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
