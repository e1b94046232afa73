"""The words of the pages in one catalogue per language, so that a translation is a file and no code.

``strings/en.yaml`` and its parts (``en.case.yaml`` and so on) hold sentences below dotted keys; what varies stands in
them as ``{name}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from answerable.errors import InputError

LANGUAGE = "en"
# The same as the safe loader, in C where PyYAML was built with it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def say(key: str, /, language: str = LANGUAGE, **values: Any) -> str:
    """Return one sentence of the catalogue with its values filled in; InputError for a key that it does not have.

    >>> say("pages.letter")
    'A letter to residents'
    """
    found = _find(key, language)
    if not isinstance(found, str):
        raise InputError("This is not one sentence.", where=f"{language}.yaml, {key}", fix="Ask for its parts.")
    return found.format(**values) if values else found


def lines(key: str, /, language: str = LANGUAGE) -> list[str]:
    """Return a list of sentences of the catalogue."""
    found = _find(key, language)
    if not isinstance(found, list):
        raise InputError("This is not a list.", where=f"{language}.yaml, {key}", fix="Ask for one sentence.")
    return [str(line) for line in found]


def told(key: str, /, language: str = LANGUAGE) -> list[dict[str, Any]]:
    """Return the sections of a page that is all words: a heading with paragraphs, items or links each."""
    found = _find(key, language)
    return [dict(section) for section in found]


def names(key: str, /, language: str = LANGUAGE) -> dict[str, str]:
    """Return words by the names that the data has for them."""
    return {str(name): str(words) for name, words in dict(_find(key, language)).items()}


def rows(key: str, /, language: str = LANGUAGE) -> dict[str, Any]:
    """Return several words each, as tuples of the catalogue's own lengths, by the names that the data has for them."""
    return {str(name): tuple(map(str, words)) for name, words in dict(_find(key, language)).items()}


@cache
def catalogue(language: str) -> Mapping[str, Any]:
    """Return the whole catalogue of a language, all its parts together."""
    read: dict[str, Any] = {}
    for part in sorted(files("answerable.web").joinpath("strings").iterdir(), key=lambda one: one.name):
        if part.name.startswith(f"{language}.") and part.name.endswith(".yaml"):
            read |= yaml.load(part.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506
    return read


def _find(key: str, language: str) -> Any:
    found: Any = catalogue(language)
    for part in key.split("."):
        if not isinstance(found, Mapping) or part not in found:
            raise InputError("The catalogue has no such words.", where=f"{language}.yaml, {key}", fix="Add them.")
        found = found[part]
    return found
