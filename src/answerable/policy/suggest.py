"""The nearest known word to one that is not known, for error messages."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """Return a sentence that points from ``word`` to the nearest of ``known``, or lists them where none is near.

    >>> did_you_mean("trigerr", ["trigger", "window"])
    "Did you mean 'trigger'?"
    >>> did_you_mean("zzz", ["trigger", "window"])
    'Use one of: trigger, window.'
    """
    names = sorted(known)
    near = get_close_matches(str(word), names, n=1, cutoff=0.6)
    if near:
        return f"Did you mean '{near[0]}'?"
    return f"Use one of: {', '.join(names)}." if names else "Take it out."
