"""Import incidents into a workspace: read, keep what is new, and take over the file's time zone and mapping."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from answerable.errors import NotAllowed, UsageError
from answerable.incidents.files import open_file
from answerable.incidents.library import Import
from answerable.incidents.mapping import load_mapping
from answerable.incidents.preview import Preview, preview
from answerable.incidents.reading import read_incidents
from answerable.place import parse_instant
from answerable.service.workspace import Workspace

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class How:
    """How files are to be read, where they do not say it themselves: a layout, a mapping file, a time zone, and the
    encoding of text that is not UTF-8.
    """

    layout: str | None = None
    mapping: Path | None = None
    tz: str | None = None
    encoding: str | None = None


@dataclass(frozen=True)
class Imported:
    """What an import did; ``zone_taken`` is the zone that the workspace has kept its times in since, if it had none."""

    summary: dict[str, Any]
    sentences: list[str]
    zone_taken: str
    rejects_file: Path | None


def import_incidents(
    workspace: Workspace,
    files: Sequence[Path],
    how: How | None = None,
    *,
    known_at: str = "",
    rejects: Path | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Import ``files``: all of them or, where one cannot be read, none (InputError).

    ``rejects`` names a file for the rows that failed. A mapping that was used is remembered for the same columns.
    """
    how = how or How()
    zone = how.tz or workspace.settings.time_zone or None
    known = load_mapping(how.mapping) if how.mapping else None
    reading = read_incidents(
        list(files),
        layout=how.layout,
        mapping=known,
        encoding=how.encoding,
        tz=zone,
        known_at=parse_instant(known_at, zone or "UTC") if known_at else None,
        now=workspace.clock.now(),
        projection=workspace.library.projection,
        progress=progress,
        remembered=workspace.library.recall,
    )
    summary = workspace.library.add(reading)
    if known is not None:
        for file in files:
            opened = open_file(file, encoding=how.encoding or known.encoding, sheet=known.sheet)
            workspace.library.remember(known, opened.columns)
    taken = summary.tz if workspace.adopt_zone(summary.tz) else ""
    if rejects is not None:
        write_rejects(reading.rejects, rejects)
    return Imported(summary.as_json(), summary.sentences(), taken, rejects)


def preview_incidents(workspace: Workspace, files: Sequence[Path], how: How | None = None) -> Preview:
    """Say what importing one file would do, and keep nothing."""
    if len(files) != 1:
        raise UsageError("A preview is of one file.", where=f"{len(files)} files", fix="Name one.")
    how = how or How()
    return preview(
        files[0],
        layout=how.layout,
        mapping=how.mapping,
        encoding=how.encoding,
        tz=how.tz or workspace.settings.time_zone or None,
        now=workspace.clock.now(),
        remembered=workspace.library.recall,
    )


# What is published or decided on the strength of the data: after that an import is corrected, not taken back.
RESTING = ("picture", "assess", "authorise", "urgent", "refuse", "ratify", "extend", "evaluate")


def undo_import(workspace: Workspace, number: int, account: str) -> Import:
    """Take the newest import back, and return what it was; that it was done is noted.

    NotAllowed where it is not the newest, or where the record has an entry since then that may rest on it.
    """
    from answerable.service.audit import note_act

    found = next((one for one in workspace.library.imports() if one.number == number), None)
    since = [one for one in workspace.store.events(kinds=RESTING) if found and one.at >= found.at]
    if since:
        raise NotAllowed(
            "This import can no longer be taken back: the record has gone on since, and may rest on it.",
            where=f"import {number}, and then {since[0].kind} at {since[0].at:%Y-%m-%d %H:%M} UTC",
            fix="Import a corrected file: a changed row becomes a new version, and the old one stays known as it was.",
        )
    gone = workspace.library.undo(number)
    note_act(workspace, account, f"took back import {number}: {', '.join(gone.files)}, {gone.rows} rows")
    return gone


def write_rejects(rejects: pl.DataFrame, path: Path) -> None:
    """Write rejected rows as CSV; a spreadsheet must not run what a stranger typed into a cell."""
    from answerable.present.writers import formula_safe

    texts = [name for name, kind in rejects.schema.items() if kind == pl.String]
    safe = rejects.with_columns(pl.col(texts).map_elements(formula_safe, return_dtype=pl.String))
    path.write_bytes(safe.write_csv().encode())
