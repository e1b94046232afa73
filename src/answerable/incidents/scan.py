"""The bulk scan: street files of data.police.uk of any size, checked and counted in one pass, into slim Parquet.

For national downloads, where the canonical table would hold tens of millions of rows that no forecast needs one by one.
The files are read in batches, so memory does not grow with them; what is written is a folder:

* ``rows/part-*.parquet``: the rows that passed, in the order of the files
* ``counts/YYYY-MM.parquet``: rows by cell and crime type, sorted, one file for each month
* ``manifest.json``: what the codes mean, the projection, and the summary

Nothing stays behind where a scan fails: the folder is written under another name and renamed at the end.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from answerable.errors import InputError, UsageError
from answerable.incidents import street
from answerable.incidents.text import Progress
from answerable.place import BRITISH_NATIONAL_GRID, Projection

# In the order in which they are tested: a row counts once, under the first that holds.
REASONS = ("bad month", "unknown crime type", "missing place", "place out of bounds")
# The square of the National Grid's lettered tiles, in metres.
GRID_EAST_M, GRID_NORTH_M = 700_000, 1_300_000
# A box of degrees round that square, only to keep what is far off (swapped degrees, 0, 0) out of the projection.
_NEAR_DEG = (-12.0, 48.0, 6.0, 63.0)
_BATCH = 500_000
_KIND_BITS = len(street.TYPES).bit_length()
COLUMNS = {
    "crime_id": "UInt64: the first 16 of the 64 hexadecimal digits of Crime ID; null where the publisher gives none",
    "month": "Int16: year * 12 + month - 1",
    "kind": "UInt8: position in types",
    "outcome": "UInt8: 0 none given, else 1 + position in outcomes, 255 not listed",
    "x": "Int32: easting, whole metres, rounded down",
    "y": "Int32: northing, whole metres, rounded down",
    "cell": "UInt32: row * 65536 + column of the cell, both counted from the projection's origin",
}


@dataclass(frozen=True)
class ScanSummary:
    """What a scan read, kept and rejected (``rejected``: rows by reason), and how many counts it wrote."""

    out: Path
    files: int
    skipped: tuple[tuple[str, str], ...]
    read: int
    kept: int
    rejected: Mapping[str, int]
    without_id: int
    outcomes_not_listed: int
    counts: int
    first_month: str
    last_month: str
    cell_m: int

    def as_json(self) -> dict[str, Any]:
        """Return the summary as JSON types."""
        return asdict(self) | {"out": str(self.out), "skipped": dict(self.skipped), "rejected": dict(self.rejected)}


def scan_street(
    paths: Path | Sequence[Path], out: Path, *, cell_m: int = 250, progress: Progress | None = None
) -> ScanSummary:
    """Check and count street files (files, or folders of them) and write the folder ``out``.

    ``cell_m``: width of a cell in metres, from 20 to 100,000. ``progress`` is told bytes done (estimated), bytes in
    all, and what is being done. InputError where a file is no street file, is damaged, or no row of any passes the
    checks; UsageError where ``out`` exists already.
    """
    if not 20 <= cell_m <= 100_000:
        raise UsageError("A cell must be 20 to 100,000 metres wide.", where=f"cell {cell_m}", fix="Try 250.")
    files = street.find_street_files([paths] if isinstance(paths, Path) else paths)
    with _folder_when_done(out) as folder:
        tally = _Tally(folder, cell_m)
        try:
            for batch in _batches(files, progress):
                tally.take(batch)
        except pl.exceptions.PolarsError as error:
            where, what = street.find_damage(files.paths)
            raise InputError(what, where=where, fix="Download the file again, or mend that row.") from error
        counts = tally.write_counts()
        summary = _summary(out, files, tally, counts)
        _write_manifest(folder, files, summary)
    return summary


def _batches(files: street.StreetFiles, progress: Progress | None) -> Iterator[pl.DataFrame]:
    total = sum(path.stat().st_size for path in files.paths)
    row_bytes = _row_bytes(files.paths[0])
    done = 0
    for header, paths in files.groups:
        lazy = street.coded(header, paths)
        for batch in lazy.collect_batches(chunk_size=_BATCH, maintain_order=True, engine="streaming"):
            yield batch
            done += batch.height
            if progress:
                progress(min(total, int(done * row_bytes)), total, "Scanning")


def _row_bytes(path: Path) -> float:
    with path.open("rb") as file:
        sample = file.read(1 << 16)
    return len(sample) / max(1, sample.count(b"\n"))


@dataclass
class _Tally:
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
        dtype = np.uint64 if wide else np.uint32
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


def _summary(out: Path, files: street.StreetFiles, tally: _Tally, counts: int) -> ScanSummary:
    rejected = dict(zip(REASONS, tally.rejected.tolist(), strict=True))
    if not tally.kept:
        why = ", ".join(f"{n:,} {reason}" for reason, n in rejected.items() if n) or "there are no rows"
        raise InputError(
            "No row passed the checks.",
            where=f"{', '.join(map(str, files.paths[:3]))}: {why}",
            fix="Check that longitude and latitude are not swapped and that this is the file as published.",
        )
    return ScanSummary(
        out=out,
        files=len(files.paths),
        skipped=files.skipped,
        read=tally.read,
        kept=tally.kept,
        rejected=rejected,
        without_id=tally.without_id,
        outcomes_not_listed=tally.outcomes_not_listed,
        counts=counts,
        first_month=month_name(min(tally.months)),
        last_month=month_name(max(tally.months)),
        cell_m=tally.cell_m,
    )


def _write_manifest(folder: Path, files: street.StreetFiles, summary: ScanSummary) -> None:
    projection = Projection(BRITISH_NATIONAL_GRID)
    document = {
        "layout": "police-uk-slim",
        "version": 1,
        "crs": projection.crs,
        "transform": projection.transform_name,
        "columns": COLUMNS,
        "types": street.TYPES,
        "outcomes": street.OUTCOMES,
        "files": [{"name": path.name, "bytes": path.stat().st_size} for path in files.paths],
        "summary": {name: value for name, value in summary.as_json().items() if name != "out"},
    }
    (folder / "manifest.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf8")


@contextmanager
def _folder_when_done(out: Path) -> Iterator[Path]:
    if out.exists():
        raise UsageError("This folder exists already.", where=str(out), fix="Name a new one, or remove it first.")
    partial = out.with_name(f".{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        for name in ("rows", "counts"):
            (partial / name).mkdir(parents=True)
        yield partial
        partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
