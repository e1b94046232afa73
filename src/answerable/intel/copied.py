"""Copied text: how much of two short texts is the same run of words. Used for gists of reports and for reasons."""

from __future__ import annotations

import re
from functools import lru_cache

# How many words in a row count as one shingle: long enough that two writers rarely share one by chance.
SHINGLE_WORDS = 3
_WORD = re.compile(r"\w+(?:['’]\w+)*")


def similarity(a: str, b: str) -> float:
    """Return how alike two texts are, from 0 (no run of words in common) to 1 (the same words in the same order).

    Formula: Jaccard index |A and B| / |A or B| of the sets of word triples (of pairs or single words where a text is
    shorter); case, punctuation and spacing do not count. A text without a word is like nothing, not even itself: 0.
    Reference: Broder, On the resemblance and containment of documents, 1997.

    >>> similarity("Shots expected on the estate tonight.", "shots expected, on the estate tonight")
    1.0
    >>> similarity("Shots expected on the estate tonight.", "Shots expected on the estate tomorrow.")
    0.6
    """
    first, second = words_of(a), words_of(b)
    size = min(SHINGLE_WORDS, len(first), len(second))
    if not size:
        return 0.0
    one, other = shingles(first, size), shingles(second, size)
    return len(one & other) / len(one | other)


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case, without punctuation."""
    return tuple(_WORD.findall(text.lower().replace("’", "'")))


@lru_cache(maxsize=4096)
def shingles(words: tuple[str, ...], size: int = SHINGLE_WORDS) -> frozenset[tuple[str, ...]]:
    """Return every run of ``size`` words."""
    return frozenset(words[start : start + size] for start in range(len(words) - size + 1))
