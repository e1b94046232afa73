"""How long it takes from a decision to its witnessed proof in a sealed record: parts of a benchmark and of a test.

Entries become public on a fixed beat, so most of that time is waiting for the next one. The waiting is told to the
workspace's clock and counted as it would be; everything else (recording, publishing, asking the witnesses, making and
checking the proof) is done for real and timed.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import yaml

from answerable.case.casefile import template
from answerable.case.event import Command
from answerable.clock import FixedClock
from answerable.errors import NotAllowed
from answerable.policy.reading import read_yaml
from answerable.record.verify import verify_proof
from answerable.service.cases import act, open_case
from answerable.service.prove import prove_event
from answerable.service.publish import beat
from answerable.service.record_settings import record_settings
from answerable.service.workspace import Workspace

SEALED = '\n[record]\nprofile = "sealed"\n'
"""What makes a workspace's record a sealed one, with its defaults."""


@dataclass(frozen=True)
class Proved:
    """One decision: its kind, the seconds from deciding to holding its proof, and how many of them were work."""

    kind: str
    seconds: float
    work: float
    witnesses: int


def decisions(workspace: Workspace, clock: FixedClock, many: int, seed: int) -> Iterator[Proved]:
    """Decide ``many`` cases, each at a random moment of a beat, and yield how long each took to be proved.

    The first is authorised, with all that goes before; the others are refused: for a sealed record they are alike.
    """
    chance = random.Random(seed)  # noqa: S311 -- moments, not secrets
    for number in range(many):
        case = open_case(workspace, _case_file(workspace.folder.parent / "case.yaml"), "applicant").id
        act(workspace, case, Command("submit"), "applicant")
        if number == 0:
            _consult(workspace, clock, case)
        kind = "refuse" if number else "authorise"
        # The beat has gone on meanwhile. What else was recorded waits for beats of its own: the decision is looked at.
        beat(workspace)
        clock.set(clock.now() + timedelta(seconds=chance.uniform(0, _beat(workspace))))
        decide = Command(kind, reasons="Two origins agree.", what_would_change="" if number == 0 else "A report.")
        recording = _seconds(lambda case=case, decide=decide: act(workspace, case, decide, "authoriser"))  # type: ignore[misc]
        yield _proved(workspace, clock, case, kind, recording)


def _proved(workspace: Workspace, clock: FixedClock, case: str, kind: str, recording: float) -> Proved:
    decided, work = clock.now(), recording
    policy = (workspace.public / "log-policy").read_text(encoding="utf8")
    while True:
        head = workspace.store.head()
        assert head is not None
        # A decision that falls into the second of a beat waits for the next one.
        clock.set(max(head.at + timedelta(seconds=_beat(workspace)), clock.now()))
        work += _seconds(lambda: beat(workspace))
        began = time.perf_counter()
        try:
            proof = str(prove_event(workspace, case, kind).proof)
        except NotAllowed:
            work += time.perf_counter() - began
            continue
        found = verify_proof(proof, policy)
        work += time.perf_counter() - began
        return Proved(kind, (clock.now() - decided).total_seconds() + work, work, len(found.witnesses))


def _consult(workspace: Workspace, clock: FixedClock, case: str) -> None:
    support = Command("advise", stance="support", text="Short, and beside the cordon.")
    steps = [(Command("community_impact"), "community-lead"), (Command("equality_impact"), "equality-lead")]
    steps += [(Command("assess"), "analyst")]
    steps += [(support, office) for office in ("local-commander", "iag-contact", "pcc-liaison")]
    for command, account in steps:
        act(workspace, case, command, account)
    clock.advance(minutes=31)


def _case_file(path: Path) -> Path:
    document = read_yaml(template(), "template")
    document.pop("as_of")
    document["judgement"]["gap_reasons"] = (
        "No outcome of such reports is on record yet, so the picture stays near chance."
    )
    path.write_text(yaml.safe_dump(document), encoding="utf8")
    return path


def _beat(workspace: Workspace) -> float:
    return record_settings(workspace.folder, workspace.settings.kind).beat


def _seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began
