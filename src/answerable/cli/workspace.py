"""``answerable init``, ``status``, ``serve`` and ``fsck``: the workspace itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from answerable.cli.options import HERE, Json, Workspace
from answerable.cli.output import emit, note


def register(app: typer.Typer) -> None:
    """Put the commands on the command line."""
    for command in (init, status, serve, fsck):
        app.command()(command)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or an empty folder.")],
    kind: Annotated[str, typer.Option(help="rehearsal, simulated or real.")] = "rehearsal",
    tz: Annotated[str, typer.Option(metavar="ZONE", help="Zone of local times; else the first file's.")] = "",
    pack: Annotated[str, typer.Option(help="The example pack to work under (see 'answerable policy list').")] = "",
    adopted: Annotated[
        bool, typer.Option("--adoption/--no-adoption", help="Adopt that pack at once, or only after consultation.")
    ] = True,
    force_area: Annotated[
        Path | None,
        typer.Option("--force-area", metavar="FILE", help="GeoJSON of the force's ground, which bounds cases."),
    ] = None,
    store: Annotated[
        str, typer.Option(metavar="URL", help="An empty PostgreSQL database for the record; else a file.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Make a workspace: pretend people, the example pack adopted, a signed log that has begun.

    A real one has nobody in it and nothing adopted, seals its record, and has an office key to publish.
    """
    from answerable.service.workspace import EXAMPLE_PACK, init_workspace

    made = init_workspace(
        folder,
        kind=kind,
        time_zone=tz,
        pack=pack or EXAMPLE_PACK,
        adopted=adopted,
        force_area=force_area,
        store=store,
    )
    adopted = adopted and kind != "real"
    under = f"under the example pack {made.pack} (status: example)"
    if not adopted:
        under = f"in which the example pack {made.pack} is not adopted yet: see 'answerable adoption template'"

    def text() -> str:
        return "\n".join(
            [
                f"Made {folder}, a {kind} workspace {under}.",
                f"Its log is {made.origin}.",
                f"Publish {folder}/public/office-key on your own domain, then add people."
                if kind == "real"
                else "Its people are pretend: see 'answerable people list'.",
                f"Next: export ANSWERABLE_WORKSPACE={folder} && answerable import FILE --tz ZONE",
            ]
        )

    document = {"workspace": str(folder), "kind": kind, "origin": made.origin, "pack": made.pack, "adopted": adopted}
    emit(document, as_json=as_json, text=text)


def status(workspace: Workspace = HERE, as_json: Json = False) -> None:
    """Say what this workspace holds and how it keeps it."""
    from answerable.service.status import status_of
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        found = status_of(opened)
    emit(found.as_json(), as_json=as_json, text=found.text)


def serve(
    public: Annotated[bool, typer.Option("--public", help="Serve the public site, from public/ alone.")] = False,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 8000 for the public site, 8001 for the staff site.")] = 0,
    workspace: Workspace = HERE,
) -> None:
    """Serve the staff site, or with --public the public site."""
    from answerable.web.serve import serve_public, serve_staff

    run = serve_public if public else serve_staff
    name = "public" if public else "staff"
    chosen = port or (8000 if public else 8001)
    run(
        workspace,
        host,
        chosen,
        ready=lambda at: note(f"Serving the {name} site of {workspace} at {at} (Ctrl-C ends it)"),
    )


def fsck(workspace: Workspace = HERE, as_json: Json = False) -> None:
    """Re-hash every event and entry up to the signed head, and the public folder; end with 4 on any difference."""
    from answerable.service.fsck import check_record
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        report = check_record(opened)

    def text() -> str:
        counted = f"{report.events} events, {report.entries} entries, {report.heads} signed heads"
        return "\n".join([*report.problems, f"{counted}: {'all agree' if report.clean else 'ALTERED'}"])

    document = {
        "clean": report.clean,
        "events": report.events,
        "entries": report.entries,
        "heads": report.heads,
        "problems": list(report.problems),
    }
    emit(document, as_json=as_json, text=text)
    if not report.clean:
        raise typer.Exit(4)
