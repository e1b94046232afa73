"""Rounds in which witnesses are killed while a workspace publishes: a part of ``tools/faults.py`` and of a test.

Three real witnesses, of which two must sign. With one of them gone the public head goes on; with two it stands still,
whatever is recorded meanwhile, and catches up when one is back. None of them may ever have signed what is not ours.
"""

from __future__ import annotations

import random
import threading
from pathlib import Path

import httpx

from answerable.errors import NotAllowed
from answerable.record.checkpoint import parse_checkpoint
from answerable.record.merkle import root
from answerable.record.note import parse_note
from answerable.record.policy import parse_policy
from answerable.record.witness import checkpoint_path, head_of
from answerable.service.fsck import check_record
from answerable.service.publish import publish
from answerable.service.statement import record, statement
from answerable.service.witnessing import waiting, witnessed_proof
from answerable.service.workspace import Workspace, init_workspace, open_workspace
from fault_rounds import Result
from witness_server import WitnessServer, ask_of, running

NAMES = ("paper", "university", "committee")
QUORUM = 2


def witnesses_down(folder: Path, rounds: int, seed: int) -> Result:
    """Kill one witness, or two, at a random moment of ``rounds`` bursts of publishing; start them again after each."""
    chance, result = random.Random(seed), Result()  # noqa: S311 -- moments
    init_workspace(folder / "w", adopted=False)
    with open_workspace(folder / "w") as workspace, running(folder / "s", NAMES, workspace.signer.vkey) as witnesses:
        ask_of(workspace.folder, QUORUM, witnesses)
        publish(workspace)
        stored: list[int] = []
        for number in range(rounds):
            down = chance.sample(witnesses, 1 + number % 2)
            _burst(workspace, down, chance.uniform(0, 0.3), stored)
            before = public_size(workspace)
            # The burst is over and whoever was to be killed is gone: what is recorded now is for the others to sign.
            _record(workspace, stored)
            head = publish(workspace).size
            if len(witnesses) - len(down) >= QUORUM:
                _say(result, public_size(workspace) == head, "a quorum was there and the head did not become public")
            else:
                result.stopped += 1
                _say(result, public_size(workspace) == before, "a head became public without its quorum")
                _say(result, not _provable(workspace, head - 1), "an entry was proved before it was witnessed")
            for one in down:
                one.begin()
            for one in down:
                one.start()
            head = publish(workspace).size
            _say(result, public_size(workspace) == head, "the head did not become public once they were back")
            _count(result, workspace, witnesses, stored)
    return result


def _burst(workspace: Workspace, down: list[WitnessServer], after: float, stored: list[int]) -> None:
    """Record and publish some entries, and kill ``down`` in the middle."""
    ends = [threading.Timer(after, one.kill) for one in down]
    for end in ends:
        end.start()
    for _ in range(4):
        _record(workspace, stored)
        publish(workspace)
    for end in ends:
        end.join()


def _record(workspace: Workspace, stored: list[int]) -> None:
    made = record(workspace, lambda: [statement(workspace, "key", {"number": len(stored)}, office="auditor")])
    stored.append(made[0].seq)


def _count(result: Result, workspace: Workspace, witnesses: list[WitnessServer], stored: list[int]) -> None:
    """Count a round: every entry is there once and clean, the public head is witnessed, and every witness saw ours."""
    result.rounds += 1
    result.acknowledged = len(stored)
    there = [event.seq for event in workspace.store.events()]
    result.lost = len(set(stored) - set(there))
    result.doubled = len(there) - len(set(there))
    result.problems += check_record(workspace).problems
    note = (workspace.public / "checkpoint").read_text(encoding="utf8")
    policy = parse_policy((workspace.public / "log-policy").read_text(encoding="utf8"))
    _say(result, len(policy.accept(note, served=True).witnesses) >= QUORUM, "the public head lacks its quorum")
    shown = waiting(workspace)
    _say(result, shown is not None and not shown.pending, "the head waits though all are there")
    for one in witnesses:
        kept = httpx.get(f"{one.url}/{checkpoint_path(workspace.settings.origin)}", timeout=10)
        seen = head_of(kept.text)
        _say(
            result,
            seen is not None and seen.root == root(seen.size, workspace.store.node),
            f"{one.name} signed another history",
        )


def _say(result: Result, holds: bool, problem: str) -> None:
    if not holds:
        result.problems.append(problem)


def _provable(workspace: Workspace, index: int) -> bool:
    try:
        witnessed_proof(workspace, index)
    except NotAllowed:
        return False
    return True


def public_size(workspace: Workspace) -> int:
    """Return how many entries the public head speaks for."""
    note = (workspace.public / "checkpoint").read_text(encoding="utf8")
    return parse_checkpoint(parse_note(note).text).size
