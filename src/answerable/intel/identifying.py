"""Text that looks as if it identified a person: what kind, and where in the text, never the text itself.

A filter, not a judge. What it finds is held for a person to read; what it does not find may still identify somebody
(a nickname in lower case, "the baker's eldest son", a rare surname alone). docs/intelligence.md says how often it is
right on the examples of its tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from answerable.intel.assumptions import number
from answerable.intel.names import named, undisguised
from answerable.intel.place import Place


@dataclass(frozen=True, order=True)
class Finding:
    """Something that looks like a person: its ``kind`` and the characters ``start`` up to ``end`` where it stands."""

    start: int
    end: int
    kind: str

    @property
    def says(self) -> str:
        """Kind and place in words, without the text."""
        return f"{KINDS[self.kind]} at characters {self.start + 1} to {self.end}"


KINDS = {
    "name": "what looks like a name",
    "date_of_birth": "what looks like a date of birth",
    "years": "how old somebody with a name is",
    "telephone": "what looks like a telephone number",
    "plate": "what looks like a vehicle's plate",
    "national_insurance": "what looks like a National Insurance number",
    "record_number": "what looks like a number of a person's record",
    "email": "what looks like an e-mail address",
    "handle": "what looks like an account on social media",
    "address": "an address finer than the report's place",
}

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = (
    rf"(?:\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}\s+\d{{4}})"
)
_FULL_DATE = re.compile(rf"(?i)(?<![\w-]){_DATE}(?![\w-])")
# A day or month beside "born" may have a year of two figures, the month first, or no day.
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_SHORT_DATE = rf"(?:{_DAY}(?:\s+of)?[\s./-]*)?{_MONTH}[\s.,/-]*(?:{_DAY},?\s+)?['’]?(?:\d{{4}}|\d{{2}})\b"
_BORN = re.compile(
    r"(?i)\bd\.?o\.?b\b\.?|\bdate of birth\b"
    rf"|\bborn:?\s+(?:on\s+|in\s+)?(?:the\s+)?(?:{_DATE}|{_SHORT_DATE}|\d{{4}}\b)"
)
_YEARS = re.compile(
    r"(?i)\b(?:aged?|age of)\s+\d{1,2}\b(?!\s*(?:to|-|–)\s*\d)|\b\d{1,2}[\s-]?(?:years?[\s-]old|y/?o\b)|\(\d{2}\)"
)
_TELEPHONE = re.compile(
    r"(?<![\w/:.-])(?:\+\d{1,3}[\s-]?(?:\(0\)[\s-]?)?\d|\(0\d{2,4}\)|0\d)(?:[\s.-]?\d){7,10}(?![\w:])"
    r"|\(0\d{4}\)\s?\d{6}\b|\b7\d{3}[\s-]?\d{6}\b"
)
# The last three letters of a plate are any but I and Q; words in capitals after a postcode district are no plate.
_NOT_LAST = r"(?!(?:AND|THE|FOR|BUT|NOT|WAS|HAS|MEN|MAN|BUS|CAD|GMT|BST|HRS|ETA)\b)"
_NOT_FIRST = r"(?!(?:CAD|URN|REF|OPS|LOG|TAC|BUS|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)\b)"
_PLATES = re.compile(
    rf"\b[A-HJ-PR-Y][A-HJ-PR-Y]\d{{2}}\s?{_NOT_LAST}[A-HJ-PR-Z]{{3}}\b"  # AB12 CDE
    rf"|\b[a-hj-pr-y]{{2}}\d{{2}}[a-hj-pr-z]{{3}}\b"
    rf"|\b[A-HJ-NPR-Y]\d{{1,3}}\s?{_NOT_LAST}[A-HJ-PR-Y]{{3}}\b"  # A123 BCD
    rf"|\b{_NOT_FIRST}[A-HJ-PR-Y]{{3}}\s?\d{{1,3}}[A-HJ-NPR-Y]\b"  # ABC 123D
    r"|\b[A-Z]{0,2}[IZ][A-Z]{0,2}\s\d{4}\b|(?i:\b(?:vrm|index|reg(?:istration)?)\s?:?\s?[A-Z]{1,3}\d{1,4}\s?[A-Z]{0,3}\b)"
)
_NATIONAL_INSURANCE = re.compile(r"(?i)\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]\b")
_RECORD = re.compile(
    r"(?i)\b(?:pnc|cro|nhs|imei|passport|prisoner|nominal)\s?(?:id|no\.?|number|ref)?\s?:?\s?(?=[\w/]*\d)[\w/]{5,}"
    r"|\b\d{2,4}/\d{4,7}[A-Z]\b|\b\d{3} \d{3} \d{4}\b|\b\d{15}\b"
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+\s?(?:@|\[at\]|\(at\))\s?[\w-]+(?:\.[\w-]+)+")
_HANDLE = re.compile(
    r"(?<![\w@.])@\w{3,}"
    r"|(?i:\b(?:instagram|insta|snapchat|snap|tiktok|twitter|facebook|telegram|discord|whatsapp)\s?"
    r"(?:account|handle|user(?:name)?|name|id|profile)?\s?(?::|=|\bis\b)\s?[\w.]{3,})"
    r"|(?i:\b(?:handle|username|user name|account name)\s?(?::|=|is)?\s?[\w.]*[\d_.]\w+)"
    r"|(?i:\b(?:facebook|instagram|tiktok|twitter|x|snapchat|t)\.(?:com|me)/\S+)"
)
_STREET = (
    r"(?:Road|Rd|Street|St|Avenue|Ave|Lane|Ln|Close|Drive|Way|Court|Ct|Crescent|Gardens|Terrace|Place|Grove|Mews|Walk"
    r"|Hill|Rise|Row|Square|Sq|House|Tower|Mansions|Villas|Broadway|Parade|Vale|View|Green|Buildings|Point|Heights)"
)
_ADDRESS = re.compile(
    rf"(?<![\d:./-])\b\d{{1,4}}[A-Za-z]?,?\s+(?!(?i:{_MONTH})\b)(?:[A-Z][\w'’-]*\s+){{1,3}}{_STREET}\b"
    r"|(?i:\b(?:flat|apartment|apt|maisonette|bedsit)\s+(?:no\.?\s*)?\d{1,4}[a-z]?\b)"
    r"|(?i:\b(?:house number|door number|number|no\.)\s+\d{1,4}[a-z]?(?:,|\s+(?:on|in|at)\b))"
    r"|///?\w+\.\w+\.\w+|-?\d{1,2}\.\d{4,},\s*-?\d{1,3}\.\d{4,}"
)
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{2}\b")

_PATTERNS = (
    ("date_of_birth", _BORN),
    ("email", _EMAIL),
    ("handle", _HANDLE),
    ("national_insurance", _NATIONAL_INSURANCE),
    ("record_number", _RECORD),
    ("telephone", _TELEPHONE),
    ("plate", _PLATES),
)
# A date this many years before the report is more likely a birthday than a night.
_YEARS_BACK = 9


# Letters or figures that are spelled out one by one: four at least, with the same sign between them.
_SPELLED = re.compile(r"(?<!\w)(?<!\w['’])[^\W_]([ .·_*-])[^\W_](?:\1{1,3}[^\W_]){2,}(?!\w)")
_BETWEEN = re.compile(r"[\W_]+")


def identifying(
    text: str, *, place: Place | None = None, at: datetime | None = None, place_name: str = ""
) -> tuple[Finding, ...]:
    """Return everything in ``text`` that looks as if it identified a person, in order, without overlaps.

    ``place`` is the report's place: its name is no finding, and an address counts where it is finer than it (always,
    where there is none). ``at`` is when the report was received: a full date nine years earlier reads as a date of
    birth. How old somebody is counts only beside a name. ``place_name`` is for a place of which only the name is
    known. Disguised letters are read as the plain ones, and what is spelled out one by one as one word. Kinds are
    those of :data:`KINDS`.

    >>> [finding.says for finding in identifying("Call 07700 900123.")]
    ['what looks like a telephone number at characters 6 to 17']
    >>> identifying("Two groups may meet in Finsbury Park after 20:00.")
    ()
    """
    name = place.name if place else place_name
    plain, where = undisguised(text)
    found = list(_looked_at(plain, where, place, name, at))
    joined, there = _joined(plain, where)
    if joined != plain:
        found += _looked_at(joined, there, place, name, at)
    return tuple(_apart(found))


def _looked_at(
    text: str, where: tuple[int, ...], place: Place | None, name: str, at: datetime | None
) -> Iterator[Finding]:
    """Yield what ``text`` shows, at the characters ``where`` it stood before it was made plain."""
    found = [Finding(m.start(), m.end(), kind) for kind, pattern in _PATTERNS for m in pattern.finditer(text)]
    found += [Finding(m.start(), m.end(), "address") for m in _addresses(text, place)]
    if at is not None:
        found += [Finding(m.start(), m.end(), "date_of_birth") for m in _FULL_DATE.finditer(text) if _long_ago(m, at)]
    names = [Finding(start, end, "name") for start, end in named(text, name)]
    if names:
        found += [Finding(m.start(), m.end(), "years") for m in _YEARS.finditer(text)]
    for one in (*found, *names):
        yield Finding(where[one.start], where[one.end - 1] + 1, one.kind)


def _joined(text: str, where: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
    """Return ``text`` with what is spelled out joined; a wider gap or a capital after a small letter begins a word."""
    gone: set[int] = set()
    spaces: set[int] = set()
    for match in _SPELLED.finditer(text):
        for gap in _BETWEEN.finditer(text, match.start(), match.end()):
            first, last = gap.start(), gap.end()
            new = last - first > 1 or (text[first - 1].islower() and text[last].isupper())
            spaces |= {first} if new else set()
            gone |= set(range(first + new, last))
    kept = [at for at in range(len(text)) if at not in gone]
    return "".join(" " if at in spaces else text[at] for at in kept), tuple(where[at] for at in kept)


def _addresses(text: str, place: Place | None) -> Iterator[re.Match[str]]:
    if place is None or place.size_m > number("place", "address_m"):
        yield from _ADDRESS.finditer(text)
    if place is None or place.size_m > number("place", "postcode_m"):
        yield from _POSTCODE.finditer(text)


def _long_ago(match: re.Match[str], at: datetime) -> bool:
    years = re.findall(r"\d{4}", match.group()) or [f"20{match.group()[-2:]}"]
    year = int(years[0])
    return (year - 100 if year > at.year and len(match.group()) <= 8 else year) <= at.year - _YEARS_BACK


def _apart(found: list[Finding]) -> Iterator[Finding]:
    """Keep, of findings that share a character, the first kind of the table."""
    taken: list[Finding] = []
    for finding in found:
        if all(finding.end <= other.start or finding.start >= other.end for other in taken):
            taken.append(finding)
    yield from sorted(taken)
