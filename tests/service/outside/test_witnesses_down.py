"""Witnesses that are killed in the middle: the public head stands still without its quorum, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

from fault_witness import witnesses_down


def test_witnesses_that_are_killed_lose_nothing_and_no_head_is_public_without_them(tmp_path: Path) -> None:
    result = witnesses_down(tmp_path, 2, 7)
    assert result.holds, result
    assert (result.rounds, result.stopped) == (2, 1)
    assert result.acknowledged == 10
