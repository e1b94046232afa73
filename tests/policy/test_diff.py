"""Changes between packs: which way each goes, said in a sentence, and the same backwards."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answerable.policy.build import build
from answerable.policy.diff import Change, diff, loosens
from answerable.policy.evaluate import evaluate
from answerable.policy.pack import Pack, load_pack
from answerable.policy.reading import read_yaml_file
from answerable.policy.schema import PackFile

Document = dict[str, Any]
PATH = load_pack("uk.armed_patrol").path
DOCUMENT: Document = read_yaml_file(PATH)
MIRROR = {"tighten": "loosen", "loosen": "tighten", "neutral": "neutral"}


def made(document: Document) -> Pack:
    return build(PackFile.model_validate(document), document, PATH)


def changed(edit: Callable[[Document], Any]) -> Pack:
    document = copy.deepcopy(DOCUMENT)
    edit(document)
    return made(document)


def rule(document: Document, rule_id: str) -> Document:
    return next(one for one in document["rules"] if one["id"] == rule_id)


def drop(document: Document, rule_id: str) -> None:
    document["rules"] = [one for one in document["rules"] if one["id"] != rule_id]


def limit(name: str, value: float) -> Callable[[Document], Any]:
    return lambda d: d["limits"][name].update(value=value)


def rewrite(rule_id: str, **fields: Any) -> Callable[[Document], Any]:
    return lambda d: rule(d, rule_id).update(fields)


def part(rule_id: str, index: int, new: Document) -> Callable[[Document], Any]:
    return lambda d: rule(d, rule_id)["need"]["all"].__setitem__(index, new)


CASES: dict[str, tuple[Callable[[Document], Any], str, str]] = {
    "a longer window": (limit("window_h", 8), "loosen", "The longest authority: from 6 hours to 8 hours."),
    "a shorter window": (limit("window_h", 5), "tighten", "from 6 hours to 5 hours"),
    "less time to answer": (limit("consult_min", 10), "loosen", "from 30 minutes to 10 minutes"),
    "a shorter time to ratify": (limit("ratify_h", 1), "tighten", "from 2 hours to 1 hour."),
    "a wider buffer": (limit("evidence_buffer_m", 500), "loosen", "from 250 metres to 500 metres"),
    "a later debrief": (limit("debrief_h", 100), "loosen", "from 72 hours to 100 hours"),
    "a limit taken away": (lambda d: d["limits"].pop("late_entry_min"), "loosen", "A limit is taken away."),
    "a unit changed": (lambda d: d["limits"]["debrief_h"].update(unit="days"), "loosen", "cannot be worked out"),
    "a rule taken away": (lambda d: drop(d, "AP08"), "loosen", "AP08 is taken away: A forecast alone"),
    "a rule that only warns": (
        lambda d: rule(d, "AP08").update(warn=rule(d, "AP08").pop("need")), "loosen", "AP08 no longer blocks.",
    ),
    "a higher likelihood": (
        lambda d: rule(d, "AP06")["need"]["then"]["all"][0].update(at_least="highly_likely"), "tighten",
        "It now asks: if the trigger is not a response to a serious assault",
    ),
    "a lower confidence": (
        lambda d: rule(d, "AP06")["need"]["then"]["all"][1].update(at_least="low"), "loosen",
        "AP06 changes.",
    ),
    "fewer words of reasons": (
        part("AP04", 2, {"fact": "tests.extreme.reasons_words", "at_least": 3}), "loosen", "at least 3 words",
    ),
    "an alternative less": (
        lambda d: rule(d, "AP10")["need"]["all"][0]["includes_all"].remove("child_exploitation_safeguarding"),
        "loosen", "no longer asks: the alternatives considered include safeguarding",
    ),
    "another harm": (
        part("AP04", 1, {"fact": "tests.extreme.harm", "in": ["loss_of_life", "disorder"]}), "loosen",
        "It stops some cases that passed and passes some that were stopped",
    ),
    "tested at one step less": (rewrite("AP18", on="authorise"), "loosen", "no longer tested at: urgent"),
    "tested at one step more": (rewrite("AP27", on=["authorise", "ratify"]), "tighten", "also tested at: ratify"),
    "other words only": (rewrite("AP08", says="A forecast is no trigger."), "neutral", "The words or the source"),
    "a longer life": (
        lambda d: rule(d, "AP24")["set"].update(pack_sunset_months=18), "loosen",
        "Months until the policy ends: from 12 to 18.",
    ),
    "a longer consultation": (
        lambda d: rule(d, "AP24")["set"].update(policy_consultation_days=45), "tighten", "from 28 to 45",
    ),
    "one more in the year": (
        lambda d: rule(d, "AP19")["set"]["rarity"]["force_year"].update(most=5), "loosen",
        "In the force within a year, at most: from 4 to 5.",
    ),
    "a shorter look back": (
        lambda d: rule(d, "AP19")["set"]["rarity"]["overlap"].update(days=14), "loosen",
        "days looked at: from 28 to 14",
    ),
    "an input allowed": (
        lambda d: rule(d, "AP25")["set"]["forecast_inputs_forbidden"].remove("stop_search"), "loosen",
        "Never fed to a forecast",
    ),
    "a setting nobody says how to judge": (
        lambda d: rule(d, "AP37")["set"]["stop_rule"].update(no_benefit_on_violence=False), "loosen",
        "cannot be worked out",
    ),
    "one more who may decide": (
        lambda d: d["roles"]["authorise"].append("urgent_authoriser"), "loosen", "may now also be taken by: urgent",
    ),
    "one less who may decide urgently": (
        lambda d: d["roles"]["urgent"].remove("authoriser"), "tighten", "may no longer be taken by: authoriser",
    ),
    "one less who may end it": (lambda d: d["roles"]["revoke"].remove("reviewer"), "loosen", "cannot be worked out"),
    "two offices joined": (
        lambda d: d["separate"].remove(["evaluator", "operational_commander"]), "loosen",
        "One person may now be both evaluator and operational commander on a case.",
    ),
    "two offices parted": (
        lambda d: d["separate"].append(["local_commander", "authoriser"]), "tighten",
        "No one person may any longer be both authoriser and local commander on a case.",
    ),
    "a promise in other words": (
        lambda d: d.update(not_limited="Nothing is limited."), "loosen", "does not limit is said in other words",
    ),
    "adopted": (lambda d: d.update(status="adopted"), "neutral", "The status changes."),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_kind_of_change_is_classed_and_said(name: str) -> None:
    edit, kind, said = CASES[name]
    changes = diff(made(DOCUMENT), changed(edit))
    assert {change.kind for change in changes} == {kind}, changes
    assert said in changes[0].sentence
    assert changes[0].sentence.endswith(".")
    assert loosens(changes) == (kind == "loosen")


def test_no_change_is_no_change(pack: Pack) -> None:
    assert diff(pack, pack) == ()
    assert not loosens(())


def test_a_direction_that_is_not_known_counts_as_loosening_and_says_why() -> None:
    there = diff(made(DOCUMENT), changed(lambda d: d["limits"]["debrief_h"].update(unit="days")))[0]
    assert (there.kind, there.known) == ("loosen", False)
    assert there.sentence.endswith("Which way this goes cannot be worked out, so it counts as loosening.")
    assert there.as_json()["known"] is False


def test_a_limit_is_told_once_and_not_again_for_each_rule_that_uses_it() -> None:
    changes = diff(made(DOCUMENT), changed(limit("window_h", 8)))
    assert [(change.what, change.where) for change in changes] == [("limit", "limit window_h")]


def test_the_scheme_of_2014_tightens_the_act_and_dropping_it_loosens() -> None:
    act, scheme = load_pack("uk.section60:statutory"), load_pack("uk.section60:busss2014")
    there, back = diff(act, scheme), diff(scheme, act)
    assert {change.kind for change in there} == {"tighten", "neutral"}
    assert {change.kind for change in back} == {"loosen", "neutral"}
    assert {c.where for c in there if c.kind == "tighten"} == {
        "limit window_h", "limit extend_total_h", "choice rank", "choice extend_rank", "choice belief", "choice test",
        "choice notice_before",
    }  # fmt: skip


def test_packs_about_different_things_can_be_compared_too() -> None:
    changes = diff(load_pack("uk.dispersal_s34"), load_pack("uk.live_facial_recognition"))
    assert {change.kind for change in changes} == {"tighten", "loosen", "neutral"}


edits = st.lists(st.sampled_from(sorted(CASES)), min_size=0, max_size=5, unique=True)


def edited(names: list[str]) -> Pack:
    document = copy.deepcopy(DOCUMENT)
    for name in names:
        try:
            CASES[name][0](document)
        except (StopIteration, KeyError, ValueError):  # an earlier edit took away what this one changes
            continue
    return made(document)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(edits, edits)
def test_going_back_is_the_mirror_image_of_going_there(first: list[str], second: list[str]) -> None:
    old, new = edited(first), edited(second)
    there, back = diff(old, new), diff(new, old)
    assert Counter(map(seen, there)) == Counter(
        (what, where, _mirror(kind, known), known) for what, where, kind, known in map(seen, back)
    )


def seen(change: Change) -> tuple[str, str, str, bool]:
    return change.what, change.where, change.kind, change.known


def _mirror(kind: str, known: bool) -> str:
    return MIRROR[kind] if known else kind


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=edits, data=st.data())
def test_where_nothing_loosens_no_case_gets_further(names: list[str], data: st.DataObject, sound: Document) -> None:
    old, new = made(DOCUMENT), edited(names)
    if loosens(diff(old, new)):
        return
    forgotten = data.draw(st.sets(st.sampled_from(sorted(sound)), max_size=3))
    facts = {name: value for name, value in sound.items() if name not in forgotten}
    facts |= {"window.hours": data.draw(st.sampled_from([2, 5.5, 7])), "debrief.operations": 1}
    for step in old.transitions:
        assert set(evaluate(old, facts, step).blocked_by) <= set(evaluate(new, facts, step).blocked_by), step


def test_a_pack_file_can_be_compared_with_the_one_that_comes_along(tmp_path: Path, pack: Pack) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(pack.path.read_text(encoding="utf-8").replace("value: 6\n", "value: 4\n", 1), encoding="utf-8")
    assert [change.kind for change in diff(pack, load_pack(path))] == ["tighten"]
