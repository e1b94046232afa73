"""The commands at the root: what `make help` promises is there, and CI ends on the line that people look for."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(shutil.which("make") is None or shutil.which("bash") is None, reason="no make or bash")
SUMMARY = "2 failed, 30 passed, 1 skipped in 75.20s (0:01:15)"


def test_help_lists_every_target_a_person_may_call(root: Path) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf8")
    targets = set(re.findall(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)[0].split())
    shown = subprocess.run(["make", "help"], cwd=root, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^  make ([a-z-]+) +\S", shown, flags=re.MULTILINE)) == targets


@pytest.mark.parametrize(("ci", "required"), [("true", True), ("", False)])
def test_only_ci_requires_the_data_and_the_browser(root: Path, ci: str, required: bool) -> None:
    told = subprocess.run(
        ["make", "--dry-run", "test"],
        cwd=root,
        env={**os.environ, "CI": ci},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert ("--require-realdata --require-browser" in told) is required


def run_ci(root: Path, folder: Path, *, failing: str) -> subprocess.CompletedProcess[str]:
    """Run the script of CI in ``folder`` with a make that only talks, and fails at the step named."""
    (folder / ".ci").mkdir()
    shutil.copy(root / ".ci" / "run", folder / ".ci" / "run")
    make = folder / "bin" / "make"
    make.parent.mkdir()
    make.write_text(f'#!/bin/sh\n[ "$1" = test ] && echo "{SUMMARY}"\necho "$1 done"\n[ "$1" != "{failing}" ]\n')
    make.chmod(0o755)
    return subprocess.run(
        ["bash", str(folder / ".ci" / "run")],
        env={**os.environ, "PATH": f"{make.parent}{os.pathsep}{os.environ['PATH']}"},
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_ci_ends_on_the_closing_line_of_the_tests(root: Path, tmp_path: Path) -> None:
    done = run_ci(root, tmp_path, failing="nothing")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == SUMMARY


@pytest.mark.parametrize("step", ["system", "test", "lint"])
def test_ci_goes_on_after_a_failed_step_and_fails_at_the_end(root: Path, tmp_path: Path, step: str) -> None:
    done = run_ci(root, tmp_path, failing=step)
    assert done.returncode != 0
    assert [f"{name} done" in done.stdout for name in ("system", "test", "lint")] == [True, True, True]
    assert done.stdout.splitlines()[-2:] == [f"failed: make {step}", SUMMARY]
