"""A simulation in which no pack is in force yet, a proposal with its papers, and a way to walk an adoption."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from answerable.case.adoption import commands as ask
from answerable.case.adoption.answers import Consideration, Reach, Response
from answerable.case.adoption.proposal import template
from answerable.clock import FixedClock
from answerable.service.adoption import act, open_adoption
from answerable.service.answer import Answer
from answerable.service.workspace import Workspace, init_workspace, open_workspace

BEGAN = datetime(2018, 11, 28, 9, tzinfo=UTC)
OPENS = datetime(2018, 12, 3, 9, tzinfo=UTC)
CLOSES = datetime(2019, 1, 14, 17, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> FixedClock:
    """Five days before the consultation opens."""
    return FixedClock(BEGAN)


@pytest.fixture(scope="session")
def unadopted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulation without a pack in force, made once, to be copied."""
    folder = tmp_path_factory.mktemp("unadopted") / "w"
    init_workspace(folder, kind="simulated", time_zone="Europe/London", clock=FixedClock(BEGAN), adopted=False)
    return folder


@pytest.fixture
def empty(unadopted: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Workspace]:
    """An open simulation without a pack in force."""
    shutil.copytree(unadopted, tmp_path / "w")
    with open_workspace(tmp_path / "w", clock) as opened:
        yield opened


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """A folder with the papers of the proposal."""
    folder = tmp_path / "papers"
    folder.mkdir()
    for name in ("eia", "dpia", "draft-cia", "alternatives", "evidence"):
        (folder / f"{name}.md").write_text(f"# {name}\n", encoding="utf8")
    return folder


@pytest.fixture
def propose(papers: Path) -> Callable[..., Path]:
    """Write the template's proposal beside its papers, with changes, and return its path."""

    def write(name: str = "proposal.yaml", **changes: Any) -> Path:
        document = {**yaml.safe_load(template()), **changes}
        for field in ("opens", "closes", "evaluation_due"):
            if document.get(field) is not None:
                document[field] = str(document[field]).replace(" ", "T")
        kept = {key: value for key, value in document.items() if value is not None}
        (papers / name).write_text(yaml.safe_dump(kept), encoding="utf8")
        return papers / name

    return write


def _steps() -> dict[str, tuple[datetime, ask.Command, str]]:
    owner, liaison, chief = "policy-owner", "pcc-liaison", "chief-officer"
    tenants: dict[str, Any] = {"kind": "organisation", "org": "Tenants", "stance": "oppose", "themes": ("fear",)}
    responses = (
        Response(id="1", **tenants, text="Never.", publish=True),
        Response(id="2", kind="individual", stance="support", themes=("hours",), text="Only at night."),
    )
    reached = (
        Reach(org="Residents of the affected estates", reached=True, how="meetings"),
        Reach(org="Young people under 25", reached=False, how="the clubs were closed"),
    )
    considered = (
        Consideration(theme="fear", response="We measure it.", changed_what="Fear is a metric of its own."),
        Consideration(theme="hours", response="Any hour.", why_not="Harm has no hours."),
    )
    return {
        "consult": (OPENS, ask.Consult(), owner),
        "notice": (OPENS + DAY, ask.Notice("The commissioner", how="letter"), liaison),
        "respond": (OPENS + 9 * DAY, ask.Respond(responses), owner),
        "reach": (OPENS + 9 * DAY, ask.Reached(reached), owner),
        "consider": (CLOSES + DAY, ask.Consider(considered), owner),
        "outcome": (CLOSES + 2 * DAY, ask.Outcome("Most oppose it."), owner),
        "adopt": (CLOSES + 9 * DAY, ask.Adopt("Rare and grave."), chief),
    }


@pytest.fixture
def walk(empty: Workspace, clock: FixedClock, propose: Callable[..., Path]) -> Callable[..., Answer]:
    """Open an adoption and walk it up to and with ``last``, each step when and by whom it should be."""

    def through(last: str, file: Path | None = None) -> Answer:
        told = open_adoption(empty, file or propose(), "policy-owner")
        steps = _steps()
        wanted = list(steps)[: list(steps).index(last) + 1] if last != "propose" else []
        for kind in wanted:
            at, command, account = steps[kind]
            clock.set(max(at, clock.now()))
            told = act(empty, told.id, command, account)
            assert told.kind == kind, told.data
        return told

    return through
