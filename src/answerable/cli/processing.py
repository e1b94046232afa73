"""``answerable processing``: who looked at, changed or handed on what, for those who check that it was lawful."""

from __future__ import annotations

from typing import Annotated

import typer

from answerable.cli.options import HERE, Actor, Json, Workspace
from answerable.cli.output import emit, table


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(processing)


def processing(
    actor: Actor,
    kind: Annotated[str, typer.Option(help="Only this kind of subject: case, report, document.")] = "",
    subject: Annotated[str, typer.Option(metavar="ID", help="Only this case or report.")] = "",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Show the log of processing (DPA 2018, section 62) to those who may read it; that they did is a line of it."""
    from answerable.service.processing import processing_lines
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        found = processing_lines(opened, actor, kind or None, subject or None)
    head = ["at", "operation", "account", "kind", "subject", "reason", "recipient"]
    emit(found, as_json=as_json, text=lambda: table(head, [[line[name] for name in head] for line in found]))
