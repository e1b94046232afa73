"""The typed facts that rules may speak of: name, type, unit, plain words and an example (``catalogue.yaml``)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from answerable.errors import InputError
from answerable.policy.reading import read_yaml
from answerable.policy.suggest import did_you_mean

TYPES = ("flag", "number", "count", "text", "choice", "level", "list")
_TEXTS = ("type", "words", "means", "unit", "yes", "no")
_KEYS = ("type", "words", "means", "example", "unit", "choices", "yes", "no", "plural")


def quantity(value: float, unit: str) -> str:
    """Return a number with its unit, to two places.

    >>> quantity(1, "hours"), quantity(2.5, "hours"), quantity(3, "")
    ('1 hour', '2.5 hours', '3')
    """
    return f"{round(value, 2):g} {unit.removesuffix('s') if value == 1 else unit}".rstrip()


@dataclass(frozen=True)
class Fact:
    """One kind of fact.

    ``type``: flag (yes or no), number, count (whole, not negative), text, choice (one of ``choices``), level (a choice
    whose order matters, lowest first) or list (of ``choices``, or of any text where there are none).
    ``words`` names it in a sentence; ``yes`` and ``no`` are the two sentences of a flag; ``choices`` maps each value
    to its words.
    """

    name: str
    type: str
    words: str
    means: str
    example: Any
    unit: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    yes: str = ""
    no: str = ""
    plural: bool = False

    def __hash__(self) -> int:
        return hash(self.name)

    def rank(self, value: Any) -> float:
        """Return where ``value`` stands in this fact's order."""
        return list(self.choices).index(value) if self.type == "level" else float(value)

    def say(self, value: Any) -> str:
        """Return ``value`` in plain words, with its unit."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, int | float):
            return quantity(value, self.unit)
        return self.choices.get(value, str(value))

    def check_item(self, value: Any, where: str) -> Any:
        """Return ``value`` if it can be this fact's value (for a list: one item of it), else raise InputError."""
        if self.type == "flag":
            fits, wanted = isinstance(value, bool), "yes or no"
        elif self.type == "count":
            fits = isinstance(value, int) and not isinstance(value, bool) and value >= 0
            wanted = "a whole number that is not negative"
        elif self.type == "number":
            fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
            wanted = "a number"
        else:
            fits, wanted = isinstance(value, str), "text"
        if not fits:
            raise InputError(
                f"'{self.name}' takes {wanted}, not {value!r}.", where=where, fix=f"Example: {self.example}."
            )
        if self.choices and value not in self.choices:
            raise InputError(
                f"'{value}' is not a value of '{self.name}'.", where=where, fix=did_you_mean(value, self.choices)
            )
        return value

    def check(self, value: Any, where: str) -> Any:
        """Return ``value`` if it can be this fact's value (None: not known), else raise InputError."""
        if value is None:
            return None
        if self.type != "list":
            return self.check_item(value, where)
        if not isinstance(value, list | tuple):
            raise InputError(f"'{self.name}' takes a list.", where=where, fix=f"Example: {self.example}.")
        return tuple(self.check_item(item, where) for item in value)


@dataclass(frozen=True)
class Catalogue:
    """All facts known, by dotted name."""

    facts: Mapping[str, Fact]

    def fact(self, name: Any, where: str) -> Fact:
        """Return the fact ``name``; InputError with the nearest known name where there is none."""
        if not isinstance(name, str) or name not in self.facts:
            raise InputError(f"Unknown fact: '{name}'.", where=where, fix=did_you_mean(name, self.facts))
        return self.facts[name]

    def check(self, facts: Mapping[str, Any], where: str = "facts") -> dict[str, Any]:
        """Return ``facts`` with every name and value checked; InputError names the first that does not fit."""
        return {name: self.fact(name, where).check(value, f"{where}, {name}") for name, value in facts.items()}

    def extended(self, document: Any, where: str) -> Catalogue:
        """Return this catalogue with a pack's own facts added; InputError where one reuses a known name."""
        own = parse_facts(document, where)
        twice = sorted(own.keys() & self.facts.keys())
        if twice:
            raise InputError(
                f"The fact '{twice[0]}' is already in the catalogue.",
                where=where,
                fix="Use it, or choose another name.",
            )
        return Catalogue({**self.facts, **own})


@cache
def catalogue() -> Catalogue:
    """Return the catalogue that comes with the package."""
    text = (files("answerable.policy") / "catalogue.yaml").read_text(encoding="utf-8")
    return Catalogue(parse_facts(read_yaml(text, "catalogue.yaml")["facts"], "catalogue.yaml"))


def parse_facts(document: Any, where: str) -> dict[str, Fact]:
    """Read ``{dotted name: {type, words, means, example, ...}}``; InputError names the fact and field that is off."""
    if not isinstance(document, Mapping):
        raise InputError("'facts' must map names to their descriptions.", where=where, fix="See docs/policy-packs.md.")
    return {str(name): _parse_fact(str(name), entry, f"{where}, fact {name}") for name, entry in document.items()}


def _parse_fact(name: str, entry: Any, where: str) -> Fact:
    if not isinstance(entry, Mapping):
        raise InputError("A fact needs a description.", where=where, fix="Give type, words, means and example.")
    for key in entry:
        if key not in _KEYS:
            raise InputError(f"Unknown field '{key}'.", where=where, fix=did_you_mean(key, _KEYS))
        if key in _TEXTS and not (isinstance(entry[key], str) and entry[key]):
            raise InputError(f"The field '{key}' must be text.", where=where, fix="Put it in plain words.")
    for key in ("type", "means", "example"):
        if key not in entry:
            raise InputError(f"The field '{key}' is missing.", where=where, fix="Add it.")
    kind = entry["type"]
    if kind not in TYPES:
        raise InputError(f"Unknown type '{kind}'.", where=where, fix=did_you_mean(kind, TYPES))
    if kind == "flag" and not ("yes" in entry and "no" in entry):
        raise InputError("A flag needs its two sentences.", where=where, fix="Add 'yes' and 'no'.")
    if not isinstance(entry.get("plural", False), bool):
        raise InputError("'plural' is yes or no.", where=where, fix="Leave it out for a singular.")
    choices = entry.get("choices", {})
    if not isinstance(choices, Mapping) or not all(isinstance(words, str) for words in choices.values()):
        raise InputError("'choices' must map each value to its words.", where=where, fix="Write {value: its words}.")
    if kind in ("choice", "level") and not choices:
        raise InputError(f"A {kind} needs its choices.", where=where, fix="Map each value to its words.")
    fact = Fact(name=name, words=entry.get("words", name), **{k: v for k, v in entry.items() if k != "words"})
    fact.check(fact.example, where)
    return fact
