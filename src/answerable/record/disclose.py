"""Fields of a statement that are kept back, each under its own salted digest, in the disclosure form of RFC 9901.

A statement lists only digests (``sd``). Handing over one disclosure shows one field and nothing about the others;
destroying a disclosure's value and salt leaves its digest meaningless while the statement and its proof stay valid.

    disclosure = base64url( JCS([salt, name, value]) )      salt = base64url of 32 random bytes
    digest     = base64url( SHA-256(ASCII(disclosure)) )    both without padding
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .encode import SALT_BYTES, canonical, parse_json
from .errors import Altered, RecordError
from .strict import from_base64url, to_base64url

MAX_DISCLOSURE_CHARACTERS = 1_000_000
MAX_DISCLOSURES = 256

_FILE = re.compile(rb'\["([A-Za-z0-9_-]+(?:","[A-Za-z0-9_-]+)*)"\]\n')


@dataclass(frozen=True)
class Disclosure:
    """One field handed over: its ``name`` and ``value`` and its own ``text``, which the digest is over."""

    name: str
    value: Any
    text: str

    @property
    def digest(self) -> str:
        """What stands for this field in the statement's ``sd``: 43 characters of base64url."""
        return digest_of(self.text)


def digest_of(text: str) -> str:
    """Return the digest of a disclosure's text.

    The example of RFC 9901, section 4.2.3:

    >>> digest_of("WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0")
    'X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0'
    """
    return to_base64url(hashlib.sha256(text.encode("ascii")).digest())


def make_disclosure(name: str, value: Any, salt: bytes) -> Disclosure:
    """Return the disclosure of one top-level private field; ``salt`` is 32 fresh random bytes, for this field only.

    Raises ``RecordError`` for a salt of another length or a value that JSON cannot hold exactly.
    """
    if len(salt) != SALT_BYTES:
        raise RecordError(f"A salt has {SALT_BYTES} bytes, not {len(salt)}.", reason="this disclosure is malformed")
    return Disclosure(name, value, to_base64url(canonical([to_base64url(salt), name, value])))


def sd_of(disclosures: Iterable[Disclosure]) -> list[str]:
    """Return what goes into a statement as ``sd``: the digests, sorted, so that their order tells nothing.

    Raises ``RecordError`` if two disclosures are of one field.
    """
    known = list(disclosures)
    if len({one.name for one in known}) != len(known):
        raise RecordError("A field is disclosed twice.", reason="this statement cannot be recorded")
    return sorted(one.digest for one in known)


def parse_disclosure(text: str) -> Disclosure:
    """Read one disclosure. Raises ``Altered`` unless it is base64url of a JSON list of salt, name and value."""
    if len(text) > MAX_DISCLOSURE_CHARACTERS:
        raise Altered(f"A disclosure is longer than {MAX_DISCLOSURE_CHARACTERS} characters.", reason=_DAMAGED)
    found = parse_json(from_base64url(text, where="disclosure"), "A disclosure")
    if not isinstance(found, list) or len(found) != 3 or not all(isinstance(part, str) for part in found[:2]):
        raise Altered("A disclosure is not a salt, a name and a value.", reason=_DAMAGED)
    salt, name, value = found
    from_base64url(salt, length=SALT_BYTES, where="salt of a disclosure")
    return Disclosure(name, value, text)


def digests_in(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the digests that a statement lists; none for a statement of version 1.

    Raises ``Altered`` unless they are sorted, different from each other, and each 43 characters of base64url.
    """
    listed = body.get("sd", [])
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise Altered("The digests in a statement are not a list of strings.")
    for one in listed:
        from_base64url(one, length=hashlib.sha256().digest_size, where="sd of a statement")
    if listed != sorted(set(listed)):
        raise Altered("The digests in a statement are not sorted, or one is there twice.")
    return tuple(listed)


def check_disclosures(body: Mapping[str, Any], texts: Iterable[str]) -> tuple[Disclosure, ...]:
    """Return the fields in ``texts``, in their order, after checking that the statement committed to each of them.

    Raises ``Altered`` for one that the statement does not list, that comes twice, or whose name the public part or
    another disclosure already uses: no reader may see two values under one name.
    """
    listed = set(digests_in(body))
    data = body.get("data", {})
    seen = set(data) if isinstance(data, dict) else set()
    found = []
    for text in texts:
        one = parse_disclosure(text)
        if one.digest not in listed:
            raise Altered(f"The statement does not commit to the field {one.name[:40]!r}.", reason=_CHANGED)
        if one.name in seen:
            raise Altered(f"The field {one.name[:40]!r} is given twice.", reason=_CHANGED)
        if not isinstance(data, dict):
            raise Altered("A field is released of a statement that has none.", reason=_CHANGED)
        seen.add(one.name)
        found.append(one)
    return tuple(found)


def merged(body: Mapping[str, Any], texts: Iterable[str]) -> dict[str, Any]:
    """Return the statement with the released fields in its ``data``, each checked as in ``check_disclosures``."""
    found = check_disclosures(body, texts)
    if not found:
        return dict(body)
    return {**body, "data": {**body.get("data", {}), **{one.name: one.value for one in found}}}


def disclosures_file(texts: Iterable[str]) -> bytes:
    """Return the released disclosures of one entry as they are published: one line of JSON, a sorted list of strings.

    Raises ``RecordError`` if there are none: such a file is left away.
    """
    ordered = sorted(set(texts))
    if not ordered:
        raise RecordError("There is nothing to release.", reason="this disclosure is malformed")
    return b'["%s"]\n' % '","'.join(ordered).encode("ascii")


def parse_disclosures_file(raw: bytes, *, where: str = "") -> tuple[str, ...]:
    """Read released disclosures; check them against their statement afterwards. Raises ``Altered`` for other bytes."""
    match = _FILE.fullmatch(raw)
    texts = tuple(match[1].decode("ascii").split('","')) if match else ()
    if not 0 < len(texts) <= MAX_DISCLOSURES or disclosures_file(texts) != raw:
        raise Altered("A file of released fields is malformed.", where=where, reason=_DAMAGED)
    return texts


_DAMAGED = "this disclosure is damaged"
_CHANGED = "a released field is not what was recorded"
