"""What else could be done: each option's words, how good its evidence is, how long it takes (``alternatives.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from answerable.errors import InputError
from answerable.policy.reading import read_yaml
from answerable.policy.suggest import did_you_mean

RATINGS = ("high", "moderate", "low", "no_clear_evidence", "harmful", "not_studied")
BASES = ("literature", "assumption")
_TEXTS = ("words", "evidence", "src", "dated", "effect")
_FLAGS = ("long_term", "the_tactic_itself")
_KEYS = (*_TEXTS, *_FLAGS, "rating", "basis")


@dataclass(frozen=True)
class Alternative:
    """One option.

    ``rating`` is one of :data:`RATINGS`, ``evidence`` a sentence or two on what it rests on, ``src`` where that was
    read and ``dated`` when. ``effect`` is the usual time until it can have an effect; ``basis`` says whether effect and
    rating come from the literature. ``long_term``: set aside for tonight, it becomes somebody's task. ``option`` is the
    name that case files use; ``the_tactic_itself`` marks what the alternatives are alternatives to.
    """

    option: str
    words: str
    rating: str
    evidence: str
    src: str
    dated: str
    long_term: bool
    effect: str
    basis: str
    the_tactic_itself: bool = False

    @property
    def rating_words(self) -> str:
        """The rating in words: ``no clear evidence``."""
        return self.rating.replace("_", " ")


@cache
def alternatives() -> Mapping[str, Alternative]:
    """Return every option by name, in the catalogue's order, the tactic itself first."""
    text = (files("answerable.policy") / "alternatives.yaml").read_text(encoding="utf-8")
    return parse_alternatives(read_yaml(text, "alternatives.yaml")["alternatives"], "alternatives.yaml")


def parse_alternatives(document: Any, where: str) -> dict[str, Alternative]:
    """Read ``{option: {words, rating, evidence, ...}}``; InputError names the option and field that is off."""
    if not isinstance(document, Mapping):
        raise InputError("'alternatives' must map options to their descriptions.", where=where, fix="Name each option.")
    return {str(name): _parse(str(name), entry, f"{where}, option {name}") for name, entry in document.items()}


def _parse(name: str, entry: Any, where: str) -> Alternative:
    if not isinstance(entry, Mapping):
        raise InputError("An option needs a description.", where=where, fix=f"Give {', '.join(_KEYS)}.")
    for key in entry:
        if key not in _KEYS:
            raise InputError(f"Unknown field '{key}'.", where=f"{where}, field {key}", fix=did_you_mean(key, _KEYS))
    for key in (*_TEXTS, "long_term", "rating", "basis"):
        if key not in entry:
            raise InputError(f"The field '{key}' is missing.", where=f"{where}, field {key}", fix="Add it.")
    for key, value in entry.items():
        wanted, kind = ("yes or no", bool) if key in _FLAGS else ("text", str)
        if not isinstance(value, kind) or value == "":
            raise InputError(f"The field '{key}' must be {wanted}.", where=f"{where}, field {key}", fix="Mend it.")
    for key, known in (("rating", RATINGS), ("basis", BASES)):
        if entry[key] not in known:
            raise InputError(
                f"'{entry[key]}' is not a value of '{key}'.",
                where=f"{where}, field {key}",
                fix=did_you_mean(entry[key], known),
            )
    return Alternative(option=name, **entry)
