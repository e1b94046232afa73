"""The kernel's width is chosen by what would have predicted the past."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import numpy as np
import pytest

from answerable.forecast.bandwidth import choose, floored, ladder
from answerable.forecast.history import history
from answerable.incidents import Incidents
from answerable.place import Grid

Make = Callable[..., Incidents]


def test_a_sharp_corner_asks_for_a_narrower_kernel_than_a_vague_one(
    make_incidents: Make, grid: Grid, issued: datetime
) -> None:
    rng = np.random.default_rng(3)
    hours = np.sort(rng.uniform(0, 730 * 24, 800))

    def width(sd: float) -> float:
        east, north = (rng.normal(2000, sd, 800).clip(0, 3999).astype(int) for _ in range(2))
        return choose(history(make_incidents(hours, east, north), grid, issued), grid).chosen_m

    assert width(150) < width(900)


def test_places_without_any_pattern_ask_for_a_wide_kernel(make_incidents: Make, grid: Grid, issued: datetime) -> None:
    rng = np.random.default_rng(4)
    spread = make_incidents(
        np.sort(rng.uniform(0, 730 * 24, 300)), rng.integers(0, 5000, 300), rng.integers(0, 4000, 300)
    )
    assert choose(history(spread, grid, issued), grid).chosen_m >= 800


def test_the_score_of_every_width_tried_can_be_seen(two_years: Incidents, grid: Grid, issued: datetime) -> None:
    chosen = choose(history(two_years, grid, issued), grid)
    assert len(chosen.scores) == len(chosen.ladder) >= 4
    assert chosen.chosen_m == chosen.ladder[int(np.argmax(chosen.scores))]
    # Any width beats the uniform share of one cell in eighty.
    assert max(chosen.scores) > -np.log(len(grid))


def test_with_nothing_to_score_the_widest_kernel_is_taken(make_incidents: Make, grid: Grid, issued: datetime) -> None:
    at_once = make_incidents([0.0] * 12, 700, 700)
    assert choose(history(at_once, grid, issued), grid).chosen_m == ladder(grid)[-1]


def test_no_share_is_ever_nothing() -> None:
    shares = floored(np.array([0.0, 0.0, 10.0, 0.0]))
    assert shares.sum() == pytest.approx(1)
    assert shares.tolist() == pytest.approx([0.005, 0.005, 0.985, 0.005])


@pytest.mark.parametrize("cell_m", [50, 500, 5000])
def test_the_ladder_runs_from_hardly_any_smoothing_to_several_cells(cell_m: int, town: object) -> None:
    widths = ladder(Grid.cover(town, cell_m))  # type: ignore[arg-type]
    assert widths[0] <= max(25, cell_m / 10)
    assert widths[-1] >= 3 * cell_m
    assert list(widths) == sorted(widths)
