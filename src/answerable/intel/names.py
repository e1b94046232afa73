"""Names of persons in running text, told from names of places as well as capital letters allow; disguised letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

# Cyrillic and Greek letters that look like Latin ones, and two Latin ones; each line stands above what it looks like.
_LOOK_ALIKES = str.maketrans(
    "\u0410\u0412\u0415\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0405\u0422\u0423\u04ae\u0425\u051a\u051c"
    "\u0430\u0432\u0435\u0456\u0458\u043a\u043c\u043d\u043e\u043f\u0440\u0441\u0455\u0442\u0443\u0445\u0501\u04bb\u051b\u051d\u04cf"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u03b1\u03b2\u03b3\u03b5\u03b7\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u0131\u0251",
    "ABEIJKMHOPCSTYYXQWabeijkmhonpcstyxdhqwlABEZHIKMNOPTYXabyenikvoptuxia",
)
# Nothing is seen of these, although Unicode counts them as letters or signs: fillers of Hangul, an empty Braille cell.
_UNSEEN = "\u115f\u1160\u2800\u3164\uffa0"

_TITLES = r"Mr|Mrs|Ms|Miss|Mx|Master|Dr|Doctor|Prof|Professor|Rev|Reverend|Sir|Dame|Cllr|Councillor|Imam|Pastor|Father"
_RANKS = r"PC|DC|DS|DI|DCI|PS|PCSO|Sgt|Sergeant|Insp|Inspector|Constable|WPC"
_WORD = r"[A-Z][\w'’]*(?:-[A-Z][\w'’]*)*"
_TITLED = re.compile(rf"\b(?:{_TITLES}|{_RANKS})\b\.?\s+(?:[A-Z]\.?\s+)*({_WORD})((?:\s+{_WORD})*)")
_INITIALS = re.compile(
    r"(?<![\w.&])(?:[A-Z]\.\s?)+([A-Z][\w'’-]{2,})|(?<![\w.&'’])[B-DF-HJ-MO-RT-VX-Z]\s([A-Z][a-z'’-]{2,})\b"
)
_REVERSED = re.compile(r"\b([A-Z][A-Z'’-]{2,}|[A-Z][a-z'’-]+),\s+([A-Z][\w'’-]*)\b")
_SAID = re.compile(
    r"(?i:\b(?:named|called|known as|a\.?k\.?a\.?|alias|street name|nicknamed|nickname|goes by|surname|forename"
    r"|first name|suspect|nominal|victim|witness|subject)\b)\s*(?i:is|of|:)?\s*[\"'“‘]?"
    rf"({_WORD})((?:\s+{_WORD})*)"
)
_KIN = re.compile(
    r"(?i:\b(?:brother|sister|mother|father|son|daughter|cousin|uncle|aunt|girlfriend|boyfriend|wife|husband|partner"
    rf"|associate|friend)s?\b)(?i:\s+of)?,?\s+({_WORD})((?:\s+{_WORD})*)"
)
_CAPITALS = re.compile(rf"{_WORD}(?:\s+{_WORD})*")


def undisguised(text: str) -> tuple[str, tuple[int, ...]]:
    r"""Return ``text`` in plain letters, and for each character of it where in ``text`` it stood.

    Compatibility forms (full width, script, circled) become plain ones, letters of other alphabets that look like
    Latin ones become those, and what cannot be seen goes: format and control characters, and loose accents.

    >>> undisguised("\uff2ao\u200bhn")
    ('John', (0, 1, 3, 4))
    """
    if text.isascii() and text.isprintable():
        return text, tuple(range(len(text)))
    plain = [(there, at) for at, one in enumerate(text) for there in _plain(one)]
    return "".join(there for there, _ in plain), tuple(at for _, at in plain)


@cache
def _plain(character: str) -> str:
    if character.isspace():
        return character if character.isascii() else " "
    kept = (one for one in unicodedata.normalize("NFKC", character) if one not in _UNSEEN)
    return "".join(
        one for one in kept if one == " " or unicodedata.category(one) not in ("Cc", "Cf", "Mn", "Me")
    ).translate(_LOOK_ALIKES)


def named(text: str, place: str = "") -> tuple[tuple[int, int], ...]:
    """Return where in ``text`` names of persons seem to stand, as (start, end); ``place`` is a name that is none.

    Found: a title or rank with a name, initials with a surname, a surname with a forename after a comma, a forename of
    the lists of this folder, and capitalised words after words such as "named" or "brother of". A run of
    capitalised words that a place's word ends ("Victoria Park", "St James Street") is left alone. Not found: a name
    in small letters, an unlisted forename with nothing around it, a surname alone.

    >>> text = "Seen by J. Surname near Victoria Park."
    >>> [text[start:end] for start, end in named(text)]
    ['J. Surname']
    """
    known = {word.lower() for word in re.findall(r"\w+", place)}
    spans = [*_titled(text), *_initials(text), *_after_words(text, known), *_forenames(text, known)]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return tuple(kept)


def _titled(text: str) -> Iterator[tuple[int, int]]:
    for match in _TITLED.finditer(text):
        if not _is_place(_words(match.group(1) + match.group(2))):
            yield match.start(), match.end(1)


def _initials(text: str) -> Iterator[tuple[int, int]]:
    for match in _INITIALS.finditer(text):
        surname = (match.group(1) or match.group(2)).lower()
        following = re.match(rf"\s+({_WORD})", text[match.end() :])
        place = following is not None and following.group(1).lower() in _place_words()
        labelled = re.search(
            r"(?i)\b(?:block|plan|zone|group|section|class|gate|platform|unit|team)\s$", text[: match.start()]
        )
        if surname not in _no_name() and not place and not labelled:
            yield match.start(), match.end()
    for match in _REVERSED.finditer(text):
        first, second = match.group(1), match.group(2).lower()
        if second in _sure() and first.lower() not in _no_name():
            yield match.start(), match.end()


def _after_words(text: str, known: set[str]) -> Iterator[tuple[int, int]]:
    for pattern in (_SAID, _KIN):
        for match in pattern.finditer(text):
            words = _words(match.group(1) + match.group(2))
            if not _is_place(words) and words[0] not in _no_name() | _leads() | known:
                yield match.start(1), match.end(2)


def _forenames(text: str, known: set[str]) -> Iterator[tuple[int, int]]:
    for run in _CAPITALS.finditer(text):
        tokens = list(re.finditer(r"[^\s]+", run.group()))
        words = _words(run.group())
        if _is_place(words) or _follows_saint(text, run.start()):
            continue
        for position, token in enumerate(tokens):
            word = re.sub(r"['’]s$", "", token.group().lower())
            if word in known or (position and words[position - 1] in _leads()):
                continue
            following = words[position + 1] if position + 1 < len(words) else ""
            pair = following not in _ordinary() and following not in known and following != ""
            if set(word.split("-")) & _sure() or (word in _unsure() and pair):
                end = tokens[position + 1].end() if pair else token.end()
                yield run.start() + token.start(), run.start() + end
                break


def _words(run: str) -> list[str]:
    return [re.sub(r"['’]s$", "", word.lower()) for word in run.split()]


def _is_place(words: list[str]) -> bool:
    return bool(set(words[1:]) & _place_words())


def _follows_saint(text: str, start: int) -> bool:
    return bool(re.search(r"(?i)\b(?:st|saint)\.?\s+$", text[:start]))


@cache
def _place_words() -> frozenset[str]:
    return _list("place_words.txt")


@cache
def _leads() -> frozenset[str]:
    return _list("place_leads.txt")


@cache
def _ordinary() -> frozenset[str]:
    return _list("ordinary_words.txt")


@cache
def _no_name() -> frozenset[str]:
    return _place_words() | _ordinary()


@cache
def _sure() -> frozenset[str]:
    return _list("forenames.txt")


@cache
def _unsure() -> frozenset[str]:
    return _list("forenames_also_words.txt")


def _list(name: str) -> frozenset[str]:
    lines = (files("answerable.intel") / name).read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
