"""``answerable case show``, ``list`` and ``template``: looking at cases, and beginning one."""

from __future__ import annotations

from typing import Annotated

import typer

from answerable.cli.case.answer import Case
from answerable.cli.options import HERE, Json, Workspace
from answerable.cli.output import emit, table


def register(case: typer.Typer) -> None:
    """Put the verbs in the group."""
    case.command("list")(show_all)
    case.command()(show)
    case.command()(template)


def show_all(
    state: Annotated[str, typer.Option(help="Only cases in this state now, such as ACTIVE or SUSPENDED.")] = "",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """List every case with its state now, refused and blocked ones like the others."""
    from answerable.service.case_lists import list_cases
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        found = list_cases(opened, state)
    head = ["id", "state", "area", "title"]
    emit(found, as_json=as_json, text=lambda: table(head, [[c[k] for k in head] for c in found]))


def show(case: Case, workspace: Workspace = HERE, as_json: Json = False) -> None:
    """Show one case: where it stands and until when, its rules with reasons, who was asked, what is owed."""
    from answerable.cli.case.shown import as_text
    from answerable.service.cases import show_case
    from answerable.service.processing import note_processing
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        found = show_case(opened, case)
        note_processing(opened, "consulted", ("case", case), "case_work")
    emit(found, as_json=as_json, text=lambda: as_text(found))


def template() -> None:
    """Print a commented case file to start from."""
    from answerable.case.casefile import template as skeleton

    typer.echo(skeleton(), nl=False)
