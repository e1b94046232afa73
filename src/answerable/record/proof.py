"""Proof files (``c2sp.org/tlog-proof@v1``): one entry, its opened statement, and the way from it to a signed head.

The format's ``extra`` line carries our opening: base64 of ``{"blind":"...","body":{...}}`` with the statement's own
canonical bytes in place, so that a reader cuts them out and never has to write JSON canonically. Fields released since
stand behind it: ``{"blind":"...","body":{...},"disclosures":["...","..."]}``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .disclose import MAX_DISCLOSURES
from .encode import BLIND_BYTES
from .errors import Altered, CutShort, NotStandard, Oversized, RecordError
from .keys import check_text
from .merkle import HASH_BYTES
from .note import browser_lines, parse_note
from .strict import from_base64, from_decimal, to_base64

HEADER = "c2sp.org/tlog-proof@v1"
MAX_PROOF_BYTES = 4_000_000
MAX_HASHES = 63

# A statement ends with a brace and a list of disclosures with a bracket, so only one way of cutting fits.
_SERVED = "The other signatures are in the served checkpoint."
_EXTRA = re.compile(
    rb'\{"blind":"([A-Za-z0-9+/=]{44})","body":(\{.*\})(?:,"disclosures":\["([A-Za-z0-9_",-]+)"\])?\}', re.DOTALL
)
_OPENING = re.compile(rb'\{"blind":"([A-Za-z0-9+/=]{44})","body":(\{.*\}),"index":([0-9]{1,19})\}\n', re.DOTALL)


@dataclass(frozen=True)
class Opening:
    """What opens entry ``index``: the canonical bytes of its statement (``body``) and its 32-byte ``blind``.

    ``disclosures`` are the texts of fields released since; they are published beside the opening, which never changes.
    """

    index: int
    body: bytes
    blind: bytes
    disclosures: tuple[str, ...] = ()

    def json(self) -> bytes:
        """Return the opening as the static file that is published beside the log: one line of JSON."""
        return b"%s,%s}\n" % (_frame(self.body, self.blind), b'"index":%d' % self.index)


@dataclass(frozen=True)
class Proof:
    """That entry ``index`` commits to ``body`` and is under a signed head.

    ``hashes`` lead from the leaf to the root; ``checkpoint`` is the signed head, of whose lines only the Ed25519 ones
    are written, so that a browser can check them all; ``disclosures`` are the texts of released fields, written in
    sorted order.
    """

    index: int
    body: bytes
    blind: bytes
    hashes: tuple[bytes, ...]
    checkpoint: str
    disclosures: tuple[str, ...] = ()

    def __str__(self) -> str:
        head = str(browser_lines(parse_note(self.checkpoint)))
        told = Opening(self.index, self.body, self.blind, self.disclosures)
        return "\n".join([told_lines(told), *map(to_base64, self.hashes), "", head])


def told_lines(opening: Opening) -> str:
    """Return how the proof of an entry begins: all of it that is told of the entry, whatever head it is under."""
    extra = to_base64(_frame(opening.body, opening.blind) + _released(opening.disclosures) + b"}")
    return f"{HEADER}\nextra {extra}\nindex {opening.index}"


def parse_proof(text: str) -> Proof:
    """Read a proof file, refusing every spelling but the standard one. Nothing in it is checked against a key yet.

    Raises ``RecordError`` if it is no proof file at all, ``Altered`` if it is one that was changed.
    """
    if text.partition("\n")[0].rstrip("\r") != HEADER:
        raise RecordError(
            "This is not a proof file.",
            fix=f"A proof file begins with the line {HEADER}.",
            reason="this is not a proof file",
        )
    if len(text) > MAX_PROOF_BYTES:
        raise Oversized(f"A proof file is longer than {MAX_PROOF_BYTES} characters.")
    check_text(text)
    head, blank, checkpoint = text.partition("\n\n")
    lines = head.split("\n")[1:]
    if not blank or len(lines) < 2:
        raise CutShort("A proof file was cut short.")
    body, blind, disclosures = _opened(_after("extra ", lines[0]))
    hashes = tuple(from_base64(line, length=HASH_BYTES, where="proof hash") for line in lines[2:])
    if len(hashes) > MAX_HASHES:
        raise Oversized("A proof file has too many hashes.")
    note = parse_note(checkpoint)
    if browser_lines(note) != note:
        raise Altered("A proof file carries a signature that is not Ed25519.", fix=_SERVED)
    index = from_decimal(_after("index ", lines[1]), where="index line")
    proof = Proof(index, body, blind, hashes, checkpoint, disclosures)
    if str(proof) != text:
        raise NotStandard("A proof file is spelled in a non-standard way.")
    return proof


def parse_opening(raw: bytes) -> Opening:
    """Read a published opening. Raises ``Altered`` for any other spelling; check it against its entry afterwards."""
    match = _OPENING.fullmatch(raw)
    if match is None:
        raise Altered("An opening is malformed.")
    blind = from_base64(match[1].decode("ascii"), length=BLIND_BYTES, where="blind")
    return Opening(from_decimal(match[3].decode("ascii"), where="index"), match[2], blind)


def _frame(body: bytes, blind: bytes) -> bytes:
    return b'{"blind":"%s","body":%s' % (to_base64(blind).encode(), body)


def _released(disclosures: tuple[str, ...]) -> bytes:
    if not disclosures:
        return b""
    return b',"disclosures":["%s"]' % '","'.join(sorted(set(disclosures))).encode("ascii")


def _opened(extra: str) -> tuple[bytes, bytes, tuple[str, ...]]:
    match = _EXTRA.fullmatch(from_base64(extra, where="extra line"))
    disclosures = tuple(match[3].decode("ascii").split('","')) if match and match[3] else ()
    if match is None or len(disclosures) > MAX_DISCLOSURES or any('"' in one or "," in one for one in disclosures):
        raise Altered("The statement in this proof file is malformed.", where="extra line")
    return match[2], from_base64(match[1].decode("ascii"), length=BLIND_BYTES, where="extra line"), disclosures


def _after(prefix: str, line: str) -> str:
    if not line.startswith(prefix):
        raise Altered(f"A proof file has no {prefix.strip()} line in its place.")
    return line.removeprefix(prefix)
