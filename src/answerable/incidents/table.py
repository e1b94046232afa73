"""The canonical table of incidents: one row per version of an incident, typed columns, metres and UTC.

Everything downstream (quality, forecasts, evaluation) reads this table and never a publisher's file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from answerable.errors import InputError
from answerable.place import Projection

_INSTANT = pl.Datetime("us", "UTC")

SCHEMA = pl.Schema(
    {
        "incident_id": pl.String(),
        "occurred_from": _INSTANT,
        "occurred_to": _INSTANT,
        "precision": pl.String(),
        "x": pl.Int32(),
        "y": pl.Int32(),
        "place_precision": pl.String(),
        "kind": pl.String(),
        "severity": pl.String(),
        "n_harmed": pl.Int32(),
        "origin": pl.String(),
        "known_at": _INSTANT,
        "source": pl.String(),
    }
)
PRECISIONS = ("minute", "hour", "day", "month")
PLACE_PRECISIONS = ("point", "intersection", "snapped", "area", "unknown")
# From the gravest down; "none" is for what a publisher's file holds beside violence, such as theft.
SEVERITIES = ("fatal", "injury", "threat", "unknown", "none")
ORIGINS = ("reported", "discovered")
# One incident is one id of one source; its versions differ in known_at.
IDENTITY = ("source", "incident_id")


@dataclass(frozen=True)
class SourceFile:
    """One file that incidents came from: its name, the sha256 of its bytes, its layout, and its rows as read."""

    name: str
    sha256: str
    layout: str
    rows: int


@dataclass(frozen=True)
class Manifest:
    """What must be known to read a table of incidents: projection, zone, origin, and what was left at the door.

    ``crs`` is an EPSG name, ``transform`` PROJ's own words for the way from WGS84, ``tz`` the IANA zone of local
    times. ``known_at_assumed`` says that the publisher gave no date of knowledge, so the source's usual delay stood in.
    """

    crs: str
    transform: str
    tz: str
    files: tuple[SourceFile, ...] = ()
    dropped_columns: tuple[str, ...] = ()
    person_columns: tuple[str, ...] = ()
    known_at_assumed: bool = False

    @property
    def layouts(self) -> tuple[str, ...]:
        """Names of the layouts read, each once, in order."""
        return tuple(dict.fromkeys(file.layout for file in self.files))

    def as_json(self) -> dict[str, Any]:
        """Return the manifest as JSON types."""
        return asdict(self) | {
            "files": [asdict(file) for file in self.files],
            "dropped_columns": list(self.dropped_columns),
            "person_columns": list(self.person_columns),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Manifest:
        """Return the manifest that :meth:`as_json` wrote; keys it does not know are left aside."""
        return cls(
            crs=document["crs"],
            transform=document["transform"],
            tz=document["tz"],
            files=tuple(SourceFile(**file) for file in document["files"]),
            dropped_columns=tuple(document["dropped_columns"]),
            person_columns=tuple(document["person_columns"]),
            known_at_assumed=document["known_at_assumed"],
        )

    def joined(self, other: Manifest) -> Manifest:
        """Return one manifest for both tables; InputError where their projections differ."""
        if self.crs != other.crs:
            raise InputError(
                "These incidents are in two projections.",
                where=f"{self.crs} and {other.crs}",
                fix="Keep each in a workspace of its own.",
            )
        return replace(
            self,
            files=tuple(dict.fromkeys(self.files + other.files)),
            dropped_columns=tuple(dict.fromkeys(self.dropped_columns + other.dropped_columns)),
            person_columns=tuple(dict.fromkeys(self.person_columns + other.person_columns)),
            known_at_assumed=self.known_at_assumed or other.known_at_assumed,
        )


@dataclass(frozen=True, eq=False)
class Incidents:
    """Incidents in the canonical columns of :data:`SCHEMA`, with their manifest.

    ``frame`` may hold several versions of one incident, told apart by ``known_at``; :meth:`known` picks one of each.
    ``x`` and ``y`` (int32 metres in ``manifest.crs``) are null together, where the place is unknown.
    """

    frame: pl.DataFrame
    manifest: Manifest

    def __post_init__(self) -> None:
        if self.frame.schema != SCHEMA:
            wrong = [n for n, t in SCHEMA.items() if self.frame.schema.get(n) != t]
            extra = [n for n in self.frame.columns if n not in SCHEMA]
            raise ValueError(f"not the canonical columns: {wrong or extra or 'their order'}")

    @classmethod
    def empty(cls, manifest: Manifest) -> Incidents:
        """Return a table of no incidents."""
        return cls(SCHEMA.to_frame(), manifest)

    def __len__(self) -> int:
        return self.frame.height

    def known(self, at: datetime) -> Incidents:
        """Return what was known at the instant ``at``: the newest version of each incident with ``known_at <= at``,
        of those that had surely occurred by then (``occurred_to <= at``).
        """
        instant = at.astimezone(UTC)
        newest = (
            self.frame.filter(pl.col("known_at") <= instant)
            .sort("known_at", maintain_order=True)
            .unique(IDENTITY, keep="last", maintain_order=True)
        )
        return replace(self, frame=newest.filter(pl.col("occurred_to") <= instant).sort("occurred_from", *IDENTITY))

    def serious(self) -> Incidents:
        """Return the incidents a model may learn from: serious violence (severity not "none") that was reported.

        What police find on their own deployments (origin "discovered") follows the police, not the violence.
        """
        return replace(self, frame=self.frame.filter((pl.col("severity") != "none") & (pl.col("origin") == "reported")))

    def located(self) -> Incidents:
        """Return the incidents whose place is known."""
        return replace(self, frame=self.frame.filter(pl.col("x").is_not_null() & pl.col("y").is_not_null()))

    def points(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return x and y (int32 metres, shape (n,) each) of the located incidents, in the order of the frame."""
        frame = self.located().frame
        return frame["x"].to_numpy(), frame["y"].to_numpy()

    @property
    def projection(self) -> Projection:
        """The projection that ``x`` and ``y`` are in."""
        return Projection(self.manifest.crs)

    @cached_property
    def data_hash(self) -> str:
        """sha256 (hex) of projection and rows; the same for the same rows in any order."""
        ordered = self.frame.sort(*IDENTITY, "known_at", "occurred_from", "occurred_to", "x", "y", "kind")
        return hashlib.sha256(f"{self.manifest.crs}\n{ordered.write_csv()}".encode()).hexdigest()

    def _repr_html_(self) -> str:
        located = len(self.located())
        head = f"{len(self):,} incidents, {located:,} with a place, {self.manifest.crs}"
        return f"<p>{head}</p>{self.frame.head(10)._repr_html_()}"


def join(tables: list[Incidents]) -> Incidents:
    """Return several tables of one projection as one; InputError where their projections differ."""
    manifest = tables[0].manifest
    for table in tables[1:]:
        manifest = manifest.joined(table.manifest)
    return Incidents(pl.concat([table.frame for table in tables]), manifest)
