"""The catalogue of facts: typed, said in plain words, each with an example that fits."""

from __future__ import annotations

from typing import Any

import pytest

from answerable.errors import InputError
from answerable.policy.catalogue import catalogue, parse_facts
from answerable.policy.condition import comparisons
from answerable.policy.pack import load_pack, packs


def test_every_fact_says_what_it_means_in_a_sentence() -> None:
    for fact in catalogue().facts.values():
        assert fact.means.endswith("."), fact.name
        assert fact.yes or fact.words != fact.name, fact.name


def test_the_catalogue_holds_no_fact_about_a_person() -> None:
    personal = ("name", "ethnic", "age_of", "suspect", "person_id", "nationality", "birth", "address", "score")
    found = [name for name in catalogue().facts for word in personal if word in name and "named" not in name]
    assert found == []


def test_no_fact_is_there_that_no_rule_or_reader_uses() -> None:
    used = {
        t.fact.name
        for name in packs()
        for rule in load_pack(name).rules
        if rule.condition
        for t in comparisons(rule.condition)
    }
    shown = {
        "forecast.given", "forecast.probability", "forecast.base_rate", "intel.reports", "intel.independent_origins",
        "intel.best_grade", "intel.from_one_source", "judgement.probability", "support.armed_officers",
    }  # fmt: skip
    assert set(catalogue().facts) == (used & set(catalogue().facts)) | shown


def test_no_pack_declares_a_fact_that_its_rules_do_not_use() -> None:
    for pack in map(load_pack, packs()):
        own = pack.catalogue.facts.keys() - catalogue().facts.keys()
        used = {t.fact.name for rule in pack.rules if rule.condition for t in comparisons(rule.condition)}
        assert own <= used, pack.name


def test_values_are_checked_and_lists_become_tuples() -> None:
    read = catalogue().check({"alternatives.options": ["do_nothing"], "area.km2": 1, "cia.form": None})
    assert read == {"alternatives.options": ("do_nothing",), "area.km2": 1, "cia.form": None}


@pytest.mark.parametrize(
    ("facts", "complaint"),
    [
        ({"area.km2": "small"}, "takes a number"),
        ({"area.km2": float("nan")}, "takes a number"),
        ({"intel.reports": -1}, "not negative"),
        ({"eia.done": "yes"}, "takes yes or no"),
        ({"cia.form": "full form"}, "is not a value of 'cia.form'"),
        ({"alternatives.options": "do_nothing"}, "takes a list"),
        ({"alternatives.options": ["do_noting"]}, "is not a value"),
        ({"intel.best_grade": 11}, "takes text"),
    ],
)
def test_a_value_of_the_wrong_type_is_an_error(facts: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        catalogue().check(facts)


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ("wind", "needs a description"),
        ({"type": "number", "means": "x", "example": 1, "units": "m"}, "Unknown field 'units'"),
        ({"type": "number", "example": 1}, "'means' is missing"),
        ({"type": "numbr", "means": "x", "example": 1}, "Unknown type"),
        ({"type": "flag", "means": "x", "example": True}, "two sentences"),
        ({"type": "choice", "means": "x", "example": "a"}, "needs its choices"),
        ({"type": "count", "means": "x", "example": -3}, "not negative"),
    ],
)
def test_a_fact_that_is_badly_declared_is_an_error(entry: Any, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        parse_facts({"wind.speed": entry}, "pack.yaml")


def test_a_pack_may_add_facts_but_not_change_them() -> None:
    own = {"tide": {"type": "number", "words": "the tide", "means": "Tide.", "example": 2}}
    assert "tide" in catalogue().extended(own, "pack.yaml").facts
    with pytest.raises(InputError, match="already in the catalogue"):
        catalogue().extended({"area.km2": {**own["tide"]}}, "pack.yaml")
