"""A rehearsal on a Friday evening in 2018, with a clock that moves when told to, and one sound proposal."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from answerable.case.casefile import template
from answerable.case.event import Command
from answerable.clock import FixedClock
from answerable.policy.reading import read_yaml
from answerable.service.cases import Answer, act, open_case
from answerable.service.workspace import Workspace, init_workspace, open_workspace

FIVE = datetime(2018, 11, 30, 17, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    """Friday 30 November 2018, 17:00 in London."""
    return FixedClock(FIVE)


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rehearsal in London time, made once at that hour, to be copied."""
    folder = tmp_path_factory.mktemp("begun") / "w"
    init_workspace(folder, time_zone="Europe/London", clock=FixedClock(FIVE))
    return folder


@pytest.fixture
def workspace(begun: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Workspace]:
    """An open rehearsal in London time."""
    shutil.copytree(begun, tmp_path / "w")
    with open_workspace(tmp_path / "w", clock) as opened:
        yield opened


@pytest.fixture
def sound() -> dict[str, Any]:
    """A case file that no rule blocks: a reprisal expected tonight from 20:00 to midnight, two independent reports."""
    document: dict[str, Any] = read_yaml(template(), "template")
    document.pop("as_of")
    document["judgement"]["gap_reasons"] = (
        "No outcome of such reports is on record yet, so the picture stays near chance."
    )
    return document


@pytest.fixture
def opened(workspace: Workspace, tmp_path: Path) -> Callable[[dict[str, Any]], str]:
    """Open a case from a document and return its id."""

    def open_from(document: dict[str, Any]) -> str:
        path = tmp_path / "case.yaml"
        path.write_text(yaml.safe_dump(document), encoding="utf8")
        return open_case(workspace, path, "applicant").id

    return open_from


@pytest.fixture
def later(root: Path) -> dict[str, Any]:
    """The sections that are added to a case file as its case goes on."""
    found: dict[str, Any] = yaml.safe_load((root / "tests/assets/case/later_sections.yaml").read_text(encoding="utf8"))
    return found


@pytest.fixture
def section_file(later: dict[str, Any], tmp_path: Path) -> Callable[..., Path]:
    """A file with the sections of that name, or with those given."""

    def write(name: str, given: Any = None) -> Path:
        path = tmp_path / f"{name}.yaml"
        path.write_text(yaml.safe_dump(later[name] if given is None else given), encoding="utf8")
        return path

    return write


@pytest.fixture
def take(workspace: Workspace, clock: FixedClock) -> Callable[..., Answer]:
    """Take a case through its steps up to and with ``last``, each by who should, with half an hour to consult."""

    def advice(office: str) -> tuple[Command, str]:
        return Command("advise", stance="support", text="Short, and beside the cordon."), office

    steps: dict[str, list[tuple[Command, str]]] = {
        "submit": [(Command("submit"), "applicant")],
        "assess": [
            (Command("community_impact"), "community-lead"),
            (Command("equality_impact"), "equality-lead"),
            (Command("assess"), "analyst"),
        ],
        "consult": [advice("local-commander"), advice("iag-contact"), advice("pcc-liaison")],
    }

    def take_to(case: str, last: str, decides: str = "authoriser") -> Answer:
        answer = None
        steps["authorise"] = [(Command("authorise", reasons="Two origins agree."), decides)]
        for step, acts in steps.items():
            clock.advance(minutes=31 if step == "authorise" else 1)
            for command, account in acts:
                answer = act(workspace, case, command, account)
            if step == last:
                break
        assert answer is not None
        return answer

    return take_to


@pytest.fixture
def begin(
    workspace: Workspace, clock: FixedClock, take: Callable[[str, str], Answer], section_file: Callable[..., Path]
) -> Callable[[str], Answer]:
    """Take a case from its opening to its start, at 20:05."""

    def start(case: str) -> Answer:
        take(case, "authorise")
        clock.set(FIVE.replace(hour=20, minute=5))
        return act(workspace, case, Command("start"), "operational-commander", added=section_file("start"))

    return start


@pytest.fixture
def without() -> Callable[[dict[str, Any], str], dict[str, Any]]:
    """A copy of a document without one of its sections."""

    def leave_out(document: dict[str, Any], section: str) -> dict[str, Any]:
        copied = copy.deepcopy(document)
        del copied[section]
        return copied

    return leave_out
