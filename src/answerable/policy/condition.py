"""Conditions over facts: structured data with three values, in which what is not known never counts as satisfied.

A condition in a pack is one of ``{fact: NAME, OPERATOR: VALUE}``, ``{all: [...]}``, ``{any: [...]}``, ``{not: ...}``
and ``{when: ..., then: ...}``. :func:`parse` checks names, operators and types against the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from operator import ge, gt, le, lt
from typing import Any, TypeAlias

from answerable.errors import InputError
from answerable.policy.catalogue import Catalogue, Fact
from answerable.policy.suggest import did_you_mean

Facts: TypeAlias = Mapping[str, Any]

OPERATORS = (
    "is", "is_not", "in", "not_in", "at_least", "at_most", "below", "above", "known", "includes", "includes_all",
)  # fmt: skip
_COMPARE = {"at_least": ge, "at_most": le, "below": lt, "above": gt}
_MATCH: Mapping[str, Callable[[Any, Any], bool]] = {
    "is": lambda actual, value: bool(actual == value),
    "is_not": lambda actual, value: bool(actual != value),
    "in": lambda actual, value: actual in value,
    "not_in": lambda actual, value: actual not in value,
    "includes": lambda actual, value: value in actual,
    "includes_all": lambda actual, value: set(value) <= set(actual),
}
_ORDERED = ("number", "count", "level")
_SHAPES = ("all", "any", "not", "when")


@dataclass(frozen=True)
class Comparison:
    """One comparison of a fact with a value; ``fact`` carries the order of its levels and its words."""

    fact: Fact
    operator: str
    value: Any


@dataclass(frozen=True)
class AllOf:
    """Holds when every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    """Holds when at least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """Holds when its part does not; unknown stays unknown."""

    part: Condition


@dataclass(frozen=True)
class When:
    """Holds when ``then`` holds or ``when`` does not: a duty that only some cases have."""

    when: Condition
    then: Condition


Condition: TypeAlias = Comparison | AllOf | AnyOf | Not | When


def holds(condition: Condition, facts: Facts) -> bool | None:
    """Say whether ``condition`` holds on ``facts``: True, False, or None where that cannot be known (Kleene).

    A fact that is missing or None is unknown.
    """
    if isinstance(condition, Comparison):
        return _test(condition, facts.get(condition.fact.name))
    if isinstance(condition, Not):
        inner = holds(condition.part, facts)
        return None if inner is None else not inner
    if isinstance(condition, When):
        return holds(AnyOf((Not(condition.when), condition.then)), facts)
    values = [holds(part, facts) for part in condition.parts]
    decisive = isinstance(condition, AnyOf)
    if decisive in values:
        return decisive
    return None if None in values else not decisive


def comparisons(condition: Condition) -> Iterator[Comparison]:
    """Yield every comparison in ``condition``, in the order written."""
    if isinstance(condition, Comparison):
        yield condition
    elif isinstance(condition, Not):
        yield from comparisons(condition.part)
    elif isinstance(condition, When):
        yield from comparisons(condition.when)
        yield from comparisons(condition.then)
    else:
        for part in condition.parts:
            yield from comparisons(part)


def parse(document: Any, catalogue: Catalogue, where: str) -> Condition:
    """Read a condition from parsed YAML; InputError at ``where`` for any name, operator or type that does not fit."""
    if not isinstance(document, Mapping) or not document:
        raise InputError(
            "A condition must be a mapping.", where=where, fix="Write {fact: NAME, at_least: 2}, or all / any / not."
        )
    if "fact" in document:
        return _parse_test(document, catalogue, where)
    shape = next((key for key in document if key in _SHAPES), None)
    allowed = ("when", "then") if shape == "when" else (shape,)
    for key in document:
        if shape is None or key not in allowed:
            raise InputError(
                f"Unknown word in a condition: '{key}'.",
                where=where,
                fix=did_you_mean(key, ("fact", "all", "any", "not", "when", "then")),
            )
    if shape == "when":
        if "then" not in document:
            raise InputError("A 'when' needs a 'then'.", where=where, fix="Say what is required in that case.")
        return When(parse(document["when"], catalogue, where), parse(document["then"], catalogue, where))
    if shape == "not":
        return Not(parse(document["not"], catalogue, where))
    parts = document[shape]
    if not isinstance(parts, list) or not parts:
        raise InputError(f"'{shape}' needs a list with at least one condition.", where=where, fix="Add one.")
    read = tuple(parse(part, catalogue, where) for part in parts)
    return AllOf(read) if shape == "all" else AnyOf(read)


def make_test(fact: Fact, operator: str, value: Any, where: str) -> Comparison:
    """Return the comparison, with ``value`` checked against the fact's type; InputError where it does not fit."""
    if operator in _COMPARE and fact.type not in _ORDERED:
        raise InputError(
            f"'{operator}' needs a number or a level, but '{fact.name}' is a {fact.type}.",
            where=where,
            fix="Use is, is_not, in or not_in.",
        )
    if operator.startswith("includes") != (fact.type == "list") and operator != "known":
        raise InputError(
            f"'{operator}' does not fit '{fact.name}', which is a {fact.type}.",
            where=where,
            fix="Use includes or includes_all." if fact.type == "list" else "Use is or in.",
        )
    if operator in ("in", "not_in", "includes_all"):
        if not isinstance(value, list) or not value:
            raise InputError(f"'{operator}' needs a list of values.", where=where, fix="Write [first, second].")
        checked: Any = tuple(fact.check_item(item, where) for item in value)
    elif operator == "known":
        if not isinstance(value, bool):
            raise InputError("'known' is true or false.", where=where, fix="Write known: true.")
        checked = value
    else:
        checked = fact.check_item(value, where)
    return Comparison(fact, operator, checked)


def _parse_test(document: Mapping[str, Any], catalogue: Catalogue, where: str) -> Comparison:
    operators = [key for key in document if key != "fact"]
    if len(operators) != 1:
        raise InputError(
            "A comparison needs exactly one operator beside its fact.", where=where, fix=did_you_mean("", OPERATORS)
        )
    if operators[0] not in OPERATORS:
        raise InputError(f"Unknown operator: '{operators[0]}'.", where=where, fix=did_you_mean(operators[0], OPERATORS))
    fact = catalogue.fact(document["fact"], where)
    return make_test(fact, operators[0], document[operators[0]], where)


def _test(test: Comparison, actual: Any) -> bool | None:
    if test.operator == "known":
        return (actual is not None) is test.value
    if actual is None:
        return None
    if test.operator in _COMPARE:
        return bool(_COMPARE[test.operator](test.fact.rank(actual), test.fact.rank(test.value)))
    return _MATCH[test.operator](actual, test.value)
