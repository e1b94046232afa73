"""Reads files of incidents as their publishers write them into the canonical table. The one way in.

A file that does not hold together stops the whole import; a row that does not is rejected, with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from answerable.errors import InputError
from answerable.incidents.assemble import COLUMNS, Part, Reading, assemble
from answerable.incidents.classes import classify, read_known, set_aside
from answerable.incidents.files import OpenFile, open_file
from answerable.incidents.identity import identify, made_within, own_id
from answerable.incidents.places import read_places
from answerable.incidents.rejects import check_share, problem, split
from answerable.incidents.sources import Source, key, recognise, refused, source_named, sources
from answerable.incidents.text import Progress
from answerable.incidents.times import read_times
from answerable.place import Projection

if TYPE_CHECKING:
    from answerable.incidents.mapping import Mapping

__all__ = ["Reading", "choose_source", "read_incidents"]

Remembered = Callable[[Sequence[str]], "Mapping | None"]


def read_incidents(
    paths: Iterable[Path] | Path,
    *,
    layout: str | None = None,
    mapping: Mapping | Path | None = None,
    encoding: str | None = None,
    tz: str | None = None,
    known_at: datetime | None = None,
    now: datetime,
    projection: Projection | None = None,
    progress: Progress | None = None,
    remembered: Remembered | None = None,
    lenient: bool = False,
) -> Reading:
    """Read one or more files, or a download folder of data.police.uk, into incidents.

    ``layout`` names a known one, ``mapping`` describes another; without either the columns decide, ``remembered``
    mappings among them. ``encoding`` is that of text that is not UTF-8; a mapping may name it too. ``tz``: the zone of
    times without one, where the layout does not know it. ``known_at`` overrides when the rows became known; ``now`` is
    the time of import. ``projection``: the workspace's, or None to choose one by the middle of the data.
    ``progress(done, total, label)``. ``lenient`` lets any share of rows fail.

    InputError for files that cannot be read; UsageError for an unknown layout or zone, or a missing one.
    """
    files, not_read = _files([paths] if isinstance(paths, Path) else list(paths))
    mapping = _loaded(mapping)
    parts = []
    for number, path in enumerate(files):
        file = open_file(
            path,
            encoding=encoding or (mapping.encoding if mapping else None),
            sheet=mapping.sheet if mapping else None,
            progress=progress,
        )
        source = choose_source(file, layout=layout, mapping=mapping, remembered=remembered)
        parts.append(_read(file, source, number, tz, now=now, lenient=lenient))
        if progress:
            progress(number + 1, len(files), "reading")
    return assemble(parts, tz=tz, not_read=not_read, projection=projection, known_at=known_at, now=now)


def choose_source(
    file: OpenFile, *, layout: str | None = None, mapping: Mapping | None = None, remembered: Remembered | None = None
) -> Source:
    """Return the source that fits a file; InputError where it is refused, or where none fits."""
    name = file.path.name
    refuse(file)
    recalled = mapping or (remembered(file.columns) if remembered and layout is None else None)
    if recalled is not None:
        source: Source | None = recalled.to_source()
    else:
        source = source_named(layout) if layout is not None else recognise(file.columns)
    if source is None:
        raise InputError(
            f"These columns match no known layout: {', '.join(file.columns) or 'none'}.",
            where=f"{name}, row 1",
            fix=f"Known layouts: {', '.join(s.name for s in sources())}. See what we would guess with --preview, "
            "or describe the columns in a mapping file (--mapping).",
        )
    have = {key(column) for column in file.columns}
    lacking = [column for column in source.identified_by if key(column) not in have]
    if lacking:
        raise InputError(
            f"The layout {source.name} needs columns that this file lacks: {', '.join(lacking)}.",
            where=f"{name}, row 1",
            fix=f"The file has {', '.join(file.columns)}.",
        )
    return source


def refuse(file: OpenFile) -> None:
    """Raise InputError, with the reason and what the file can be used for, where its layout is never imported."""
    refusal = refused(file.columns)
    if refusal is not None:
        raise InputError(refusal.reason, where=f"{file.path.name}, recognised as {refusal.title}", fix=refusal.use)


def _files(paths: list[Path]) -> tuple[list[Path], dict[str, str]]:
    """Return the files to read; of a folder its street files, with the reason for each other file left aside."""
    found: list[Path] = []
    not_read: dict[str, str] = {}
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        from answerable.incidents.street import find_street_files

        if not any(path.rglob("*.csv")):
            open_file(path)
        street = find_street_files([path])
        found.extend(street.paths)
        not_read |= dict(street.skipped)
    return found, not_read


def _loaded(mapping: Mapping | Path | None) -> Mapping | None:
    if isinstance(mapping, Path):
        from answerable.incidents.mapping import load_mapping

        return load_mapping(mapping)
    return mapping


def _read(file: OpenFile, source: Source, number: int, tz: str | None, *, now: datetime, lenient: bool) -> Part:
    spelled = {key(column): column for column in reversed(file.columns)}
    wanted = {name: spelled[key(name)] for name in source.allowed if key(name) in spelled}
    raw = file.frame(list(wanted.values())).rename({there: here for here, there in wanted.items()})
    absent = [pl.lit(None, pl.String).alias(name) for name in source.allowed if name not in wanted]
    name = file.path.name
    frame = _as_text(raw, source).with_columns(*absent, _file=pl.lit(name), _file_number=pl.lit(number))
    zone = source.tz or tz
    kept, aside = set_aside(frame, source)
    timed, bad_times = read_times(kept, source.when, zone, name)
    placed, bad_places = read_places(timed, source, zone, name)
    classed, bad_classes = classify(placed, source)
    named = classed.with_columns(incident_id=own_id(source), _within=made_within(source))
    known, bad_known = read_known(named, source, zone, name)
    good, future = split(
        known, problem(source.when.date, pl.col("occurred_from") > pl.lit(now), "this is in the future")
    )
    rejects = pl.concat([r for r in (bad_times, bad_places, bad_classes, bad_known, future) if r is not None])
    if not lenient:
        check_share(rejects, kept.height, name)
    dropped = tuple(column for column in file.columns if column not in wanted.values())
    incidents = identify(good, victims=source.victims).select(COLUMNS)
    merged = good.height - incidents.height
    return Part(file, source, zone, incidents, rejects, frame.height, aside, merged, dropped)


def _as_text(raw: pl.DataFrame, source: Source) -> pl.DataFrame:
    """Cast the columns that are neither times nor coordinates to text, as expressions over them expect."""
    typed = {source.when.date, source.when.time, source.where.x, source.where.y, "_row"}
    typed.add(source.known.column if source.known else None)
    texts = [name for name in raw.columns if name not in typed]
    whole = [pl.col(name).cast(pl.String).str.replace(r"^(-?\d+)\.0$", "$1") for name in texts]
    dates = [name for name in typed if name in raw.columns and name != "_row" and not raw.schema[name].is_temporal()]
    coordinates = {source.where.x, source.where.y}
    return raw.with_columns(*whole, *[pl.col(name).cast(pl.String) for name in dates if name not in coordinates])
