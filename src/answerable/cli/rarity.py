"""``answerable rarity``: is the exception still one? Counts, limits, hours and the test that the rate has crept up."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from answerable.cli.options import HERE, Json, Workspace
from answerable.cli.output import emit, note


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(rarity)


def rarity(
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the seven counters as one HTML page.")
    ] = None,
    month: Annotated[str, typer.Option(help="With --html: as it stood at the end of this month, 2026-11.")] = "",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Say how rare the tactic still is, by force and by area, with every count beside its limit and denominator."""
    from answerable.service.rarity_report import rarity_report
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        found = rarity_report(opened)
        if html is not None:
            from answerable.service.evaluation_files import write_evaluation
            from answerable.service.routine import routine_dashboard

            write_evaluation(routine_dashboard(opened, month), html, workspace_kind=opened.settings.kind)
            note(f"written: {html}")
    emit(found.as_json(), as_json=as_json, text=found.text)
