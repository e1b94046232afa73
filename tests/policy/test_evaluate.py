"""Findings of the example pack: every answer carries its reason, its source and what would change it."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.policy.catalogue import catalogue
from answerable.policy.evaluate import Findings, evaluate, next_step
from answerable.policy.pack import Pack, load_pack


def test_a_sound_case_is_blocked_by_nothing(pack: Pack, sound: dict[str, Any]) -> None:
    findings = evaluate(pack, sound)
    assert findings.holds
    assert findings.blocked_by == []
    assert next_step(pack, sound) is None


def test_a_forecast_alone_is_blocked_with_reason_source_and_remedy(pack: Pack, sound: dict[str, Any]) -> None:
    finding = evaluate(pack, {**sound, "forecast.sole_basis": True}, "assess").of("AP08")
    assert finding.holds is False
    assert finding.blocks
    assert finding.reason == "The forecast is the only basis."
    assert finding.change == "It would hold if the case does not rest on a forecast alone."
    assert finding.says == "A forecast alone, however high, is no reason to deploy."
    assert finding.facts == {"forecast.sole_basis": True}
    assert (finding.on, finding.kind, finding.basis) == ("assess", "need", "design")


def test_what_is_not_known_blocks_and_says_so(pack: Pack) -> None:
    findings = evaluate(pack, {})
    # One rule is about something that need not be there: a computed picture.
    assert set(findings.blocked_by) == {rule.id for rule in pack.rules if rule.kind != "set"} - {"AP32"}
    assert all(finding.holds is None for finding in findings if finding.rule not in ("AP22", "AP32"))
    assert findings.of("AP18").reason.startswith("The rarity level is not known")


def test_only_the_rules_of_a_transition_are_tested_at_it(pack: Pack, sound: dict[str, Any]) -> None:
    assert [f.rule for f in evaluate(pack, sound, "submit")] == ["AP01", "AP02", "AP20", "AP28", "AP38"]
    assert [f.rule for f in evaluate(pack, sound, "consult")] == ["AP13"]
    assert [f.rule for f in evaluate(pack, sound, "ratify")] == ["AP14", "AP29", "AP36", "AP39"]
    with pytest.raises(KeyError):
        evaluate(pack, sound, "submit").of("AP14")


def test_urgency_shortens_forms_and_no_threshold(pack: Pack, sound: dict[str, Any]) -> None:
    urgent = {finding.rule for finding in evaluate(pack, sound, "urgent")}
    thresholds = {f"AP{number:02d}" for number in range(1, 10)}
    assert urgent >= thresholds | {"AP14", "AP16", "AP18", "AP20", "AP28", "AP30", "AP35"}
    assert not urgent & {"AP10", "AP11", "AP12", "AP13", "AP27", "AP29"}


def test_nothing_is_tested_where_a_deployment_ends(pack: Pack, sound: dict[str, Any]) -> None:
    for step in ("end", "revoke", "withdraw", "refuse", "reasons", "log", "referral"):
        assert evaluate(pack, sound, step) == (), step


def test_intelligence_that_has_gone_stale_since_it_was_assessed_blocks_the_authority(
    pack: Pack, sound: dict[str, Any]
) -> None:
    stale = {**sound, "intel.strong_age_h": 30}
    assert evaluate(pack, stale, "authorise").blocked_by == ["AP05"]


def test_a_warning_never_blocks(pack: Pack, tmp_path: Any) -> None:
    text = (
        pack.path.read_text(encoding="utf-8")
        .replace("need: { fact: forecast.sole_basis", "warn: { fact: forecast.sole_basis")
        .replace("need: {fact: forecast.sole_basis", "warn: {fact: forecast.sole_basis")
    )
    path = tmp_path / "warns.yaml"
    path.write_text(text, encoding="utf-8")
    findings = evaluate(load_pack(path), {"forecast.sole_basis": True})
    assert findings.warnings == ["AP08"]
    assert "AP08" not in findings.blocked_by


def test_unknown_facts_are_errors_with_the_nearest_name(pack: Pack) -> None:
    with pytest.raises(InputError) as caught:
        evaluate(pack, {"intel.usable_origin": 2})
    assert "Unknown fact: 'intel.usable_origin'" in caught.value.what
    assert "'intel.usable_origins'" in caught.value.fix


def test_findings_are_plain_data_when_asked(pack: Pack, sound: dict[str, Any]) -> None:
    written = json.loads(json.dumps([finding.as_json() for finding in evaluate(pack, sound)]))
    assert {"rule", "holds", "reason", "says", "facts", "basis", "src", "change", "on", "kind"} == set(written[0])
    assert set(evaluate(pack, sound)[0].published()) == {"rule", "holds", "reason", "says"}
    assert isinstance(evaluate(pack, sound), Findings)


numbers = {name: fact for name, fact in catalogue().facts.items() if fact.type in ("number", "count")}


@given(data=st.data())
def test_forgetting_a_fact_never_lets_a_case_proceed_further(
    data: st.DataObject, pack: Pack, sound: dict[str, Any]
) -> None:
    flags = [name for name in sound if catalogue().facts[name].type == "flag"]
    changed = {**sound, data.draw(st.sampled_from(flags)): data.draw(st.booleans())}
    forgotten = data.draw(st.sets(st.sampled_from(sorted(changed)), max_size=4))
    fewer = {name: value for name, value in changed.items() if name not in forgotten}
    assert set(evaluate(pack, changed).blocked_by) <= set(evaluate(pack, fewer).blocked_by)


def test_a_pack_is_evaluated_with_explanations_in_well_under_five_milliseconds(
    pack: Pack, sound: dict[str, Any]
) -> None:
    assert len(evaluate(pack, sound)) == sum(rule.kind != "set" for rule in pack.rules)
    best = min(_timed(pack, sound) for _ in range(10))
    assert best < 0.005


def _timed(pack: Pack, facts: dict[str, Any]) -> float:
    start = time.perf_counter()
    for _ in range(5):
        evaluate(pack, facts)
    return (time.perf_counter() - start) / 5
