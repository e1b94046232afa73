"""Plain English for conditions: what is required, what was found, and what would change the answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
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
        found = _told(_decisive(condition.when, facts), facts, asked=False)
        return sentence("this does not apply: " + "; ".join(found))
    return sentence("; ".join(_told(_decisive(condition, facts), facts)))


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
    if isinstance(condition, When):
        return f"{requirement(condition.when)}; and {_negated(condition.then)}"
    if isinstance(condition, AllOf | AnyOf):
        between = "; or " if isinstance(condition, AllOf) else "; and "
        return between.join(_negated(part) for part in condition.parts)
    if condition.operator == "known":
        return _required(replace(condition, value=not condition.value))
    if condition.operator in _OPPOSITE:
        return _required(replace(condition, operator=_OPPOSITE[condition.operator]))
    fact, wanted = condition.fact, condition.value if condition.operator == "includes_all" else (condition.value,)
    last = "or" if condition.operator == "includes" else "and"
    return f"{fact.words} do{'' if fact.plural else 'es'} not include {listed([fact.say(v) for v in wanted], last)}"


def _told(tests: Iterable[Comparison], facts: Facts, *, asked: bool = True) -> list[str]:
    """Say each fact once, whatever the number of comparisons that look at it."""
    looked_at: dict[str, list[Comparison]] = {}
    for test in tests:
        looked_at.setdefault(test.fact.name, []).append(test)
    return [_observed(group, facts, asked=asked) for group in looked_at.values()]


def _observed(tests: Sequence[Comparison], facts: Facts, *, asked: bool) -> str:
    """Say what the fact of ``tests`` is and, where it is ``asked`` for and not met, what is required."""
    fact, verb, actual = tests[0].fact, _is(tests[0]), facts.get(tests[0].fact.name)
    if actual is None:
        return f"it is not known whether {fact.yes}" if fact.type == "flag" else f"{fact.words} {verb} not known"
    if fact.type == "flag":
        return fact.yes if actual else fact.no
    unmet = [test for test in tests if not holds(test, facts)]
    lacking = dict.fromkeys(fact.say(v) for test in unmet for v in _lacking(test, actual))
    if lacking:
        return f"{fact.words} lack{'' if fact.plural else 's'} {listed(list(lacking))}"
    shown = listed([fact.say(v) for v in actual]) if fact.type == "list" else fact.say(actual)
    limits = [f"{_PHRASE[test.operator]}{fact.say(test.value)}" for test in unmet if test.operator in _PHRASE]
    return f"{fact.words} {verb} {shown}{f' ({listed(limits)} is required)' if asked and limits else ''}"


def _lacking(test: Comparison, actual: Any) -> list[Any]:
    return [value for value in test.value if value not in actual] if test.operator == "includes_all" else []


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
        return then if holds(condition.when, facts) is True else _either([_negated(condition.when), then])
    if isinstance(condition, AnyOf):
        # What is known cannot be made unknown again: to ask for that would be no help.
        within_reach = [part for part in condition.parts if not _unlearned(part)] or condition.parts
        return _either([_wanted(part, facts) for part in within_reach])
    if isinstance(condition, AllOf):
        return _each(list(filter(None, (_wanted(part, facts) for part in condition.parts))))
    return _needed(condition, facts) if isinstance(condition, Comparison) else requirement(condition)


def _needed(test: Comparison, facts: Facts) -> str:
    fact, actual = test.fact, facts.get(test.fact.name)
    if test.operator == "known" and test.value:
        return f"it is said whether {fact.yes}" if fact.type == "flag" else f"{fact.words} {_is(test)} stated"
    lacking = _lacking(test, actual) if actual else []
    if lacking:
        return f"{fact.words} also include{'' if fact.plural else 's'} {listed([fact.say(v) for v in lacking])}"
    return _required(test)


def _unlearned(condition: Condition) -> bool:
    return isinstance(condition, Comparison) and condition.operator == "known" and not condition.value


def _either(ways: Sequence[str]) -> str:
    if len(ways) == 1:
        return ways[0]
    return f"either {', or '.join(f'all of these: {way}' if '; ' in way else way for way in ways)}"


def _each(parts: Sequence[str]) -> str:
    """Join what is all wanted; a choice among it, or more than two, is set apart so that nothing is misread."""
    apart = len(parts) > 2 or any(part.startswith("either ") or "; " in part for part in parts)
    return ("; and " if apart else " and ").join(filter(None, ["; ".join(parts[:-1]), parts[-1]]))


def in_words(values: Any) -> str:
    """Return a setting's value for showing: lists joined, mappings as ``key value``, the rest as they are."""
    if isinstance(values, dict):
        return listed([f"{key.replace('_', ' ')} {in_words(value)}" for key, value in values.items()])
    if isinstance(values, list | tuple):
        return listed([in_words(value) for value in values])
    return str(values).replace("_", " ")
