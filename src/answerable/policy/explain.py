"""Plain English for conditions: what is required, what was found, and what would change the answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from answerable.policy.condition import AllOf, AnyOf, Comparison, Condition, Facts, Not, When, holds

_OPPOSITE = {
    "is": "is_not", "is_not": "is", "in": "not_in", "not_in": "in", "at_least": "below", "below": "at_least",
    "at_most": "above", "above": "at_most",
}  # fmt: skip
_PHRASE = {"at_least": "at least ", "at_most": "at most ", "below": "below ", "above": "above "}


def requirement(condition: Condition) -> str:
    """Return what ``condition`` asks for, as a clause without a full stop."""
    if isinstance(condition, Comparison):
        return _required(condition)
    if isinstance(condition, Not):
        return _negated(condition.part)
    if isinstance(condition, When):
        return f"if {requirement(condition.when)}, then {requirement(condition.then)}"
    between = "; and " if isinstance(condition, AllOf) else "; or "
    return between.join(requirement(part) for part in condition.parts)


def reason(condition: Condition, facts: Facts) -> str:
    """Return why ``condition`` holds, does not hold or cannot be judged on ``facts``, as one sentence."""
    if isinstance(condition, When) and holds(condition.when, facts) is False:
        found = (_observed(test, facts, asked=False) for test in _decisive(condition.when, facts))
        return sentence("this does not apply: " + "; ".join(found))
    return sentence("; ".join(dict.fromkeys(_observed(test, facts) for test in _decisive(condition, facts))))


def change(condition: Condition, facts: Facts) -> str:
    """Return what would make ``condition`` hold, as one sentence; empty where it holds already."""
    wanted = _wanted(condition, facts)
    return sentence(f"it would hold if {wanted}") if wanted else ""


def sentence(clause: str) -> str:
    """Return ``clause`` with a capital letter and a full stop."""
    return clause[:1].upper() + clause[1:] + ("" if clause.endswith(".") else ".") if clause else ""


def listed(words: Sequence[str], last: str = "and") -> str:
    """Join ``words`` as a sentence does.

    >>> listed(["a", "b", "c"]), listed(["a", "b"], "or")
    ('a, b and c', 'a or b')
    """
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else "none"


def _is(test: Comparison) -> str:
    return "are" if test.fact.plural else "is"


def _required(test: Comparison) -> str:
    fact, operator, value = test.fact, test.operator, test.value
    if fact.type == "flag" and operator in ("is", "is_not"):
        return fact.yes if value == (operator == "is") else fact.no
    if operator == "known":
        return f"{fact.words} {_is(test)} {'known' if value else 'not known'}"
    if operator == "is_not":
        return f"{fact.words} {_is(test)} not {fact.say(value)}"
    if operator in ("in", "not_in"):
        head = "" if operator == "in" else "none of "
        return f"{fact.words} {_is(test)} {head}{listed([fact.say(v) for v in value], 'or')}"
    if operator in ("includes", "includes_all"):
        wanted = [fact.say(v) for v in (value if operator == "includes_all" else (value,))]
        return f"{fact.words} include{'' if fact.plural else 's'} {listed(wanted)}"
    return f"{fact.words} {_is(test)} {_PHRASE.get(operator, '')}{fact.say(value)}"


def _negated(condition: Condition) -> str:
    if isinstance(condition, Not):
        return requirement(condition.part)
    if isinstance(condition, Comparison) and condition.operator in _OPPOSITE:
        return _required(Comparison(condition.fact, _OPPOSITE[condition.operator], condition.value))
    return f"it is not so that {requirement(condition)}"


def _observed(test: Comparison, facts: Facts, *, asked: bool = True) -> str:
    """Say what a fact is and, where it is ``asked`` for and not met, what is required."""
    fact, actual = test.fact, facts.get(test.fact.name)
    if actual is None:
        return f"it is not known whether {fact.yes}" if fact.type == "flag" else f"{fact.words} {_is(test)} not known"
    if fact.type == "flag":
        return fact.yes if actual else fact.no
    met = holds(test, facts)
    if test.operator == "includes_all" and not met:
        lacking = [fact.say(v) for v in test.value if v not in actual]
        return f"{fact.words} lack{'' if fact.plural else 's'} {listed(lacking)}"
    shown = listed([fact.say(v) for v in actual]) if fact.type == "list" else fact.say(actual)
    limit = f" ({_PHRASE[test.operator]}{fact.say(test.value)} is required)" if test.operator in _PHRASE else ""
    return f"{fact.words} {_is(test)} {shown}{'' if met or not asked else limit}"


def _decisive(condition: Condition, facts: Facts) -> Iterable[Comparison]:
    """Return the comparisons that made the condition come out as it did."""
    answer = holds(condition, facts)
    if isinstance(condition, Comparison):
        return [condition]
    if isinstance(condition, Not):
        return _decisive(condition.part, facts)
    if isinstance(condition, When):
        arises = holds(condition.when, facts)
        if arises is False:
            return _decisive(condition.when, facts)
        undecided = _decisive(condition.when, facts) if answer is None and arises is None else ()
        return [*undecided, *_decisive(condition.then, facts)]
    parts = [part for part in condition.parts if holds(part, facts) is answer]
    return [test for part in parts for test in _decisive(part, facts)]


def _wanted(condition: Condition, facts: Facts) -> str:
    if holds(condition, facts) is True:
        return ""
    if isinstance(condition, When):
        then = _wanted(condition.then, facts)
        return then if holds(condition.when, facts) is True else f"{_negated(condition.when)}, or {then}"
    if isinstance(condition, AllOf | AnyOf):
        between = " and " if isinstance(condition, AllOf) else ", or "
        return between.join(filter(None, (_wanted(part, facts) for part in condition.parts)))
    return requirement(condition)


def in_words(values: Any) -> str:
    """Return a setting's value for showing: lists joined, mappings as ``key value``, the rest as they are."""
    if isinstance(values, dict):
        return listed([f"{key.replace('_', ' ')} {in_words(value)}" for key, value in values.items()])
    if isinstance(values, list | tuple):
        return listed([in_words(value) for value in values])
    return str(values).replace("_", " ")
