"""A witness (C2SP tlog-witness): it cosigns a head only if the log adds to what this witness has seen before.

Here is what it answers, without any network or file. The statuses are those of the specification: 200 with cosignature
lines, 400 malformed, 403 not signed by the log, 404 another log, 409 another size than the one seen last, 422 another
history. Whoever keeps a witness must keep its new head for good before it sends the answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .checkpoint import Checkpoint, parse_checkpoint
from .cosign import cosign, cosigner_key
from .errors import Altered, RecordError
from .keys import Key
from .merkle import HASH_BYTES, verify_consistency
from .note import Note, check_note, parse_note
from .strict import from_base64, from_decimal, to_base64

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

MAX_PROOF_LINES = 63
MAX_REQUEST_BYTES = 256_000
TEXT = "text/plain; charset=utf-8"
SIZE_TYPE = "text/x.tlog.size"


@dataclass(frozen=True)
class AddCheckpoint:
    """What a log asks: ``note``, a signed head, with the ``proof`` that it adds to the head of ``old`` entries."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    def __str__(self) -> str:
        return "\n".join([f"old {self.old}", *map(to_base64, self.proof), "", self.note])


@dataclass(frozen=True)
class Answer:
    """What a witness answers: an HTTP ``status``, a ``body`` and its ``type``.

    ``keep`` is the cosigned head that must be on disk for good before a 200 goes out; empty for every refusal.
    """

    status: int
    body: str = ""
    type: str = TEXT
    keep: str = ""


class Cosigner:
    """A witness's name and keys: Ed25519, and ML-DSA-44 where it has one; ``now`` gives POSIX seconds."""

    def __init__(
        self,
        name: str,
        ed25519: Ed25519PrivateKey,
        mldsa44: MLDSA44PrivateKey | None,
        now: Callable[[], int],
    ) -> None:
        self.name = name
        self._privates = (ed25519,) if mldsa44 is None else (ed25519, mldsa44)
        self._now = now

    @property
    def keys(self) -> tuple[Key, ...]:
        """The verifier keys, the Ed25519 one first: that is the one a policy names."""
        return tuple(cosigner_key(self.name, private) for private in self._privates)

    def lines(self, text: str) -> str:
        """Return one cosignature line over the head in ``text`` for each key, all of one moment."""
        now = self._now()
        return "".join(cosign(text, self.name, private, now) for private in self._privates)


def parse_request(raw: bytes) -> AddCheckpoint:
    """Read the body of a request. Raises ``Altered`` for every spelling but the standard one."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Altered("A request to a witness is not text.") from error
    head, blank, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    if not blank or not first.startswith("old "):
        raise Altered("A request to a witness begins with 'old' and a size, and has a blank line before the head.")
    if len(lines) > MAX_PROOF_LINES:
        raise Altered(f"A request to a witness has at most {MAX_PROOF_LINES} hashes.")
    proof = tuple(from_base64(line, length=HASH_BYTES, where="proof line") for line in lines)
    return AddCheckpoint(from_decimal(first.removeprefix("old "), where="old line"), proof, note)


def answer(
    raw: bytes, logs: Mapping[str, Sequence[Key]], seen: Callable[[str], str | None], cosigner: Cosigner
) -> Answer:
    """Return what the witness answers to the request ``raw``.

    ``logs`` are the keys of the logs it watches, by origin; ``seen`` returns the head it cosigned last for an origin,
    as it was kept. One request for a log at a time: the caller holds a lock from here until ``keep`` is on disk.
    """
    try:
        asked = parse_request(raw)
        note = parse_note(asked.note)
        head = parse_checkpoint(note.text)
    except RecordError as error:
        return _refused(400, error.what)
    stranger = _not_from(logs, head.origin, note)
    if stranger:
        return stranger
    last = head_of(seen(head.origin))
    if asked.old > head.size:
        return _refused(400, "The old size is greater than that of the head.")
    if asked.old != (last.size if last else 0):
        return Answer(409, f"{last.size if last else 0}\n", SIZE_TYPE)
    try:
        _check_grows(last, head, asked.proof)
    except Altered as error:
        return _refused(422, error.what)
    lines = cosigner.lines(note.text)
    return Answer(200, lines, keep=_kept(note, logs[head.origin], lines))


def head_of(note: str | None) -> Checkpoint | None:
    """Return the head in a kept note, None where there is none yet."""
    return None if note is None else parse_checkpoint(parse_note(note).text)


def watched(keys: Iterable[Key]) -> dict[str, list[Key]]:
    """Return the keys of logs by their origin."""
    found: dict[str, list[Key]] = {}
    for key in keys:
        found.setdefault(key.name, []).append(key)
    return found


def checkpoint_path(origin: str) -> str:
    """Return where a witness serves the newest head of a log that it cosigned.

    >>> checkpoint_path("a.example")[:8]
    'b8e74533'
    """
    return f"{hashlib.sha256(origin.encode()).hexdigest()}/checkpoint"


def _not_from(logs: Mapping[str, Sequence[Key]], origin: str, note: Note) -> Answer | None:
    """Return the refusal of a head that no watched log signed, None where one did."""
    if origin not in logs:
        return _refused(404, "This witness does not watch that log.")
    try:
        signed = check_note(note, logs[origin])
    except Altered as error:
        return _refused(403, error.what)
    return None if signed else _refused(403, "The log's key did not sign this head.")


def _check_grows(last: Checkpoint | None, head: Checkpoint, proof: tuple[bytes, ...]) -> None:
    """Raise ``Altered`` unless ``head`` adds to ``last``; from an empty tree nothing can be proved and nothing is."""
    if last is None or last.size == 0:
        if proof:
            raise Altered("A proof from an empty log must be empty.")
        return
    verify_consistency(last.size, head.size, last.root, head.root, proof)


def _kept(note: Note, log_keys: Sequence[Key], lines: str) -> str:
    """Return the head to keep: the log's own lines and ours, none by strangers."""
    own = {(key.name, key.id) for key in log_keys}
    signed = "".join(str(one) for one in note.signatures if (one.name, one.id) in own)
    return f"{note.text}\n{signed}{lines}"


def _refused(status: int, why: str) -> Answer:
    return Answer(status, f"{why}\n")
