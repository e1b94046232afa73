"""``answerable import``, ``quality`` and ``sources``: a publisher's file becomes the canonical table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from answerable.cli.options import HERE, Json, Workspace
from answerable.cli.output import emit, note, progress, table

if TYPE_CHECKING:
    from answerable.incidents.preview import Preview
    from answerable.service.importing import Imported


def register(app: typer.Typer) -> None:
    """Put the commands on the command line."""
    app.command("import")(import_files)
    app.command()(quality)
    app.command()(sources)


def import_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="CSV (.gz), Parquet, XLSX, or a folder.")],
    layout: Annotated[str, typer.Option("--as", metavar="LAYOUT", help="Do not guess; see 'answerable sources'.")] = "",
    mapping: Annotated[Path | None, typer.Option(help="A mapping file for any other table.")] = None,
    tz: Annotated[str, typer.Option(metavar="ZONE", help="Zone of the file's times, such as America/New_York.")] = "",
    encoding: Annotated[str, typer.Option(help="Of text that is not UTF-8, such as utf-16 or cp1252.")] = "",
    preview: Annotated[bool, typer.Option(help="Show what would happen; import nothing.")] = False,
    rejects: Annotated[Path | None, typer.Option(help="Write the rows that failed, with their reasons.")] = None,
    known_at: Annotated[str, typer.Option(metavar="DATE", help="When these rows became known, if not given.")] = "",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Import incidents. Everything about persons is dropped at the door, and the summary says what."""
    from answerable.service.importing import How, import_incidents, preview_incidents
    from answerable.service.workspace import open_workspace

    how = How(layout=layout or None, mapping=mapping, tz=tz or None, encoding=encoding or None)
    with open_workspace(workspace) as opened:
        if preview:
            seen = preview_incidents(opened, files, how)
            emit(seen.as_json(), as_json=as_json, text=lambda: _preview(seen))
            return
        with progress("importing") as told:
            done = import_incidents(opened, files, how, known_at=known_at, rejects=rejects, progress=told)
        emit(done.summary, as_json=as_json, text=lambda: _summary(done))


def quality(
    area: Annotated[Path | None, typer.Option(help="Study area as GeoJSON.")] = None,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Say what is wrong with the incidents, and what that means for anything made of them."""
    from answerable.incidents.quality import quality_report
    from answerable.service.study import incidents_of, study_areas
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened, progress("checking"):
        known = incidents_of(opened).known(opened.clock.now())
        ground = study_areas(opened, known, area)[0] if area else None
        report = quality_report(known, ground)
    emit(report.as_json(), as_json=as_json, text=report.prose)


def sources(as_json: Json = False) -> None:
    """List the layouts that are recognised by their columns."""
    from answerable.incidents.sources import sources as known

    rows = [[source.name, source.title] for source in known()]
    emit(
        [{"layout": name, "title": title} for name, title in rows],
        as_json=as_json,
        text=lambda: table(["layout", "title"], rows),
    )


def _preview(seen: Preview) -> str:
    how = f"guessed mapping for {seen.layout}" if seen.guessed else f"layout {seen.layout}"
    lines = [f"{how}; nothing was imported", ""]
    if seen.mapping is not None:
        lines += [seen.mapping.as_yaml(), ""]
    if seen.rows.height:
        lines += ["first rows (times in UTC):", table(seen.rows.columns, seen.rows.rows()), ""]
    if seen.rejects.height:
        lines += ["first rows that would fail:", table(seen.rejects.columns, seen.rejects.rows()), ""]
    return "\n".join([*lines, *seen.summary.sentences()])


def _summary(done: Imported) -> str:
    if done.zone_taken:
        note(f"This workspace now keeps its times in {done.zone_taken}.")
    if done.rejects_file:
        note(f"wrote {done.rejects_file}")
    return "\n".join(done.sentences)
