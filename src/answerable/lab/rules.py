"""A pack's rules as tables of numbers, so that the kernel decides as the real engine does, only faster.

A fact becomes one number: a flag 0 or 1, a level its rank, a choice or text the number of its value among those that
the rules name (-1 for any other), a list the sum of 2^number over its values; unknown is NaN. A rule becomes steps for
a stack of values 1 (holds), 0 (does not) and -1 (not known).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from answerable.errors import InputError
from answerable.lab.fast import compiled
from answerable.policy.condition import AllOf, AnyOf, Comparison, Condition, Not, When, comparisons
from answerable.policy.evaluate import BLOCKING
from answerable.policy.pack import Pack

_EQ, _NE, _IN, _NOT_IN, _GE, _LE, _LT, _GT, _KNOWN, _HAS, _AND, _OR, _NOT = range(13)
_OPERATORS = {
    "is": _EQ, "is_not": _NE, "in": _IN, "not_in": _NOT_IN, "at_least": _GE, "at_most": _LE, "below": _LT,
    "above": _GT, "known": _KNOWN, "includes": _HAS, "includes_all": _HAS,
}  # fmt: skip
_MOST_VALUES = 52
"""More values of one fact than this do not fit the whole numbers that a float can hold."""
_DEEPEST = 256


@dataclass(frozen=True)
class RuleTable:
    """The rules tested at ``on``, in the pack's order.

    ``steps`` (int64[m, 2]: operation, and fact or number of parts), ``values`` (float64[m]); rule r has the steps
    ``starts[r]`` to ``starts[r + 1]``. ``blocking`` says which rules block. ``names`` are the facts in order, ``codes``
    the numbers of their values.
    """

    on: str
    rules: tuple[str, ...]
    names: tuple[str, ...]
    codes: Mapping[str, Mapping[str, int]]
    steps: NDArray[np.int64]
    values: NDArray[np.float64]
    starts: NDArray[np.int64]
    blocking: NDArray[np.bool_]
    pack: Pack

    def encode(self, facts: Mapping[str, Any]) -> NDArray[np.float64]:
        """Return ``facts`` as numbers (float64[facts of the table]); InputError for a fact or value not known."""
        checked = self.pack.catalogue.check(facts)
        return np.array([self._number(name, checked.get(name)) for name in self.names], dtype=np.float64)

    def slot(self, name: str) -> int:
        """Return the place of a fact in the table; -1 where no rule of it looks at the fact."""
        return self.names.index(name) if name in self.names else -1

    def code(self, name: str, value: Any) -> float:
        """Return the number of one fact's value (NaN where it is None or no rule looks at the fact)."""
        return self._number(name, value) if name in self.names else math.nan

    def decide(self, facts: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return for each rule 1, 0 or -1 (holds, does not, not known) on encoded facts."""
        return np.array(
            [
                judge(self.steps, self.values, facts, a, b)
                for a, b in zip(self.starts[:-1], self.starts[1:], strict=True)
            ],
            dtype=np.int64,
        )

    def blocked_by(self, facts: NDArray[np.float64]) -> list[str]:
        """Return the rules that block, as :meth:`answerable.policy.evaluate.Findings.blocked_by` does."""
        found = self.decide(facts)
        return [
            name for name, holds, stops in zip(self.rules, found, self.blocking, strict=True) if stops and holds != 1
        ]

    def _number(self, name: str, value: Any) -> float:
        if value is None:
            return math.nan
        fact = self.pack.catalogue.facts[name]
        if fact.type == "level":
            return fact.rank(value)
        if fact.type in ("choice", "text"):
            return float(self.codes[name].get(value, -1))
        if fact.type == "list":
            return float(sum(2 ** self.codes[name][one] for one in set(value) if one in self.codes[name]))
        return float(value)


def compile_rules(pack: Pack, on: str) -> RuleTable:
    """Return the rules of ``pack`` that are tested at the transition ``on`` as numbers."""
    rules = [rule for rule in pack.rules if rule.applies_to(on) and rule.condition is not None]
    tests = [test for rule in rules if rule.condition for test in comparisons(rule.condition)]
    names = tuple(dict.fromkeys(test.fact.name for test in tests))
    codes = {name: _codes(name, tests) for name in names}
    steps: list[tuple[int, int, float]] = []
    starts = [0]
    for rule in rules:
        if rule.condition is not None:
            steps += _steps(rule.condition, names, codes)
        starts.append(len(steps))
    return RuleTable(
        on=on,
        rules=tuple(rule.id for rule in rules),
        names=names,
        codes=codes,
        steps=np.array([step[:2] for step in steps], dtype=np.int64).reshape(-1, 2),
        values=np.array([step[2] for step in steps], dtype=np.float64),
        starts=np.array(starts, dtype=np.int64),
        blocking=np.array([rule.kind in BLOCKING for rule in rules], dtype=np.bool_),
        pack=pack,
    )


@compiled
def judge(
    steps: NDArray[np.int64], values: NDArray[np.float64], facts: NDArray[np.float64], first: int, last: int
) -> int:
    """Return what one rule, the steps from ``first`` up to ``last``, says of ``facts``: 1, 0 or -1 (Kleene)."""
    stack = [0] * _DEEPEST
    top = 0
    for at in range(first, last):
        operation, which = steps[at, 0], steps[at, 1]
        if operation < _AND:
            stack[top] = _compare(operation, facts[which], values[at])
            top += 1
        elif operation == _NOT:
            if stack[top - 1] >= 0:
                stack[top - 1] = 1 - stack[top - 1]
        else:
            decisive = 1 if operation == _OR else 0
            found = 1 - decisive
            for _ in range(which):
                top -= 1
                if stack[top] == decisive:
                    found = decisive
                elif stack[top] < 0 and found != decisive:
                    found = -1
            stack[top] = found
            top += 1
    return stack[0]


@compiled
def _compare(operation: int, fact: float, value: float) -> int:  # noqa: PLR0911
    unknown = fact != fact  # noqa: PLR0124
    if operation == _KNOWN:
        return 1 if (value == 1) != unknown else 0
    if unknown:
        return -1
    if operation == _EQ:
        return 1 if fact == value else 0
    if operation == _NE:
        return 1 if fact != value else 0
    if operation == _GE:
        return 1 if fact >= value else 0
    if operation == _LE:
        return 1 if fact <= value else 0
    if operation == _LT:
        return 1 if fact < value else 0
    if operation == _GT:
        return 1 if fact > value else 0
    if operation == _HAS:
        return 1 if (int(fact) & int(value)) == int(value) else 0
    inside = fact >= 0 and fact == int(fact) and (int(value) >> int(fact)) & 1 == 1
    return 1 if inside == (operation == _IN) else 0


def _codes(name: str, tests: list[Comparison]) -> dict[str, int]:
    named: dict[Any, None] = {}
    for test in tests:
        if test.fact.name == name and test.operator != "known" and test.fact.type in ("choice", "text", "list"):
            named.update(dict.fromkeys(test.value if isinstance(test.value, tuple) else (test.value,)))
    if len(named) > _MOST_VALUES:
        raise InputError(
            f"Rules name {len(named)} values of one fact.", where=name, fix=f"The lab's tables hold {_MOST_VALUES}."
        )
    return {str(value): number for number, value in enumerate(named)}


def _steps(
    condition: Condition, names: tuple[str, ...], codes: Mapping[str, Mapping[str, int]]
) -> Iterator[tuple[int, int, float]]:
    if isinstance(condition, Comparison):
        yield _OPERATORS[condition.operator], names.index(condition.fact.name), _value(condition, codes)
    elif isinstance(condition, Not):
        yield from _steps(condition.part, names, codes)
        yield _NOT, 1, 0.0
    elif isinstance(condition, When):
        yield from _steps(AnyOf((Not(condition.when), condition.then)), names, codes)
    else:
        for part in condition.parts:
            yield from _steps(part, names, codes)
        yield _AND if isinstance(condition, AllOf) else _OR, len(condition.parts), 0.0


def _value(test: Comparison, codes: Mapping[str, Mapping[str, int]]) -> float:
    fact, value = test.fact, test.value
    if test.operator == "known":
        return float(value)
    several = value if isinstance(value, tuple) else (value,)
    if test.operator in ("in", "not_in"):
        return float(sum(2 ** _rank(fact.type, codes[fact.name], fact.rank, one) for one in set(several)))
    if fact.type == "list":
        return float(sum(2 ** codes[fact.name][one] for one in set(several)))
    return float(codes[fact.name][value]) if fact.type in ("choice", "text") else fact.rank(value)


def _rank(kind: str, codes: Mapping[str, int], rank: Any, value: Any) -> int:
    if kind in ("choice", "text"):
        return codes[value]
    number = float(rank(value))
    if not (number.is_integer() and 0 <= number < _MOST_VALUES):
        raise InputError(
            "A rule lists a number that no table can hold.", where=f"{value}", fix="Use at_least, at_most."
        )
    return int(number)
