"""Policy files (C2SP tlog-policy): which logs a reader believes, and which witnesses must have seen the head.

A file has ``log <vkey> [url]``, ``witness <name> <vkey> [url]``, ``group <name> <k|any|all> <member>...`` and one
``quorum <name>`` line; ``quorum none`` asks for no witness. Lines that begin with ``#`` are comments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .checkpoint import Checkpoint, parse_checkpoint
from .errors import Altered, RecordError
from .note import ED25519, Key, Signed, check_note, parse_note, parse_vkey

NONE = "none"


@dataclass(frozen=True)
class Accepted:
    """A head that a policy believes: signed by the ``log`` key, and seen by ``witnesses``."""

    checkpoint: Checkpoint
    log: Key
    witnesses: tuple[Signed, ...]


@dataclass
class Policy:
    """A parsed policy file: log keys, witness keys by name, groups as (how many, of whom), and the quorum's name."""

    logs: list[Key] = field(default_factory=list)
    witnesses: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    quorum: str = ""

    def accept(self, note_text: str) -> Accepted:
        """Return the head in a signed checkpoint; raise ``Altered`` unless a named log signed and the quorum saw it."""
        note = parse_note(note_text)
        checkpoint = parse_checkpoint(note.text)
        logs = [key for key in self.logs if key.name == checkpoint.origin]
        if not logs:
            raise Altered(
                "The policy file does not name this log.",
                where=checkpoint.origin[:80],
                fix="Use the policy file published by the office that keeps this log.",
                reason="this is from a log that your policy file does not name",
            )
        signed = check_note(note, [*logs, *self.witnesses.values()])
        log = next((one.key for one in signed if one.key in logs), None)
        if log is None:
            raise Altered("The log named in the policy file did not sign this head.")
        witnesses = tuple(one for one in signed if one.time is not None)
        if not self._holds(self.quorum, {one.key.vkey for one in witnesses}):
            raise Altered(
                f"The quorum {self.quorum!r} of witnesses did not sign this head.",
                reason="not enough witnesses have seen this version of the log",
            )
        return Accepted(checkpoint, log, witnesses)

    def _holds(self, name: str, signed: set[str]) -> bool:
        if name == NONE:
            return True
        if name in self.witnesses:
            return self.witnesses[name].vkey in signed
        needed, members = self.groups[name]
        return sum(self._holds(member, signed) for member in members) >= needed


def policy_for(vkey: str, url: str = "") -> str:
    """Return the text of a policy that believes the log with this verifier key, without witnesses."""
    return f"log {vkey}{' ' + url if url else ''}\nquorum none\n"


def parse_policy(text: str) -> Policy:
    """Read a policy file. Raises ``RecordError`` with the line for anything it does not understand."""
    policy = Policy()
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        reader = _LINES.get(words[0])
        try:
            if reader is None:
                raise _malformed(f"{words[0][:24]!r} is not a kind of line in a policy file")
            reader(policy, words[1:])
        except RecordError as error:
            raise RecordError(error.what, where=f"policy line {number}", fix=error.fix, reason=_DAMAGED) from error
    if not policy.logs or not policy.quorum:
        raise _malformed("A policy file needs at least one log line and a quorum line")
    return policy


_DAMAGED = "this policy file is damaged"


def _malformed(what: str) -> RecordError:
    return RecordError(f"{what}.", fix="Fetch the policy file again from whoever publishes it.", reason=_DAMAGED)


def _log(policy: Policy, words: list[str]) -> None:
    if not 1 <= len(words) <= 2:
        raise _malformed("A log line has a key and at most an address")
    key = parse_vkey(words[0])
    if key.type != ED25519:
        raise _malformed("The key of a log must be an Ed25519 key")
    if key in policy.logs:
        raise _malformed("A log is named twice")
    policy.logs.append(key)


def _witness(policy: Policy, words: list[str]) -> None:
    if not 2 <= len(words) <= 3:
        raise _malformed("A witness line has a name, a key and at most an address")
    key = parse_vkey(words[1])
    if key.type == ED25519:
        raise _malformed("The key of a witness must be a cosignature key")
    # The same witness under two names would count twice towards a quorum.
    if any((known.name, known.id) == (key.name, key.id) for known in policy.witnesses.values()):
        raise _malformed("A witness is named twice")
    policy.witnesses[_new_name(policy, words[0])] = key


def _group(policy: Policy, words: list[str]) -> None:
    if len(words) < 3:
        raise _malformed("A group line has a name, a number and members")
    members = tuple(words[2:])
    if len(set(members)) != len(members) or any(not _known(policy, member) for member in members):
        raise _malformed("A group has a member that is unknown or named twice")
    counts = {"any": 1, "all": len(members)}
    number = words[1]
    needed = counts.get(number, int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0)
    if not 1 <= needed <= len(members):
        raise _malformed(f"A group of {len(members)} cannot need {number[:12]!r} of them")
    policy.groups[_new_name(policy, words[0])] = (needed, members)


def _quorum(policy: Policy, words: list[str]) -> None:
    if len(words) != 1 or policy.quorum:
        raise _malformed("A policy file has one quorum line with one name")
    if words[0] != NONE and not _known(policy, words[0]):
        raise _malformed(f"The quorum {words[0][:24]!r} is not defined")
    policy.quorum = words[0]


def _known(policy: Policy, name: str) -> bool:
    return name in policy.witnesses or name in policy.groups


def _new_name(policy: Policy, name: str) -> str:
    if name == NONE or _known(policy, name):
        raise _malformed(f"The name {name[:24]!r} is taken")
    return name


_LINES: dict[str, Callable[[Policy, list[str]], None]] = {
    "log": _log,
    "witness": _witness,
    "group": _group,
    "quorum": _quorum,
}
