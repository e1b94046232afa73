"""Alternatives beside the catalogue of their evidence: a file may not rate one better, or worse, than the catalogue."""

from __future__ import annotations

from collections.abc import Sequence

from answerable.case.parts import AlternativePart
from answerable.errors import InputError
from answerable.intel.yardstick import in_words
from answerable.policy.alternatives import alternatives


def rating_of(part: AlternativePart) -> str | None:
    """Return how good the evidence for an alternative is: the catalogue's rating, or the file's where it has none."""
    known = alternatives().get(part.option)
    return str(known.rating) if known else part.rating


def is_long_term(option: str) -> bool:
    """Return whether an alternative cannot act in time but would help in the long run."""
    known = alternatives().get(option)
    return known is not None and known.long_term


def check_alternatives(given: Sequence[AlternativePart]) -> None:
    """Raise InputError where an alternative is given twice, or rated otherwise than the catalogue rates it."""
    seen: set[str] = set()
    for one in given:
        where = f"alternative {one.option}"
        if one.option in seen:
            raise InputError("This alternative is given twice.", where=where, fix="Keep one.")
        seen.add(one.option)
        rating = rating_of(one)
        if one.rating is not None and rating is not None and one.rating != rating:
            raise InputError(
                f"The evidence is rated '{in_words(one.rating)}' here and '{in_words(rating)}' in the catalogue.",
                where=where,
                fix="Take the catalogue's rating, or have the catalogue changed.",
            )


def referred(given: Sequence[AlternativePart]) -> bool:
    """Return whether every long-term alternative that is set aside has an owner and a date."""
    handed_on = [one.referral for one in given if is_long_term(one.option)]
    return all(to is not None and bool((to.owner or "").strip()) and to.due is not None for to in handed_on)
