"""The yardstick of likelihood: which term, or which two, a probability falls under (``yardstick.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def _yardstick() -> Mapping[str, Any]:
    text = (files("answerable.intel") / "yardstick.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return document


def _terms() -> Mapping[str, Mapping[str, Any]]:
    terms: Mapping[str, Mapping[str, Any]] = _yardstick()["terms"]
    return terms


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


def full_name(term: str) -> str:
    """Return a term as its publisher writes it out: ``likely`` is "likely or probable"."""
    return str(_terms()[term].get("name", in_words(term)))


def source() -> str:
    """Return where the yardstick comes from, with its date, to be shown beside a term."""
    return f"{_yardstick()['reference']} (as of {_yardstick()['dated']})"


def bands_apart(one: float, other: float) -> int:
    """Return how many terms two probabilities lie apart; a number in a gap has the nearer of its two neighbours.

    >>> bands_apart(0.6, 0.3), bands_apart(0.6, 0.52), bands_apart(0.6, 0.003)
    (2, 0, 4)
    """
    order = terms()
    places = [[order.index(term) for term in terms_for(p)] for p in (one, other)]
    return min(abs(a - b) for a in places[0] for b in places[1])
