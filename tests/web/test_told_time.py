"""Both sites tell the time that the commands tell: in a simulation the one it was told, elsewhere the machine's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from staff_site import Visitor
from starlette.types import ASGIApp

from answerable.case.casefile import template
from answerable.clock import NOW_VARIABLE, FixedClock
from answerable.errors import UsageError
from answerable.service.cases import list_cases, open_case
from answerable.service.workspace import init_workspace, open_workspace
from answerable.web import reading
from answerable.web.reading import AGAIN_AFTER, PublicReader
from answerable.web.serve import serve_public, serve_staff

FIVE = datetime(2018, 11, 30, 17, tzinfo=UTC)


def made(folder: Path, kind: str) -> Path:
    """Make a workspace with one draft, which lapses a day after."""
    clock = FixedClock(FIVE)
    init_workspace(folder, kind=kind, time_zone="Europe/London", clock=clock)
    case = folder.parent / "case.yaml"
    case.write_text(template(), encoding="utf8")
    with open_workspace(folder, clock) as workspace:
        open_case(workspace, case, "applicant")
    return folder


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[ASGIApp]:
    """The sites that would have been served, in the order they were started."""
    apps: list[ASGIApp] = []

    def keep(self: uvicorn.Server, sockets: Any = None) -> None:
        apps.append(self.config.app)
        for one in sockets:
            one.close()

    monkeypatch.setattr(uvicorn.Server, "run", keep)
    return apps


def cases(app: ASGIApp) -> str:
    """What the site's list of cases says; to the staff site one signs in first."""
    visitor = Visitor(app)
    if visitor.get("/cases.json").status_code != 200:
        visitor = Visitor(app, "analyst")
    return visitor.get("/cases.json").text


@pytest.mark.parametrize(
    ("told", "state"),
    [("2018-11-30T18:00+00:00", "DRAFT"), ("2018-12-01T17:00:01+00:00", "LAPSED"), ("2018-11-01T00:00Z", "DRAFT")],
)
def test_a_simulation_is_served_at_the_time_it_was_told(
    tmp_path: Path, served: list[ASGIApp], monkeypatch: pytest.MonkeyPatch, told: str, state: str
) -> None:
    folder = made(tmp_path / "w", "simulated")
    monkeypatch.setenv(NOW_VARIABLE, told)
    for serve in (serve_public, serve_staff):
        serve(folder, "127.0.0.1", 0)
    with open_workspace(folder) as workspace:
        assert [line["state"] for line in list_cases(workspace)] == [state]
    assert len(served) == 2
    for app in served:
        assert f'"{state}"' in cases(app)


def test_a_rehearsal_is_served_at_the_machine_s_time_and_cannot_be_told_another(
    tmp_path: Path, served: list[ASGIApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made(tmp_path / "w", "rehearsal")
    for serve in (serve_public, serve_staff):
        serve(folder, "127.0.0.1", 0)
    assert all('"LAPSED"' in cases(app) for app in served)
    monkeypatch.setenv(NOW_VARIABLE, "2018-11-30T18:00+00:00")
    said: list[str] = []
    for serve in (serve_public, serve_staff):
        with pytest.raises(UsageError, match="Only a simulated workspace"):
            serve(folder, "127.0.0.1", 0, ready=said.append)
    assert said == []


def test_a_public_clock_that_is_set_back_revives_nothing(tmp_path: Path) -> None:
    folder = made(tmp_path / "w", "rehearsal")
    view = PublicReader(folder / "public", FixedClock(FIVE - timedelta(days=30)))()
    assert view.as_of == FIVE


def test_a_clock_that_stands_still_does_not_put_off_the_next_re_hashing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made(tmp_path / "w", "simulated")
    hashed: list[Path] = []
    real = reading.read_public
    monkeypatch.setattr(reading, "read_public", lambda path, **how: (hashed.append(path), real(path, **how))[1])
    watch = FixedClock(FIVE)
    read = PublicReader(folder / "public", FixedClock(FIVE), watch=watch)
    read()
    read()
    assert len(hashed) == 1
    watch.advance(minutes=AGAIN_AFTER.total_seconds() / 60)
    read()
    assert len(hashed) == 2
