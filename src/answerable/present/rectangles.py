"""Cells of one class joined into rectangles, so that a city's map is a few hundred shapes instead of thousands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from answerable.place import Grid

MOST_SHAPES = 2000


@dataclass(frozen=True)
class Rectangle:
    """A block of cells of one class: first column and row, width and height, in cells of the drawing."""

    column: int
    row: int
    width: int
    height: int
    shade: int


def coarse(grid: Grid, values: NDArray[np.float64], factor: int) -> NDArray[np.float64]:
    """Return the mean of ``values`` (shape (n,)) over the cells of each block of ``factor`` x ``factor`` cells.

    The result is an image with NaN where there is no cell; row 0 is in the south.
    """
    if factor == 1:
        return grid.raster(values, empty=np.nan)
    image, there = grid.raster(values), grid.raster(np.ones(len(values)))
    total, number = (_blocks(layer, factor) for layer in (image, there))
    return np.divide(total, number, out=np.full_like(total, np.nan), where=number > 0)


def merged(shades: NDArray[np.int64]) -> list[Rectangle]:
    """Join equal neighbours of an image of classes (negative: nothing there) into rectangles, each cell in just one.

    >>> [(r.column, r.width, r.height) for r in merged(np.array([[1, 1, 2], [1, 1, -1]]))]
    [(2, 1, 1), (0, 2, 2)]
    """
    done: list[Rectangle] = []
    open_runs: dict[tuple[int, int, int], Rectangle] = {}
    for row, line in enumerate(shades):
        going_on: dict[tuple[int, int, int], Rectangle] = {}
        for column, width, shade in _runs(line):
            before = open_runs.pop((column, width, shade), None)
            height = before.height + 1 if before else 1
            first_row = before.row if before else row
            going_on[column, width, shade] = Rectangle(column, first_row, width, height, shade)
        done.extend(open_runs.values())
        open_runs = going_on
    return done + list(open_runs.values())


def _runs(line: NDArray[np.int64]) -> Iterator[tuple[int, int, int]]:
    starts = np.flatnonzero(np.diff(line, prepend=line[0] - 1))
    ends = np.append(starts[1:], len(line))
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if line[start] >= 0:
            yield start, end - start, int(line[start])


def _blocks(image: NDArray[np.float64], factor: int) -> NDArray[np.float64]:
    height, width = (-(-side // factor) * factor for side in image.shape)
    padded = np.zeros((height, width))
    padded[: image.shape[0], : image.shape[1]] = image
    return np.asarray(padded.reshape(height // factor, factor, width // factor, factor).sum(axis=(1, 3)))
