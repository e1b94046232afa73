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
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from answerable.errors import InputError, UsageError
from answerable.incidents import street
from answerable.incidents.tally import REASONS, Tally, month_name
from answerable.incidents.text import Progress
from answerable.place import BRITISH_NATIONAL_GRID, Projection

_BATCH = 500_000
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
        tally = Tally(folder, cell_m)
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


def count_repeats(folder: Path) -> int:
    """Return how many rows of a scan's folder repeat the Crime ID of another: the second pass over slim Parquet."""
    ids = pl.read_parquet(folder / "rows" / "*.parquet", columns=["crime_id"])["crime_id"].drop_nulls().to_numpy()
    ids = np.sort(ids)
    return int((ids[1:] == ids[:-1]).sum())


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


def _summary(out: Path, files: street.StreetFiles, tally: Tally, counts: int) -> ScanSummary:
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
