"""Shows what an import would do, without doing it: the layout or guessed mapping, first rows, rows that would fail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from answerable.incidents.files import open_file
from answerable.incidents.guess import guess_mapping, mapping_name
from answerable.incidents.persons import is_person_column
from answerable.incidents.reading import Remembered, read_incidents, refuse
from answerable.incidents.sources import recognise
from answerable.incidents.summary import ImportSummary

if TYPE_CHECKING:
    from answerable.incidents.mapping import Mapping

_SHOWN = ("incident_id", "occurred_from", "occurred_to", "precision", "lon", "lat", "kind", "severity", "n_harmed")
_GUESS_ROWS = 1000


@dataclass(frozen=True)
class Preview:
    """What an import would do. ``mapping`` is the one used or guessed, None for a known layout.

    ``rows``: the first incidents as they would be kept, times in UTC and points in degrees; ``rejects``: the first rows
    that would fail, with the reasons; ``summary``: of the whole file.
    """

    layout: str
    mapping: Mapping | None
    guessed: bool
    rows: pl.DataFrame
    rejects: pl.DataFrame
    summary: ImportSummary

    def as_json(self) -> dict[str, Any]:
        """Return the preview as JSON types, times in ISO 8601."""
        instants = pl.col(pl.Datetime).dt.to_string("iso:strict")
        return {
            "layout": self.layout,
            "guessed": self.guessed,
            "mapping": self.mapping.model_dump(exclude_defaults=True) if self.mapping else None,
            "rows": self.rows.with_columns(instants).to_dicts(),
            "rejects": self.rejects.to_dicts(),
            "summary": self.summary.as_json(),
        }


def preview(
    path: Path,
    *,
    layout: str | None = None,
    mapping: Mapping | Path | None = None,
    encoding: str | None = None,
    tz: str | None = None,
    now: datetime,
    remembered: Remembered | None = None,
    first: int = 5,
) -> Preview:
    """Return what importing ``path`` would do, the first rows only; guess a mapping where no layout fits.

    InputError for a file that cannot be read at all, or whose columns cannot be guessed; nothing is kept.
    """
    used, guessed = _mapping_for(path, layout, mapping, encoding, remembered)
    reading = read_incidents(path, layout=layout, mapping=used, encoding=encoding, tz=tz, now=now, lenient=True)
    table = reading.incidents
    head = table.frame.head(first)
    lon, lat = table.projection.inverse(head["x"].fill_null(0).to_numpy(), head["y"].fill_null(0).to_numpy())
    located = pl.col("x").is_not_null()
    degrees = head.with_columns(lon=pl.Series(lon).round(6), lat=pl.Series(lat).round(6))
    rows = degrees.with_columns(pl.when(located).then(pl.col("lon", "lat"))).select(_SHOWN)
    rejects = reading.rejects.head(first)
    return Preview(reading.summary.layout, used, guessed, rows, rejects, reading.summary)


def _mapping_for(
    path: Path,
    layout: str | None,
    mapping: Mapping | Path | None,
    encoding: str | None,
    remembered: Remembered | None,
) -> tuple[Mapping | None, bool]:
    """Return the mapping to use (None for a known layout), and whether it is a guess."""
    if isinstance(mapping, Path):
        from answerable.incidents.mapping import load_mapping

        mapping = load_mapping(mapping)
    if mapping is not None or layout is not None or path.is_dir():
        return mapping, False
    file = open_file(path, encoding=encoding)
    recalled = remembered(file.columns) if remembered else None
    if recalled is not None:
        return recalled, False
    refuse(file)
    if recognise(file.columns) is not None:
        return None, False
    named = [column for column in file.columns if column and not is_person_column(column)]
    sample = file.frame(named).head(_GUESS_ROWS).drop("_row")
    guess = guess_mapping(file.columns, sample)
    return guess.model_copy(update={"name": mapping_name(path.name), "encoding": encoding}), True
