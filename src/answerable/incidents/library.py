"""The workspace's incidents on disk: one Parquet file and one manifest for each import that added something.

An import is there when its manifest is there, and the manifest is written last; what a killed import leaves behind is
never read and is cleared away by the next one. Old versions of an incident are kept for ever.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from answerable.errors import InputError, IntegrityError, NotAllowed
from answerable.incidents.atomic import locked, write_file
from answerable.incidents.reading import Reading
from answerable.incidents.summary import ImportSummary
from answerable.incidents.table import IDENTITY, SCHEMA, Incidents, Manifest, join
from answerable.place import Projection

if TYPE_CHECKING:
    from answerable.incidents.mapping import Mapping

_CONTENT = [name for name in SCHEMA.names() if name != "known_at"]
_FORMAT = 1


@dataclass(frozen=True)
class _Batch:
    """One import on disk: the manifest's document and where its rows are."""

    rows: Path
    sha256: str
    manifest: Manifest

    def read(self) -> Incidents:
        try:
            raw = self.rows.read_bytes()
        except FileNotFoundError as error:
            raise IntegrityError(
                "The rows of an import are gone.", where=str(self.rows), fix="Restore the workspace from its backup."
            ) from error
        if hashlib.sha256(raw).hexdigest() != self.sha256:
            raise IntegrityError(
                "The rows of an import were altered after it.",
                where=str(self.rows),
                fix="Restore the workspace from its backup.",
            )
        return Incidents(pl.read_parquet(raw), self.manifest)


@dataclass(frozen=True)
class Import:
    """One import: its number, when it was made, the names of its files, and how many rows it added."""

    number: int
    at: datetime
    files: tuple[str, ...]
    rows: int


class IncidentLibrary:
    """The incidents of a workspace, kept in ``folder`` (made at the first import)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def projection(self) -> Projection | None:
        """The workspace's projection, chosen by its first import; None before that."""
        batches = self._batches()
        return Projection(batches[0].manifest.crs) if batches else None

    def load(self) -> Incidents:
        """Return all versions of all incidents; InputError where nothing was imported, IntegrityError if altered."""
        batches = self._batches()
        if not batches:
            raise InputError(
                "No incidents have been imported.", where=str(self.folder), fix="Import a file: answerable import FILE."
            )
        return join([batch.read() for batch in batches])

    def __len__(self) -> int:
        """Return the number of imports that added something."""
        return len(self._batches())

    def add(self, reading: Reading) -> ImportSummary:
        """Add what is new in ``reading`` and return the summary of what that was.

        An incident in the same words is known already. One that the publisher has changed becomes a new version, known
        from the publisher's date if that is later, else from the time of import. What a newer file no longer holds
        stays. Safe under several processes; nothing half-added stays behind.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with locked(self.folder / ".lock"):
            self._clear_leftovers()
            batches = self._batches()
            new, revised = reading.incidents.frame, 0
            if batches:
                stored = join([batch.read() for batch in batches])
                stored.manifest.joined(reading.incidents.manifest)
                new, revised = _news(reading, stored, seen=_seen_before(reading, batches))
            if new.height:
                self._write(replace(reading.incidents, frame=new), len(batches) + 1, reading)
        known = reading.incidents.frame.height - new.height
        return replace(reading.summary, kept=new.height, already_known=known, revised=revised)

    def remember(self, mapping: Mapping, columns: Sequence[str]) -> None:
        """Keep ``mapping`` for files with this set of columns."""
        folder = self.folder / "mappings"
        folder.mkdir(parents=True, exist_ok=True)
        write_file(folder / f"{_columns_key(columns)}.yaml", mapping.as_yaml().encode())

    def recall(self, columns: Sequence[str]) -> Mapping | None:
        """Return the mapping remembered for files with this set of columns, if any."""
        path = self.folder / "mappings" / f"{_columns_key(columns)}.yaml"
        if not path.exists():
            return None
        from answerable.incidents.mapping import load_mapping

        return load_mapping(path)

    def imports(self) -> list[Import]:
        """Return what each import was, the oldest first."""
        found = []
        for path in self._manifests():
            document: dict[str, Any] = json.loads(path.read_text("utf-8"))
            files = tuple(file.name for file in Manifest.from_json(document["manifest"]).files)
            at = datetime.fromisoformat(document["imported_at"])
            found.append(Import(int(path.stem.partition("-")[2]), at, files, document["counts"]["incidents"]))
        return found

    def undo(self, number: int) -> Import:
        """Take the newest import back, which is ``number``, and return what it was; its mapping stays remembered.

        NotAllowed where another came after it, or there is none of that number. Whole or not at all: the manifest goes
        first, and rows without one are never read.
        """
        with locked(self.folder / ".lock"):
            known = self.imports()
            if not known or known[-1].number != number:
                raise NotAllowed(
                    "Only the newest import can be taken back.", where=f"import {number}", fix="Look at the list anew."
                )
            (self.folder / f"batch-{number:06d}.json").unlink()
            self._clear_leftovers()
        return known[-1]

    def _manifests(self) -> list[Path]:
        return sorted(self.folder.glob("batch-*.json"))

    def _batches(self) -> list[_Batch]:
        found = []
        for path in self._manifests():
            document: dict[str, Any] = json.loads(path.read_text("utf-8"))
            rows = self.folder / document["rows"]
            found.append(_Batch(rows, document["sha256"], Manifest.from_json(document["manifest"])))
        return found

    def _write(self, incidents: Incidents, number: int, reading: Reading) -> None:
        from io import BytesIO

        buffer = BytesIO()
        incidents.frame.write_parquet(buffer, compression="zstd", compression_level=3)
        raw = buffer.getvalue()
        digest = hashlib.sha256(raw).hexdigest()
        name = f"batch-{number:06d}-{digest[:12]}.parquet"
        write_file(self.folder / name, raw)
        document = {
            "format": _FORMAT,
            "rows": name,
            "sha256": digest,
            "imported_at": reading.read_at.isoformat(),
            "counts": {"incidents": incidents.frame.height, **_counts(reading.summary)},
            "manifest": incidents.manifest.as_json(),
        }
        text = json.dumps(document, indent=1, ensure_ascii=False)
        write_file(self.folder / f"batch-{number:06d}.json", text.encode())

    def _clear_leftovers(self) -> None:
        """Remove what an import left that was killed before its manifest was there. The lock is ours."""
        kept = {batch.rows.name for batch in self._batches()}
        for path in [*self.folder.glob("batch-*.parquet"), *self.folder.glob("*.partial")]:
            if path.name not in kept:
                path.unlink(missing_ok=True)


def _counts(summary: ImportSummary) -> dict[str, int]:
    names = (
        "read",
        "rejected",
        "merged",
        "superseded",
        "without_place",
        "ambiguous_times",
        "outside_region",
        "repeated_ids",
    )
    return {name: getattr(summary, name) for name in names}


def _columns_key(columns: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sorted(columns)).encode()).hexdigest()[:16]


def _seen_before(reading: Reading, batches: list[_Batch]) -> bool:
    """Say whether every file of the reading has already been imported, by its bytes and as the same layout."""
    seen = {(file.sha256, file.layout) for batch in batches for file in batch.manifest.files}
    return all((file.sha256, file.layout) in seen for file in reading.incidents.manifest.files)


def _news(reading: Reading, stored: Incidents, *, seen: bool) -> tuple[pl.DataFrame, int]:
    """Return the rows to add and how many of them are new versions.

    A row is compared with the newest version only, so that a publisher can go back to an older one; a file seen before
    is compared with all, so that importing it again after its successor adds nothing.
    """
    newest = (
        stored.frame.sort("known_at", maintain_order=True).unique(IDENTITY, keep="last", maintain_order=True)
    )  # fmt: skip
    against = stored.frame if seen else newest
    fresh = reading.incidents.frame.join(against, on=_CONTENT, how="anti", nulls_equal=True, maintain_order="left")
    last = newest.select(*IDENTITY, _last=pl.col("known_at"))
    dated = fresh.join(last, on=IDENTITY, how="left", maintain_order="left")
    later = pl.max_horizontal(pl.lit(reading.read_at).cast(pl.Datetime("us", "UTC")), "_after")
    own = pl.lit(not reading.incidents.manifest.known_at_assumed) & (pl.col("known_at") > pl.col("_last"))
    revised = pl.col("_last").is_not_null()
    # Versions are told apart by known_at, so that of a new one must come after that of the last.
    versioned = dated.with_columns(_after=pl.col("_last") + pl.duration(microseconds=1)).with_columns(
        known_at=pl.when(~revised | own).then("known_at").otherwise(later)
    )
    return versioned.select(SCHEMA.names()), int(versioned.select(revised.sum()).item())
