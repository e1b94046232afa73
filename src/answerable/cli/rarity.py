"""``answerable rarity``: is the exception still one? Counts, limits, hours and the test that the rate has crept up."""

from __future__ import annotations

import typer

from answerable.cli.options import HERE, Json, Workspace
from answerable.cli.output import emit


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(rarity)


def rarity(workspace: Workspace = HERE, as_json: Json = False) -> None:
    """Say how rare the tactic still is, by force and by area, with every count beside its limit and denominator."""
    from answerable.service.rarity_report import rarity_report
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        found = rarity_report(opened)
    emit(found.as_json(), as_json=as_json, text=found.text)
