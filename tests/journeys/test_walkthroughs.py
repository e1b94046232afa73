"""The two stories of docs/walkthroughs, run as their reader would run them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOLD = ("ANSWERABLE_NOW", "ANSWERABLE_WORKSPACE")


@pytest.fixture
def tell(root: Path, tmp_path: Path):
    """Return what runs a story in an empty folder and gives back what it printed."""

    def run(name: str) -> str:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        kept = {key: value for key, value in os.environ.items() if key not in TOLD}
        done = subprocess.run(
            ["sh", str(root / "docs" / "walkthroughs" / name)],
            cwd=tmp_path, env={**kept, "PATH": path}, capture_output=True, text=True, check=False, timeout=1200,
        )  # fmt: skip
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    return run


def test_from_consultation_to_publication(tell, tmp_path: Path) -> None:
    said = tell("full-story.sh")
    assert "blocked at 'adopt' by G3, G4, N1" in said
    assert "Young people under 25, most affected: NOT REACHED" in said
    assert "R-302 and R-303 come from the same origin." in said
    assert "blocked at 'assess' by AP32" in said
    assert "blocked at 'authorise' by AP26" in said
    assert "2019-0001  EXPIRED" in said
    assert "R-301: treated (said: nothing_found; a deployment took place in its window)" in said
    assert "NOT CONSULTED: tactical adviser" in said
    assert "OVERDUE: an outcome of the referral: schools or youth engagement" in said
    assert "Evaluations that cannot tell                                            1" in said
    assert "Verified: this entry is in the log, unaltered." in said
    assert said.rstrip().endswith("all agree")
    assert "does not limit armed response" in (tmp_path / "case.html").read_text(encoding="utf8")


def test_an_urgent_authority_that_nobody_ratifies(tell) -> None:
    said = tell("urgent-story.sh")
    assert "ends unless ratified" in said
    assert "2019-0001  URGENT_UNRATIFIED" in said
    assert "Urgent authorities that nobody ratified              1" in said
    assert "Deployments logged outside the tactic                                   1" in said
    assert "Verified: this entry is in the log, unaltered." in said
