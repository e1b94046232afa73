"""Checks and counts one batch of a bulk scan after another, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from answerable.incidents import street
from answerable.place import BRITISH_NATIONAL_GRID, Projection

# In the order in which they are tested: a row counts once, under the first that holds.
REASONS = ("bad month", "unknown crime type", "missing place", "place out of bounds")
# The square of the National Grid's lettered tiles, in metres.
GRID_EAST_M, GRID_NORTH_M = 700_000, 1_300_000
# A box of degrees round that square, only to keep what is far off (swapped degrees, 0, 0) out of the projection.
_NEAR_DEG = (-12.0, 48.0, 6.0, 63.0)
_KIND_BITS = (len(street.TYPES) - 1).bit_length()


@dataclass
class Tally:
    """Takes batch after batch: checks, projects, writes the rows that pass, and keeps one number of each for counting.

    That number is (cell, kind) in four bytes, kept by month: 90 million rows are 360 MB, and each month is counted by
    itself at the end.
    """

    folder: Path
    cell_m: int
    read: int = 0
    kept: int = 0
    without_id: int = 0
    outcomes_not_listed: int = 0
    rejected: NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(REASONS), np.int64))
    parts: int = 0
    months: dict[int, list[NDArray[np.unsignedinteger]]] = field(default_factory=dict)

    def take(self, batch: pl.DataFrame) -> None:
        """Check one batch of :func:`street.coded`, and write and count what passes."""
        reasons, x, y = check_places(batch)
        good = reasons == len(REASONS)
        self.read += batch.height
        self.rejected += np.bincount(reasons, minlength=len(REASONS) + 1)[:-1]
        if not x.size:
            return
        column, row = x // self.cell_m, y // self.cell_m
        rows = (
            batch.select("crime_id", "month", "kind", "outcome")
            .filter(pl.Series(good))
            .with_columns(x=pl.Series(x), y=pl.Series(y), cell=pl.Series((row << 16 | column).astype(np.uint32)))
        )
        self.kept += rows.height
        self.without_id += rows["crime_id"].null_count()
        self.outcomes_not_listed += int((rows["outcome"] == street.OTHER_OUTCOME).sum())
        self._remember(rows["month"].to_numpy(), column, row, rows["kind"].to_numpy())
        rows.write_parquet(
            self.folder / "rows" / f"part-{self.parts:04d}.parquet", compression="zstd", compression_level=1
        )
        self.parts += 1

    @property
    def _column_bits(self) -> int:
        return (GRID_EAST_M // self.cell_m).bit_length()

    def _remember(
        self, month: NDArray[np.int16], column: NDArray[np.int32], row: NDArray[np.int32], kind: NDArray[np.uint8]
    ) -> None:
        bits = _KIND_BITS + self._column_bits
        wide = bits + (GRID_NORTH_M // self.cell_m).bit_length() > 32
        dtype: Any = np.uint64 if wide else np.uint32
        keys = row.astype(dtype) << dtype(bits) | column.astype(dtype) << dtype(_KIND_BITS) | kind
        order = np.argsort(month, kind="stable")
        month, keys = month[order], keys[order]
        starts = np.flatnonzero(np.diff(month, prepend=street.NOT_A_MONTH))
        for start, part in zip(starts, np.split(keys, starts[1:]), strict=True):
            self.months.setdefault(int(month[start]), []).append(part)

    def write_counts(self) -> int:
        """Write ``month, cell, kind, n`` for each month, forgetting it; return the number of counts in all."""
        written = 0
        for month in sorted(self.months):
            keys, n = _runs(np.concatenate(self.months[month]))
            self.months[month] = []
            dtype = keys.dtype.type
            place = keys >> dtype(_KIND_BITS)
            row, column = place >> dtype(self._column_bits), place & dtype((1 << self._column_bits) - 1)
            frame = pl.DataFrame(
                {
                    "month": np.full(keys.size, month, np.int16),
                    "cell": (row << dtype(16) | column).astype(np.uint32),
                    "kind": (keys & dtype((1 << _KIND_BITS) - 1)).astype(np.uint8),
                    "n": n.astype(np.uint32),
                }
            )
            frame.write_parquet(
                self.folder / "counts" / f"{month_name(month)}.parquet", compression="zstd", compression_level=1
            )
            written += keys.size
        return written


def check_places(batch: pl.DataFrame) -> tuple[NDArray[np.intp], NDArray[np.int32], NDArray[np.int32]]:
    """Return the reason of each row (position in REASONS, len(REASONS) if it passes) and x, y of those that pass.

    Reasons have shape (n,); x and y are whole metres of the British National Grid, shape (n passing,).
    """
    lon, lat = batch["lon"].to_numpy(), batch["lat"].to_numpy()
    west, south, east, north = _NEAR_DEG
    near = (lon > west) & (lon < east) & (lat > south) & (lat < north)
    bad = (
        batch["month"].to_numpy() == street.NOT_A_MONTH,
        batch["kind"].to_numpy() == street.NOT_A_TYPE,
        np.isnan(lon) | np.isnan(lat),
        ~near,
    )
    reasons = np.full(batch.height, len(REASONS), np.intp)
    for reason in reversed(range(len(REASONS))):
        reasons[bad[reason]] = reason
    passing = np.flatnonzero(reasons == len(REASONS))
    if not passing.size:
        return reasons, np.empty(0, np.int32), np.empty(0, np.int32)
    x, y = Projection(BRITISH_NATIONAL_GRID).forward(lon[passing], lat[passing])
    on_grid = (x >= 0) & (x < GRID_EAST_M) & (y >= 0) & (y < GRID_NORTH_M)
    if not on_grid.all():
        reasons[passing[~on_grid]] = len(REASONS) - 1
        x, y = x[on_grid], y[on_grid]
    return reasons, x, y


def _runs(keys: NDArray[np.unsignedinteger]) -> tuple[NDArray[np.unsignedinteger], NDArray[np.intp]]:
    keys.sort()
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return keys[starts], np.diff(starts, append=keys.size)


def month_name(month: int) -> str:
    """Write a month index as the publisher does.

    >>> month_name(2018 * 12 + 10)
    '2018-11'
    """
    return f"{month // 12}-{month % 12 + 1:02d}"
