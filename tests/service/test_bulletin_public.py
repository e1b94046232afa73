"""An outsider with nothing but the public folder adds up the same totals as the force."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from answerable.case.event import Command
from answerable.clock import FixedClock
from answerable.errors import IntegrityError, NotAllowed, UsageError
from answerable.present.document_writers import document_text
from answerable.record.errors import Altered, RecordError
from answerable.record.readback import read_public
from answerable.service.bulletin import open_cases, quarterly
from answerable.service.bulletin_counts import REPORTS
from answerable.service.bulletin_public import public_cases, public_quarterly
from answerable.service.cases import Answer, act
from answerable.service.workspace import Workspace

Opened = Callable[[dict[str, Any]], str]
Take = Callable[[str, str], Answer]
STEPS = ("", "submit", "assess", "consult", "authorise")
OF_REPORTS = {key for key, _ in REPORTS}


@pytest.fixture
def alone(workspace: Workspace, tmp_path: Path) -> Callable[[], Path]:
    """The public folder as an outsider has it: a copy, with nothing of the workspace around it."""

    def copy() -> Path:
        away = tmp_path / "away"
        shutil.rmtree(away, ignore_errors=True)
        return Path(shutil.copytree(workspace.public, away))

    return copy


@pytest.mark.parametrize("seed", [1, 2])
def test_random_cases_add_up_to_the_same_bulletin_inside_and_outside(
    workspace: Workspace,
    clock: FixedClock,
    sound: dict[str, Any],
    opened: Opened,
    take: Take,
    alone: Callable[[], Path],
    seed: int,
) -> None:
    rng = random.Random(seed)
    for step in rng.sample(STEPS, k=len(STEPS)):
        proposal = {k: v for k, v in sound.items() if k != "app"} if rng.random() < 0.3 else sound
        case = opened({**proposal, "title": f"To {step}"})
        # A rule may have stopped it on the way, or the evening passed: then it stands where it stands.
        with suppress(NotAllowed):
            if step:
                take(case, step)
            if rng.random() < 0.3:
                act(workspace, case, Command("withdraw", reasons="Taken back."), "applicant")
        clock.advance(minutes=rng.randrange(1, 200))
    clock.advance(hours=24 * rng.randrange(40))
    for quarter in ("2018Q4", "2019Q1", "2017Q1"):
        inside, outside = quarterly(workspace, quarter), public_quarterly(read_public(alone()), clock.now(), quarter)
        assert outside.lines == inside.lines
        assert outside.cases == inside.cases
        assert outside.checked == inside.checked
        assert (outside.hours, outside.hours_active) == (inside.hours, inside.hours_active)
        assert (outside.pack, outside.status, outside.not_limited) == (inside.pack, inside.status, inside.not_limited)
        assert outside.outcomes == tuple(line for line in inside.outcomes if line.key not in OF_REPORTS)
        assert (outside.window, outside.as_of, outside.tz) == (inside.window, inside.as_of, inside.tz)


def test_the_cases_read_from_the_folder_are_those_of_the_store(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, take: Take, alone: Callable[[], Path]
) -> None:
    take(opened(sound), "authorise")
    opened({**sound, "title": "Another"})
    inside, outside = open_cases(workspace), public_cases(read_public(alone()))
    assert [case.standing for case in outside] == [case.standing for case in inside]


def test_an_empty_log_has_a_bulletin_of_noughts(alone: Callable[[], Path], clock: FixedClock) -> None:
    made = public_quarterly(read_public(alone()), clock.now(), tz="Europe/London")
    assert set(made.as_json()["totals"].values()) == {0}
    assert "Nothing was proposed" in document_text(made.document())
    assert made.quarter == "2018Q4"


def test_what_became_of_reports_is_not_public_and_not_counted(alone: Callable[[], Path], clock: FixedClock) -> None:
    made = public_quarterly(read_public(alone()), clock.now())
    assert not OF_REPORTS & {line.key for line in made.outcomes}


@pytest.mark.parametrize(
    ("alter", "error"),
    [
        (lambda folder: (folder / "checkpoint").unlink(), RecordError),
        (lambda folder: (folder / "checkpoint").write_text("nothing\n"), RecordError),
        (lambda folder: (folder / "log-policy").unlink(), RecordError),
        (lambda folder: next((folder / "openings").iterdir()).write_text("{}"), Altered),
        (lambda folder: next((folder / "tile").rglob("*.p/*")).write_bytes(b"x" * 33), RecordError),
    ],
    ids=["no head", "another head", "no policy", "an opening", "a tile"],
)
def test_a_folder_that_was_altered_gives_no_bulletin(
    alone: Callable[[], Path], clock: FixedClock, alter: Callable[[Path], object], error: type[Exception]
) -> None:
    folder = alone()
    alter(folder)
    with pytest.raises(error):
        public_quarterly(read_public(folder), clock.now())


def test_an_entry_held_back_inside_a_case_is_an_alarm(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, take: Take, alone: Callable[[], Path]
) -> None:
    case = opened(sound)
    take(case, "assess")
    second = workspace.store.events(case)[1].leaf_index
    folder = alone()
    (folder / "openings" / f"{second}.json").unlink()
    with pytest.raises(IntegrityError, match="the public log"):
        public_quarterly(read_public(folder), workspace.clock.now())


@pytest.mark.parametrize(("quarter", "tz"), [("2018Q5", ""), ("autumn", ""), ("", "Europe/Londn")])
def test_a_quarter_or_zone_spelt_otherwise_is_refused(
    alone: Callable[[], Path], clock: FixedClock, quarter: str, tz: str
) -> None:
    with pytest.raises(UsageError):
        public_quarterly(read_public(alone()), clock.now(), quarter, tz)


def test_it_speaks_for_the_instant_it_was_made(alone: Callable[[], Path]) -> None:
    end = datetime(2019, 1, 1, tzinfo=UTC)
    assert public_quarterly(read_public(alone()), end - timedelta(hours=1), "2018Q4").over is False
    assert public_quarterly(read_public(alone()), end + timedelta(hours=1), "2018Q4").over is True
