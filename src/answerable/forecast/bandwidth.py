"""How wide the kernel should be: the width that would have predicted the data's own past best.

The second half of the history is cut into blocks of equal length. For each block a map is made from everything before
it with every width of a ladder, and the incidents in the block are scored by the log of their cell's share (the log
score of places given the count; the level plays no part). The width with the highest sum wins; the wider one where two
tie. The first half is only learned from: a map of few incidents asks for a wider kernel than the one now needed.
Widths are tried from narrow to wide until three in a row bring nothing better.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from answerable.forecast.history import History
from answerable.forecast.kernel import Kernel
from answerable.place import Grid

Floats = NDArray[np.float64]

FLOOR = 0.02
_NARROWEST_M = 25.0
_WIDEST_M = 6400.0
_PATIENCE = 3
_BLOCKS = 8
_BLOCKS_LARGE_GRID = 3
_LARGE_GRID = 300_000


@dataclass(frozen=True)
class Bandwidth:
    """The width chosen (metres), and the mean log score per incident of every width tried (``ladder``, ``scores``)."""

    chosen_m: float
    ladder: tuple[float, ...]
    scores: tuple[float, ...]
    scored: int


def ladder(grid: Grid) -> tuple[float, ...]:
    """Return the widths to try, in metres, each the root of 2 times the one before.

    From a tenth of a cell (25 m at least), which is hardly any smoothing beyond the cell itself, to 6.4 km or four
    cells.

    >>> from answerable.place import Area, Projection
    >>> import shapely
    >>> town = Grid.cover(Area("town", shapely.box(0, 0, 5000, 5000), Projection("EPSG:27700")), 500)
    >>> [round(width) for width in ladder(town)]
    [50, 71, 100, 141, 200, 283, 400, 566, 800, 1131, 1600, 2263, 3200, 4525, 6400]
    """
    narrowest = max(_NARROWEST_M, grid.cell_m / 10)
    widest = max(_WIDEST_M, 4 * grid.cell_m)
    return tuple(narrowest * 2 ** (step / 2) for step in range(int(2 * math.log2(widest / narrowest) + 1e-9) + 1))


def floored(density: Floats) -> Floats:
    """Return shares that sum to 1: a density mixed with 2 % of the uniform, so that no cell is ever impossible."""
    total = density.sum()
    return np.asarray((1 - FLOOR) * density / total + FLOOR / len(density))


def choose(history: History, grid: Grid) -> Bandwidth:
    """Return the width with the best prequential log score on the history's own blocks."""
    counts = _by_block(history, grid)
    before, after = np.cumsum(counts, axis=0)[:-1], counts[1:]
    usable = [(past, block) for past, block in zip(before, after, strict=True) if past.any() and block.any()]
    widths = ladder(grid)
    scored = int(sum(block.sum() for _, block in usable))
    if not usable:
        return Bandwidth(widths[-1], (), (), 0)
    scores: list[float] = []
    for width in widths:
        scores.append(_score(Kernel.on(grid, width), usable) / scored)
        if len(scores) - _widest_best(scores) > _PATIENCE:
            break
    return Bandwidth(widths[_widest_best(scores)], widths[: len(scores)], tuple(scores), scored)


def _widest_best(scores: list[float]) -> int:
    return len(scores) - 1 - int(np.argmax(scores[::-1]))


def _score(kernel: Kernel, blocks: list[tuple[Floats, Floats]]) -> float:
    total = 0.0
    for past, block in blocks:
        hit = np.flatnonzero(block)
        total += float(block[hit] @ np.log(floored(kernel.density(past))[hit]))
    return total


def _by_block(history: History, grid: Grid) -> Floats:
    n_blocks = _BLOCKS if len(grid) <= _LARGE_GRID else _BLOCKS_LARGE_GRID
    edges = np.linspace(history.span / 2, history.span, n_blocks + 1)[:-1]
    block = np.searchsorted(edges, history.hours, side="right")
    flat = np.bincount(block * len(grid) + history.cell, minlength=(n_blocks + 1) * len(grid))
    return flat.reshape(-1, len(grid)).astype(float)
