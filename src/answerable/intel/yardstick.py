"""The yardstick of likelihood: which term, or which two, a probability falls under (``yardstick.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def _terms() -> Mapping[str, Mapping[str, float]]:
    text = (files("answerable.intel") / "yardstick.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return dict(document["terms"])


def terms() -> tuple[str, ...]:
    """Return all terms, lowest first."""
    return tuple(_terms())


def terms_for(probability: float) -> tuple[str, ...]:
    """Return the term of ``probability`` (0 to 1), or both neighbours, lower first, where it falls in a gap.

    >>> terms_for(0.6), terms_for(0.52)
    (('likely',), ('realistic_possibility', 'likely'))
    """
    if not 0 <= probability <= 1:
        raise ValueError(f"a probability lies between 0 and 1, not {probability}")
    below = ""
    for term, bounds in _terms().items():
        if probability < bounds["from"]:
            return (below, term)
        if probability <= bounds.get("to", -1) or probability < bounds.get("below", -1):
            return (term,)
        below = term
    raise ValueError("the yardstick does not reach 1")


def in_words(term: str) -> str:
    """Return a term as it is said: ``highly_likely`` is "highly likely"."""
    return term.replace("_", " ")
