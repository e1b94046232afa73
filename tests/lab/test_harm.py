"""A tactic that does harm, in a simulated city: its evaluations, one after another, suspend the pack by its stop rule.

Confidence is surveyed by pulse, as it would be: six hundred answers in the area and in a matched one, before and after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from answerable.clock import FixedClock
from answerable.errors import NotAllowed
from answerable.evaluate.confidence.pulse import Cell, pulse
from answerable.evaluate.programme import Window, programme
from answerable.service.adopt import adopted_pack, alarms_of, standing_of
from answerable.service.statement import statement
from answerable.service.workspace import Workspace, init_workspace, open_workspace

BEGAN = datetime(2026, 1, 5, 12, tzinfo=UTC)
DEPLOYMENTS = 6
ANSWERS = 600


@dataclass(frozen=True)
class City:
    """A simulated workspace and its clock."""

    workspace: Workspace
    clock: FixedClock


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Callable[[], City]]:
    """Simulated workspaces, each new."""
    with ExitStack() as stack:
        numbers = count()

        def make() -> City:
            folder, clock = tmp_path / f"city-{next(numbers)}", FixedClock(BEGAN)
            init_workspace(folder, kind="simulated", time_zone="Europe/London", clock=clock)
            return City(stack.enter_context(open_workspace(folder, clock)), clock)

        yield make


def surveyed(rng: np.random.Generator, fall: float) -> float:
    """Return the change in confidence, in points, that a pulse finds where it truly fell by ``fall``."""
    truth = {("deployment", "before"): 0.6, ("deployment", "after"): 0.6 - fall}
    cells = [
        Cell(area, wave, "all", "trust", int(rng.binomial(ANSWERS, truth.get((area, wave), 0.6))), ANSWERS, 0)
        for area in ("deployment", "matched")
        for wave in ("before", "after")
    ]
    return 100 * float(pulse(cells).numbers["trust"]["all"]["change"])


def evaluate(workspace: Workspace, number: int, change: float, verdict: str) -> None:
    """Put one deployment and its evaluation on record, a month after the one before."""
    case, at = f"2026-{number:04d}", BEGAN + timedelta(days=30 * number)
    opening = {"pack": "uk.armed_patrol@1", "title": "Patrol", "trigger": "imminent_intel",
               "area": {"name": f"Ward {number}", "km2": 0.3}, "time_zone": "Europe/London",
               "window": {"from": at, "to": at + timedelta(hours=4)}, "lapses_at": at}  # fmt: skip
    said = {"verdict": verdict, "measures": {"confidence_overall": round(change, 2)}, "limits": ""}
    for version, kind, data, office in ((1, "open", opening, "applicant"), (2, "evaluate", said, "evaluator")):
        workspace.store.append(
            [statement(workspace, kind, data, office=office, account=office, case_id=case, case_version=version, at=at)]
        )


def life(city: City, rng: np.random.Generator, fall: float) -> int | None:
    """Return after how many deployments the pack was suspended; None where it never was."""
    for number in range(1, DEPLOYMENTS + 1):
        evaluate(city.workspace, number, surveyed(rng, fall), "cannot tell")
        city.clock.set(BEGAN + timedelta(days=30 * number + 1))
        if standing_of(city.workspace, "uk.armed_patrol").why == "suspended":
            return number
    return None


def test_a_tactic_that_costs_fifteen_points_of_confidence_suspends_its_pack(city) -> None:
    ended = [life(city(), np.random.default_rng(seed), 0.15) for seed in range(8)]
    assert all(one is not None and one <= 4 for one in ended)


def test_one_that_costs_none_hardly_ever_does(city) -> None:
    ended = [life(city(), np.random.default_rng(seed), 0.0) for seed in range(8)]
    assert sum(one is not None for one in ended) <= 1


def test_the_suspension_is_an_alarm_and_nothing_can_be_decided_until_it_is_adopted_anew(city) -> None:
    made = city()
    assert life(made, np.random.default_rng(1), 0.25) is not None
    with pytest.raises(NotAllowed, match="suspended by its stop rule"):
        adopted_pack(made.workspace)
    (alarm,) = alarms_of(made.workspace)
    assert (alarm.kind, "pcc" in alarm.to) == ("suspended", True)
    made.clock.set(BEGAN + timedelta(days=300))
    with pytest.raises(NotAllowed, match="suspended"):
        adopted_pack(made.workspace)


def test_a_tactic_that_breeds_violence_is_found_to_breed_it() -> None:
    said = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        made = [
            Window(
                bool(sent), int(rng.poisson(0.3 * (1.8 if sent else 1.0))), f"band {i % 4}", "" if sent else "refused"
            )
            for i, sent in enumerate(rng.random(2000) < 0.4)
        ]
        said.append(programme(made, rng=rng, a_year=4, permutations=99).verdict)
    assert said.count("rose") >= 9
    assert "fell" not in said
