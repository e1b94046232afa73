"""The command line as a user meets it: a process with its own stdout, stderr and exit code."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from answerable.case.casefile import template
from answerable.clock import SystemClock
from answerable.service.workspace import init_workspace
from forking import Forking


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Done]


@pytest.fixture(scope="session")
def forking() -> Iterator[Forking]:
    """What the commands of all tests are forked from."""
    started = Forking()
    yield started
    started.close()


@pytest.fixture
def run(tmp_path: Path, forking: Forking) -> Run:
    """Run ``answerable`` with words, in a folder of its own, on the workspace ``w`` there."""

    def do(*words: str) -> Done:
        return Done(*forking.run(words, tmp_path, {**os.environ, "ANSWERABLE_WORKSPACE": "w"}))

    return do


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rehearsal made once, to be copied."""
    folder = tmp_path_factory.mktemp("begun") / "w"
    init_workspace(folder, time_zone="Europe/London")
    return folder


@pytest.fixture
def made(run: Run, begun: Path, tmp_path: Path) -> Run:
    """The same, where a workspace ``w`` is there already."""
    shutil.copytree(begun, tmp_path / "w")
    return run


@pytest.fixture
def tonight(tmp_path: Path) -> Path:
    """A case file that no rule blocks now: the template's, moved to the coming hours."""
    from datetime import timedelta

    now = SystemClock().now()
    document = yaml.safe_load(template())
    del document["as_of"]

    def at(hours: float) -> str:
        return (now + timedelta(hours=hours)).isoformat()

    document["window"] = {"from": at(-0.1), "to": at(3)}
    for report, received in zip(document["reports"], (-5, -3), strict=True):
        report["received_at"] = at(received)
        report["event_window"] = {"from": at(-0.1), "to": at(3)}
    path = tmp_path / "tonight.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf8")
    return path
