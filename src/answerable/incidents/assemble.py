"""Puts the cleaned rows of all files of one import together: ids, metres, known_at, manifest and summary."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from answerable.errors import InputError
from answerable.incidents.classes import known_at as known_at_of
from answerable.incidents.files import OpenFile
from answerable.incidents.persons import is_person_column
from answerable.incidents.places import zone_city
from answerable.incidents.rejects import REJECTS
from answerable.incidents.sources import Source
from answerable.incidents.summary import ImportSummary
from answerable.incidents.table import SCHEMA, Incidents, Manifest, SourceFile
from answerable.place import Projection, choose_projection

# What a part's frame holds: incidents with their ids, not yet metres or known_at.
COLUMNS = (
    "incident_id", "_repeated", "occurred_from", "occurred_to", "precision", "_ambiguous", "_lon",
    "_lat", "kind", "severity", "n_harmed", "origin", "_known",
)  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """What was read: the incidents, the summary, the rejected rows (file, row, column, value, reason), and when."""

    incidents: Incidents
    summary: ImportSummary
    rejects: pl.DataFrame
    read_at: datetime


@dataclass(frozen=True)
class Part:
    """One file, read and cleaned: ``frame`` in :data:`COLUMNS`, ``rows`` as read, ``aside`` rows set aside by type,
    ``merged`` rows of further victims.
    """

    file: OpenFile
    source: Source
    tz: str | None
    frame: pl.DataFrame
    rejects: pl.DataFrame
    rows: int
    aside: dict[str, int]
    merged: int
    dropped: tuple[str, ...]


def assemble(
    parts: list[Part],
    *,
    tz: str | None,
    not_read: dict[str, str],
    projection: Projection | None,
    known_at: datetime | None,
    now: datetime,
) -> Reading:
    """Return the reading of all ``parts``; InputError where no place can be found to choose a projection by."""
    instant = now.astimezone(UTC)
    frame = pl.concat([_of_one_source(group, now=instant, known_at=known_at) for group in _by_source(parts)])
    projection = projection or _projection(frame, parts)
    frame = _in_metres(frame, projection)
    rejects = pl.concat([REJECTS.to_frame(), *[part.rejects for part in parts]]).sort("file", "row")
    dropped = tuple(dict.fromkeys(column for part in parts for column in part.dropped))
    manifest = Manifest(
        crs=projection.crs,
        transform=projection.transform_name,
        tz=parts[0].tz or "UTC",
        files=tuple(SourceFile(p.file.path.name, p.file.sha256, p.source.name, p.rows) for p in parts),
        dropped_columns=dropped,
        person_columns=tuple(column for column in dropped if is_person_column(column)),
        known_at_assumed=bool(frame["_assumed"].any()),
    )
    table = frame.sort("occurred_from", "source", "incident_id").select(SCHEMA.names()).cast(SCHEMA)
    summary = _summary(parts, frame, rejects, manifest, not_read=not_read, tz=tz)
    return Reading(Incidents(table, manifest), summary, rejects, instant)


def _by_source(parts: list[Part]) -> list[list[Part]]:
    groups: dict[str, list[Part]] = {}
    for part in parts:
        groups.setdefault(part.source.name, []).append(part)
    return list(groups.values())


def _of_one_source(group: list[Part], *, now: datetime, known_at: datetime | None) -> pl.DataFrame:
    """Join the files of one source; where files overlap, the later one stands for the incident."""
    source = group[0].source
    rows = pl.concat([part.frame for part in group])
    if len(group) > 1:
        rows = rows.unique("incident_id", keep="last", maintain_order=True)
    return rows.with_columns(
        known_at=known_at_of(source, now=now, override=known_at),
        _assumed=pl.col("_known").is_null() & pl.lit(known_at is None),
        _outside=_outside(source),
        place_precision=pl.when(pl.col("_lon").is_null())
        .then(pl.lit("unknown"))
        .otherwise(pl.lit(source.where.precision)),
        source=pl.lit(source.name),
    )


def _outside(source: Source) -> pl.Expr:
    if source.region is None:
        return pl.lit(value=False)
    west, south, east, north = source.region
    inside = pl.col("_lon").is_between(west, east) & pl.col("_lat").is_between(south, north)
    return (~inside).fill_null(value=False)


def _projection(frame: pl.DataFrame, parts: list[Part]) -> Projection:
    """Choose by the middle of the points; without any, by the source's region or the city of the time zone."""
    lon, lat = frame.select(pl.col("_lon").median(), pl.col("_lat").median()).row(0)
    if lon is not None:
        return choose_projection(lon, lat)
    for part in parts:
        if part.source.region is not None:
            west, south, east, north = part.source.region
            return choose_projection((west + east) / 2, (south + north) / 2)
        city = zone_city(part.tz) if part.tz else None
        if city is not None:
            return choose_projection(*city)
    raise InputError(
        "None of these rows has coordinates, so there is no place to lay a grid on.",
        where=parts[0].file.path.name,
        fix="Check which columns hold the coordinates, or describe them in a mapping file (--mapping).",
    )


def _in_metres(frame: pl.DataFrame, projection: Projection) -> pl.DataFrame:
    """Add ``x`` and ``y``; each distinct point is projected once."""
    points = frame.select("_lon", "_lat").drop_nulls().unique(maintain_order=True)
    if points.is_empty():
        return frame.with_columns(x=pl.lit(None, pl.Int32), y=pl.lit(None, pl.Int32))
    _check_near(points, projection)
    x, y = projection.forward(points["_lon"].to_numpy(), points["_lat"].to_numpy())
    placed = points.with_columns(x=pl.Series(x), y=pl.Series(y))
    return frame.join(placed, on=("_lon", "_lat"), how="left", maintain_order="left")


def _check_near(points: pl.DataFrame, projection: Projection) -> None:
    """Refuse data that lie far from the workspace's projection, where metres would no longer be metres."""
    lon, lat = points.select(pl.col("_lon").median(), pl.col("_lat").median()).row(0)
    centre_lon, centre_lat = projection.inverse([500_000], [5_000_000 if _is_utm(projection) else 300_000])
    own = choose_projection(lon, lat)
    if own == projection or (abs(lon - centre_lon[0]) <= 9 and (_is_utm(projection) or abs(lat - centre_lat[0]) <= 12)):
        return
    raise InputError(
        f"These points (around longitude {lon:.2f}, latitude {lat:.2f}) lie far outside the projection of this "
        f"workspace, {projection.crs}.",
        where=f"their own would be {own.crs}",
        fix="Import them into a workspace of their own, and check that longitude and latitude are not swapped.",
    )


def _is_utm(projection: Projection) -> bool:
    return projection.crs.startswith(("EPSG:326", "EPSG:327"))


def _summary(
    parts: list[Part],
    frame: pl.DataFrame,
    rejects: pl.DataFrame,
    manifest: Manifest,
    *,
    not_read: dict[str, str],
    tz: str | None,
) -> ImportSummary:
    aside: Counter[str] = Counter()
    for part in parts:
        aside.update(part.aside)
    flags = frame.select(
        pl.col("x").is_null().sum().alias("placeless"), pl.col("_ambiguous", "_outside", "_repeated").sum()
    ).row(0, named=True)
    unused = sorted({part.source.title for part in parts if tz and part.source.tz and part.source.tz != tz})
    return ImportSummary(
        layout=", ".join(manifest.layouts),
        read=sum(part.rows for part in parts),
        kept=frame.height,
        rejected=rejects.height,
        merged=sum(part.merged for part in parts),
        superseded=sum(part.frame.height for part in parts) - frame.height,
        set_aside=dict(aside.most_common()),
        dropped_columns=manifest.dropped_columns,
        person_columns=manifest.person_columns,
        without_place=flags["placeless"],
        ambiguous_times=flags["_ambiguous"],
        outside_region=flags["_outside"],
        repeated_ids=flags["_repeated"],
        known_at_assumed=manifest.known_at_assumed,
        tz=manifest.tz,
        crs=manifest.crs,
        files=tuple(file.name for file in manifest.files),
        not_read=not_read,
        notes=tuple(f"{title}: its times are in the zone of its publisher, so {tz} was not used." for title in unused),
    )
