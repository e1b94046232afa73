"""The gate's short way answers as the whole command line does, and leaves to it whatever is spelled otherwise."""

from __future__ import annotations

import pytest

from answerable.cli.quick import gate_check
from answerable.errors import UsageError

FILES = ["pass.tlog-proof", "--head", "gate-head", "--place", "-0.07,51.6"]


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        FILES[:3],
        FILES[1:],
        [*FILES, "--unknown"],
        [*FILES, "another.tlog-proof"],
        [*FILES, "--policy"],
        ["pass.tlog-proof", "--head=", "--place=0,0"],
    ],
)
def test_a_call_spelled_otherwise_is_left_to_the_whole_command_line(words: list[str]) -> None:
    assert gate_check(words) is None


@pytest.mark.parametrize("words", [FILES, ["--place=-0.07,51.6", "--head=gate-head", "pass.tlog-proof", "--json"]])
def test_a_file_that_is_not_there_is_named(words: list[str]) -> None:
    with pytest.raises(UsageError, match="cannot be read") as caught:
        gate_check(words)
    assert "pass.tlog-proof" in caught.value.where


def test_the_command_ends_with_2_and_says_why(run) -> None:
    done = run("gate", "check", *FILES)
    assert (done.code, done.out) == (2, "")
    assert "pass.tlog-proof" in done.err
    assert run("gate", "check", "--help").code == 0
