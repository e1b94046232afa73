"""Bring a signed head before its witnesses: the public head moves only with their quorum, and waits where it lacks it.

``witnessing.json`` keeps what was gathered so far and what each witness said; it can be deleted at any time: a head's
cosignatures are asked for again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from answerable.errors import IntegrityError, NotAllowed
from answerable.place import stamp
from answerable.record.asking import Cosigned, ask
from answerable.record.checkpoint import parse_checkpoint
from answerable.record.errors import RecordError
from answerable.record.merkle import inclusion_proof
from answerable.record.note import Signed, parse_note
from answerable.record.policy import Policy, parse_policy
from answerable.record.proof import Proof
from answerable.record.publish import CHECKPOINT, write_file
from answerable.service.witness_settings import Named, WitnessSettings, policy_text, witness_settings
from answerable.service.workspace import Workspace
from answerable.store.protocol import LogHead

STATE = "witnessing.json"


@dataclass
class Gathered:
    """What is known of one head: its ``note``, its size, and what each witness, by name, said of it.

    ``since`` is when it was first brought before them, as POSIX seconds.
    """

    size: int = 0
    note: str = ""
    since: int = 0
    said: dict[str, Cosigned] = field(default_factory=dict)

    def cosigned(self) -> str:
        """Return the note with every cosignature gathered."""
        return self.note + "".join(one.lines for one in self.said.values())


def witnessed(workspace: Workspace, head: LogHead) -> str | None:
    """Return the note of ``head`` with the cosignatures of its quorum, or None while it lacks them.

    Without witnesses in the settings it is the note itself. Witnesses that have not signed, or signed long ago, are
    asked. IntegrityError where the quorum is not reached and one of them has seen another history.
    """
    settings = witness_settings(workspace.folder)
    if settings is None:
        return head.note
    policy = parse_policy(policy_text(workspace.folder))
    now, found = int(workspace.clock.now().timestamp()), _standing(workspace, head)
    enough = _holds(policy, found.cosigned())
    if enough and not _old(policy, found.cosigned(), now - settings.refresh_s):
        return found.cosigned()
    _ask_all(workspace, settings, head, found, now - settings.refresh_s)
    _write(workspace.folder, found)
    enough = _holds(policy, found.cosigned())
    if not enough:
        _alarm(found)
    return found.cosigned() if enough else None


@dataclass(frozen=True)
class Waiting:
    """How a workspace's head stands with its witnesses, for people.

    ``public`` and ``signed`` are sizes; ``pending`` is whether the newest head still lacks its quorum; ``problems``
    what each witness that did not sign said, by name.
    """

    quorum: int
    witnesses: int
    public: int
    signed: int
    pending: bool
    since: str
    problems: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)

    def text(self) -> str:
        """Return it as lines to read."""
        if not self.pending:
            return f"witnesses: {self.quorum} of {self.witnesses} must sign, and have ({self.public} entries)"
        lines = [f"witnesses: NOT YET PUBLIC: {self.signed} entries are signed, {self.public} are witnessed"]
        return "\n".join([*lines, *(f"  {name}: {problem}" for name, problem in self.problems.items())])


def waiting(workspace: Workspace) -> Waiting | None:
    """Return how the newest head stands with its witnesses, None where the workspace has none."""
    settings = witness_settings(workspace.folder)
    if settings is None:
        return None
    head, public, state = workspace.store.head(), _public_note(workspace), _read(workspace.folder)
    signed, shown = head.size if head else 0, _size(public)
    pending = signed != shown or not _holds(parse_policy(policy_text(workspace.folder)), public)
    since = stamp(datetime.fromtimestamp(state.since, UTC)) if pending and state.since else ""
    problems = {name: one.problem for name, one in state.said.items() if one.problem} if pending else {}
    return Waiting(settings.quorum, len(settings.witnesses), shown, signed, pending, since, problems)


def gathered(workspace: Workspace) -> str:
    """Return the newest head with every cosignature it has so far, quorum or not; empty where none was asked for."""
    head, found = workspace.store.head(), _read(workspace.folder)
    return found.cosigned() if head is not None and found.note == head.note else ""


def witnessed_proof(workspace: Workspace, index: int) -> Proof:
    """Return the proof of entry ``index`` under the public head, with its cosignatures.

    NotAllowed where the public head does not reach the entry yet.
    """
    proof = workspace.store.proof(index)
    if witness_settings(workspace.folder) is None:
        return proof
    note = _public_note(workspace)
    size = _size(note)
    if index >= size:
        raise NotAllowed(
            "This entry is signed and not witnessed yet: no proof of it would hold.",
            where=f"entry {index}; {size} entries are witnessed",
            fix="Publish again: answerable record publish. What its witnesses said: answerable record head.",
        )
    return replace(proof, checkpoint=note, hashes=tuple(inclusion_proof(index, size, workspace.store.node)))


def _ask_all(workspace: Workspace, settings: WitnessSettings, head: LogHead, found: Gathered, oldest: int) -> None:
    """Ask, all at once, every witness that has not signed this head or signed it before ``oldest``."""

    def due(said: Cosigned | None) -> bool:
        return said is None or not said.lines or said.time < oldest

    def one(witness: Named) -> Cosigned:
        known = found.said.get(witness.name, Cosigned()).size
        node, wait = workspace.store.node, settings.timeout_s
        return ask(witness.url, witness.key, head.note, known=known, read=node, timeout=wait)

    asked = [witness for witness in settings.witnesses if due(found.said.get(witness.name))]
    with ThreadPoolExecutor(max(1, len(asked))) as pool:
        for witness, answer in zip(asked, pool.map(one, asked), strict=True):
            standing = found.said.get(witness.name, Cosigned())
            # A signature that cannot be had anew is still true: the head only grows stale.
            kept = replace(answer, lines=standing.lines, time=standing.time)
            found.said[witness.name] = kept if standing.lines and not answer.lines else answer


def _standing(workspace: Workspace, head: LogHead) -> Gathered:
    """Return what was gathered for ``head``; for a new head, only how much each witness is known to have seen."""
    found = _read(workspace.folder)
    if found.note == head.note:
        return found
    said = {name: Cosigned(size=one.size) for name, one in found.said.items()}
    return Gathered(head.size, head.note, int(workspace.clock.now().timestamp()), said=said)


def _signed(policy: Policy, note: str) -> tuple[Signed, ...]:
    try:
        return policy.accept(note).witnesses
    except RecordError:
        return ()


def _holds(policy: Policy, note: str) -> bool:
    return bool(note) and bool(_signed(policy, note))


def _old(policy: Policy, note: str, oldest: int) -> bool:
    return any((one.time or 0) < oldest for one in _signed(policy, note))


def _alarm(found: Gathered) -> None:
    alarms = [f"{name}: {one.problem}" for name, one in found.said.items() if one.alarm]
    if alarms:
        raise IntegrityError(
            "A witness has seen another history of this log.",
            where="; ".join(alarms),
            fix="Do not repeat this. Run 'answerable fsck', and find out whether an old backup was restored.",
        )


def _public_note(workspace: Workspace) -> str:
    path = workspace.public / CHECKPOINT
    return path.read_bytes().decode("utf-8") if path.is_file() else ""


def _size(note: str) -> int:
    return parse_checkpoint(parse_note(note).text).size if note else 0


def _read(folder: Path) -> Gathered:
    try:
        read = json.loads((folder / STATE).read_text(encoding="utf8"))
        said = {str(name): Cosigned(**one) for name, one in read.pop("said").items()}
        return Gathered(**read, said=said)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        # Absent or damaged: the witnesses are asked again, and say themselves what they have seen.
        return Gathered()


def _write(folder: Path, found: Gathered) -> None:
    write_file(folder / STATE, json.dumps(asdict(found), indent=1).encode() + b"\n")
