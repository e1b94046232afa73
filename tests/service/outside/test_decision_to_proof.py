"""From a decision to its proof with five witnesses on loopback: within 90 seconds, beat and all, in a sealed record."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from answerable.clock import FixedClock
from answerable.service.workspace import Workspace, open_workspace
from decision_to_proof import SEALED, decisions


@pytest.fixture
def workspace(begun: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Workspace]:
    """The rehearsal of every other test, sealed, with the beat of 60 seconds that is the default."""
    shutil.copytree(begun, tmp_path / "w")
    with (tmp_path / "w" / "answerable.toml").open("a", encoding="utf8") as file:
        file.write(SEALED)
    with open_workspace(tmp_path / "w", clock) as opened:
        yield opened


def test_every_decision_is_proved_within_ninety_seconds(
    workspace: Workspace, clock: FixedClock, timed_witness, ask_witnesses
) -> None:
    names = ("assembly", "inspectorate", "complaints", "university", "paper")
    ask_witnesses(workspace.folder, 4, *(timed_witness(name, workspace.signer.vkey) for name in names))
    found = list(decisions(workspace, clock, 6, 7))
    assert [one.kind for one in found] == ["authorise", *["refuse"] * 5]
    assert {one.witnesses for one in found} == {5}
    # None falls behind by a whole beat, and what is done for real takes what is left of the 90 seconds.
    assert max(one.seconds - one.work for one in found) <= 60
    assert max(one.seconds for one in found) <= 90
