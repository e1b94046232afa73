"""Which of two conditions asks for more: worked out from the conditions themselves, not guessed from their words.

What both share is set aside; the rest is tried on every combination of values that could make a difference (each
bound, what lies between bounds, each choice, and not known). Where that would be too many, nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain, combinations, pairwise, product
from math import prod
from typing import Any, Literal

from answerable.policy.condition import AllOf, Comparison, Condition, When, comparisons, holds

Verdict = Literal["tighten", "loosen", "neutral", "mixed", "unknown"]
MOST_COMBINATIONS = 20_000
_MOST_ITEMS = 8


def compare(old: Condition, new: Condition) -> Verdict:
    """Say whether ``new`` asks for more than ``old`` (tighten), less (loosen) or the same (neutral).

    ``mixed`` where it stops some cases that passed and passes some that were stopped; ``unknown`` where it cannot be
    worked out.
    """
    removed, added = difference(old, new)
    if not removed and not added:
        return "neutral"
    worlds = _worlds([*removed, *added])
    if worlds is None:
        return "unknown"
    before, after = AllOf(tuple(removed)), AllOf(tuple(added))
    passed = {(holds(before, facts) is True, holds(after, facts) is True) for facts in worlds}
    return _verdict(stops=(True, False) in passed, lets=(False, True) in passed)


def difference(old: Condition, new: Condition) -> tuple[list[Condition], list[Condition]]:
    """Return what ``old`` asks that ``new`` does not, and what ``new`` asks that ``old`` does not, part by part."""
    before, after = list(_parts(old)), list(_parts(new))
    return [part for part in before if part not in after], [part for part in after if part not in before]


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """Return what several verdicts come to when they are all true of one change."""
    found = set(verdicts) - {"neutral"}
    if "unknown" in found:
        return "unknown"
    return _verdict(stops=bool(found & {"tighten", "mixed"}), lets=bool(found & {"loosen", "mixed"}))


def _verdict(*, stops: bool, lets: bool) -> Verdict:
    if stops and lets:
        return "mixed"
    if stops:
        return "tighten"
    return "loosen" if lets else "neutral"


def _parts(condition: Condition) -> Iterable[Condition]:
    """Yield what ``condition`` asks, one thing at a time; all of them together mean the same as ``condition``."""
    if isinstance(condition, AllOf):
        return chain.from_iterable(_parts(part) for part in condition.parts)
    if isinstance(condition, When):
        return [When(condition.when, part) for part in _parts(condition.then)]
    if isinstance(condition, Comparison) and condition.operator == "includes_all":
        return [replace(condition, operator="includes", value=value) for value in condition.value]
    return [condition]


def _worlds(conditions: list[Condition]) -> Iterable[Mapping[str, Any]] | None:
    """Return every set of facts that could make a difference to ``conditions``; None where there are too many."""
    tests: dict[str, list[Comparison]] = {}
    for test in chain.from_iterable(map(comparisons, conditions)):
        tests.setdefault(test.fact.name, []).append(test)
    values = {name: _values(found) for name, found in tests.items()}
    if any(not found for found in values.values()) or prod(map(len, values.values())) > MOST_COMBINATIONS:
        return None
    return (dict(zip(values, world, strict=True)) for world in product(*values.values()))


def _values(tests: list[Comparison]) -> list[Any]:
    """Return values of one fact that all ``tests`` of it can tell apart, None (not known) among them."""
    kinds = {test.fact.type for test in tests}
    if len(kinds) > 1 or len({tuple(test.fact.choices) for test in tests}) > 1:
        return []
    kind, choices = kinds.pop(), tests[0].fact.choices
    named = {value for test in tests if test.operator != "known" for value in _named(test)}
    if kind == "flag":
        return [None, True, False]
    if kind == "number":
        return [None, *_around(sorted(named))]
    if kind == "count":
        return [None, *sorted({max(0, value + step) for value in named or {0} for step in (-1, 0, 1)})]
    if kind == "list":
        items = sorted(named)
        sizes = range(len(items) + 1) if len(items) <= _MOST_ITEMS else ()
        return [None, *chain.from_iterable(combinations(items, size) for size in sizes)] if sizes else []
    return [None, *(choices or [*sorted(named), "\0"])]


def _named(test: Comparison) -> tuple[Any, ...]:
    return test.value if isinstance(test.value, tuple) else (test.value,)


def _around(bounds: list[float]) -> list[float]:
    if not bounds:
        return [0.0]
    between = [(low + high) / 2 for low, high in pairwise(bounds)]
    return [bounds[0] - 1, *bounds, *between, bounds[-1] + 1]
