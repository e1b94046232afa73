"""Policy files (C2SP tlog-policy): which logs a reader believes, and which witnesses must have seen the head.

A file has ``log <vkey> [url]``, ``witness <name> <vkey> [url]``, ``group <name> <k|any|all> <member>...`` and one
``quorum <name>`` line; ``quorum none`` asks for no witness. Lines that begin with ``#`` are comments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .checkpoint import Checkpoint, parse_checkpoint
from .errors import FutureDated, RecordError, TooFewWitnesses, UnknownLog, WrongKey
from .keys import COSIGNATURE, ED25519, MLDSA44, Key, parse_vkey
from .note import Signed, check_note, parse_note

NONE = "none"
MAX_POLICY_CHARACTERS = 1_000_000
CLOCK_ALLOWANCE = 120
"""By how many seconds two clocks may differ."""
CHECK_CLOCK = "Compare your clock; if it is right, somebody dated this forward."


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

    def accept(self, note_text: str, *, served: bool = False, now: int | None = None) -> Accepted:
        """Return the head in a signed checkpoint; raise ``Altered`` unless a named log signed and the quorum saw it.

        A proof file needs the log's Ed25519 signature. A ``served`` checkpoint needs one by every key that is named for
        the log: otherwise whoever broke one kind of key could leave the other signature away. ``now`` is the reader's
        clock in POSIX seconds: what a witness signed more than two minutes after it is ``FutureDated``.
        """
        note = parse_note(note_text)
        checkpoint = parse_checkpoint(note.text)
        logs = [key for key in self.logs if key.name == checkpoint.origin]
        if not logs:
            raise UnknownLog(
                "The policy file does not name this log.",
                where=checkpoint.origin[:80],
                fix="Use the policy file published by the office that keeps this log.",
            )
        signed = check_note(note, [*logs, *self.witnesses.values()])
        log = next((one.key for one in signed if one.key in logs and one.key.type == ED25519), None)
        if log is None:
            raise WrongKey("The log named in the policy file did not sign this head.")
        if served and len({one.key.id for one in signed if one.key in logs}) < len(logs):
            raise WrongKey("The log did not sign this head with every key that the policy file names for it.")
        witnesses = tuple(one for one in signed if one.key in self.witnesses.values())
        if not self._holds(self.quorum, {one.key.vkey for one in witnesses}):
            raise TooFewWitnesses(f"The quorum {self.quorum!r} of witnesses did not sign this head.")
        late = next((one for one in witnesses if now is not None and (one.time or 0) > now + CLOCK_ALLOWANCE), None)
        if late is not None:
            raise FutureDated(f"The witness {late.key.name} signed at a time that has not come yet.", fix=CHECK_CLOCK)
        return Accepted(checkpoint, log, witnesses)

    def reached(self, signed: Iterable[Signed]) -> bool:
        """Return whether those who signed are enough of the witnesses."""
        return self._holds(self.quorum, {one.key.vkey for one in signed})

    def _holds(self, name: str, signed: set[str]) -> bool:
        if name == NONE:
            return True
        if name in self.witnesses:
            return self.witnesses[name].vkey in signed
        needed, members = self.groups[name]
        return sum(self._holds(member, signed) for member in members) >= needed


def policy_for(*vkeys: str, url: str = "") -> str:
    """Return the text of a policy that believes the log with these verifier keys, without witnesses."""
    return "".join(f"log {vkey}{' ' + url if url else ''}\n" for vkey in vkeys) + "quorum none\n"


def parse_policy(text: str) -> Policy:
    """Read a policy file. Raises ``RecordError`` with the line for anything it does not understand."""
    if len(text) > MAX_POLICY_CHARACTERS:
        raise _malformed(f"A policy file has at most {MAX_POLICY_CHARACTERS} characters")
    policy = Policy()
    for number, line in enumerate(text.split("\n"), start=1):
        words = [word for word in re.split("[ \t]+", line) if word]
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
    _check_keys(policy)
    return policy


def _check_keys(policy: Policy) -> None:
    """Refuse a log that browsers could not check, and a log that would count as its own witness."""
    plain = {key.name for key in policy.logs if key.type == ED25519}
    if any(key.name not in plain for key in policy.logs):
        raise _malformed("A log with an ML-DSA-44 key needs an Ed25519 key beside it")
    own = {key.raw for key in policy.logs}
    if any(key.raw in own for key in policy.witnesses.values()):
        raise _malformed("The key of a log is also named as that of a witness")


_DAMAGED = "this policy file is damaged"


def _malformed(what: str) -> RecordError:
    return RecordError(f"{what}.", fix="Fetch the policy file again from whoever publishes it.", reason=_DAMAGED)


def _log(policy: Policy, words: list[str]) -> None:
    if not 1 <= len(words) <= 2:
        raise _malformed("A log line has a key and at most an address")
    key = parse_vkey(words[0])
    if key.type not in {ED25519, MLDSA44}:
        raise _malformed("The key of a log must be an Ed25519 key, or an ML-DSA-44 key beside it")
    if key in policy.logs:
        raise _malformed("A log is named twice")
    policy.logs.append(key)


def _witness(policy: Policy, words: list[str]) -> None:
    if not 2 <= len(words) <= 3:
        raise _malformed("A witness line has a name, a key and at most an address")
    key = parse_vkey(words[1])
    if key.type not in {COSIGNATURE, MLDSA44}:
        raise _malformed("The key of a witness must be a cosignature key, Ed25519 or ML-DSA-44")
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
    # A witness with two keys is one witness: it may stand in for itself, never for a second one.
    people = [policy.witnesses[member].name for member in members if member in policy.witnesses]
    if needed > 1 and len(set(people)) != len(people):
        raise _malformed("A group that needs several counts two keys of one witness")
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
