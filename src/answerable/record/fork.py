"""Evidence that a log shows two histories: one file with two heads, both signed by it, that cannot both be true.

    answerable.fork@v1
    older <base64 of a signed head>
    newer <base64 of a signed head, of as many entries or more>
    root <base64: the root that the newer one has over the entries of the older one>
    <hashes that prove the newer head adds to that root>

Anyone who has the log's key can check it, whoever made it, and nobody without the log's private key can make one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .checkpoint import Checkpoint, parse_checkpoint
from .errors import Altered, NotStandard, Oversized, RecordError, UnknownLog, WrongKey
from .keys import ED25519, Key, check_text
from .merkle import HASH_BYTES, ReadNode, consistency_proof, root, verify_consistency
from .note import check_note, parse_note
from .policy import parse_policy
from .strict import from_base64, to_base64

HEADER = "answerable.fork@v1"
MAX_FORK_BYTES = 200_000
PROVES = "the log's own key signed two histories that cannot both be true"


@dataclass(frozen=True)
class Fork:
    """Two signed heads, ``older`` and ``newer``; ``root`` is the newer one's over the entries of the older one."""

    older: str
    newer: str
    root: bytes
    proof: tuple[bytes, ...] = ()

    def __str__(self) -> str:
        heads = [f"older {to_base64(self.older.encode())}", f"newer {to_base64(self.newer.encode())}"]
        return "\n".join([HEADER, *heads, f"root {to_base64(self.root)}", *map(to_base64, self.proof), ""])


@dataclass(frozen=True)
class Proved:
    """What a fork file was shown to prove: the log's ``origin``, its key, and the two heads."""

    origin: str
    signed_by: str
    older: Checkpoint
    newer: Checkpoint

    def sentences(self) -> tuple[str, ...]:
        """Return it for a reader."""
        one, other = self.older, self.newer
        return (
            f"FORK PROVED: {PROVES}.",
            f"{self.origin}, signed by {self.signed_by}: a head of {one.size} entries with the root {one.root.hex()},",
            f"and a head of {other.size} entries that does not contain it (root {other.root.hex()}).",
            "Give this file to the log's witnesses and to its readers: it needs no other proof.",
        )


def fork_between(older: str, newer: str, read: ReadNode) -> Fork | None:
    """Return the evidence from two signed heads, or None where the newer one adds to the older one.

    ``read`` returns the nodes of the tree under the newer head. ``ValueError`` where that is the shorter one.
    """
    first, second = _head(older), _head(newer)
    if first.size > second.size or not first.size:
        raise ValueError("the newer head must be the longer one, and the older one not empty")
    found = root(first.size, read)
    if found == first.root:
        return None
    return Fork(older, newer, found, tuple(consistency_proof(first.size, second.size, read)))


def parse_fork(text: str) -> Fork:
    """Read a fork file, refusing every spelling but the standard one. Nothing in it is checked yet."""
    if not is_fork(text):
        fix, reason = f"It begins with {HEADER}.", "this is no fork evidence"
        raise RecordError("This is no fork evidence.", fix=fix, reason=reason)
    if len(text) > MAX_FORK_BYTES:
        raise Oversized(f"A fork file is longer than {MAX_FORK_BYTES} characters.")
    lines = check_text(text).split("\n")[1:-1]
    names = ("older ", "newer ", "root ")
    if len(lines) < len(names) or not all(line.startswith(name) for line, name in zip(lines, names, strict=False)):
        raise Altered("A fork file is malformed.")
    older, newer, other = (line.removeprefix(name) for line, name in zip(lines, names, strict=False))
    try:
        heads = [from_base64(one, where="head line").decode("utf-8") for one in (older, newer)]
    except UnicodeDecodeError as error:
        raise Altered("A head in a fork file is not text.") from error
    hashes = tuple(from_base64(line, length=HASH_BYTES, where="proof hash") for line in lines[3:])
    found = Fork(heads[0], heads[1], from_base64(other, length=HASH_BYTES, where="root line"), hashes)
    if str(found) != text:
        raise NotStandard("A fork file is spelled in a non-standard way.")
    return found


def verify_fork(text: str, policy_text: str) -> Proved:
    """Return what a fork file proves, by the log's key in the reader's policy file alone.

    Raises ``Altered`` where it proves nothing: a signature does not hold, or the two heads can both be true.
    """
    fork, policy = parse_fork(text), parse_policy(policy_text)
    older, newer = _head(fork.older), _head(fork.newer)
    if older.origin != newer.origin:
        raise UnknownLog("The two heads are of different logs.", where=f"{older.origin}, {newer.origin}")
    keys = [key for key in policy.logs if key.name == older.origin]
    if not keys:
        raise UnknownLog("The policy file does not name this log.", where=older.origin[:80])
    signers = {_signer(fork.older, keys), _signer(fork.newer, keys)}
    verify_consistency(older.size, newer.size, fork.root, newer.root, fork.proof)
    if fork.root == older.root:
        raise Altered("These two heads can both be true: the newer one adds to the older one.")
    return Proved(older.origin, ", ".join(sorted(signers)), older, newer)


def is_fork(text: str) -> bool:
    """Return whether a file says that it is fork evidence."""
    return text.partition("\n")[0].rstrip("\r") == HEADER


def _head(note: str) -> Checkpoint:
    return parse_checkpoint(parse_note(note).text)


def _signer(note: str, keys: Iterable[Key]) -> str:
    signed = next((one.key for one in check_note(parse_note(note), keys) if one.key.type == ED25519), None)
    if signed is None:
        raise WrongKey("The log named in the policy file did not sign one of these heads.")
    return f"{signed.name}+{signed.id.hex()}"
