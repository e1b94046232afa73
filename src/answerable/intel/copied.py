"""Copied text: how much of two short texts is the same run of words. Used for gists of reports and for reasons."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from answerable.intel.names import undisguised

# How many words in a row count as one shingle: long enough that two writers rarely share one by chance.
SHINGLE_WORDS = 3
# From this many words on, words in the same order count although others stand between them: below, chance is enough.
IN_ORDER_WORDS = 14
_WORD = re.compile(r"\w+(?:['’]\w+)*")


def similarity(a: str, b: str) -> float:
    """Return how alike two texts are, from 0 (no run of words in common) to 1 (the same words in the same order).

    Formula: Jaccard index |A and B| / |A or B| of the sets of word triples (of pairs or single words where a text is
    shorter); case, punctuation, spacing, characters that cannot be seen and look-alike letters of other alphabets do
    not count. Where both texts have at least 14 words, what :func:`in_order` says counts if it is more: words put in
    between hide no copy. A text without a word is like nothing, not even itself: 0.
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
    return max(len(one & other) / len(one | other), in_order(first, second))


def in_order(first: tuple[str, ...], second: tuple[str, ...]) -> float:
    """Return how alike two texts are by the words they have in the same order, whatever stands between them.

    Formula: d = 2 |longest common subsequence| / (|first| + |second|); the likeness is d from 0.8 on, 4 d - 2.4 from
    0.6 to 0.8, and 0 below, because any two English texts share some small words in order. 0 where a text has fewer
    than 14 words. Reference: Hyyro, Bit-parallel LCS-length computation revisited, 2004.
    """
    if min(len(first), len(second)) < IN_ORDER_WORDS:
        return 0.0
    shared = 2 * _common(first, second) / (len(first) + len(second))
    return max(0.0, min(shared, 4 * shared - 2.4))


def _common(first: tuple[str, ...], second: tuple[str, ...]) -> int:
    """Return the length of the longest common subsequence; one bit for each word of ``first``."""
    places: dict[str, int] = {}
    for position, word in enumerate(first):
        places[word] = places.get(word, 0) | 1 << position
    whole = (1 << len(first)) - 1
    row = whole
    for word in second:
        matched = row & places.get(word, 0)
        row = (row + matched | row - matched) & whole
    return len(first) - row.bit_count()


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case, without punctuation and without disguise."""
    plain, _ = undisguised(unicodedata.normalize("NFKC", text))
    return tuple(_WORD.findall(plain.lower().replace("’", "'")))


@lru_cache(maxsize=4096)
def shingles(words: tuple[str, ...], size: int = SHINGLE_WORDS) -> frozenset[tuple[str, ...]]:
    """Return every run of ``size`` words."""
    return frozenset(words[start : start + size] for start in range(len(words) - size + 1))
