"""``answerable check``: every rule of a pack on a file of facts, at once, without a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from answerable.cli.options import Json
from answerable.cli.output import emit


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(check)


def check(
    facts: Annotated[Path, typer.Argument(metavar="FACTS.yaml", help="A case file; see 'answerable case template'.")],
    pack: Annotated[str, typer.Option(help="A pack's name or file; else the file's own, else uk.armed_patrol.")] = "",
    until: Annotated[
        str, typer.Option(help="Only the rules up to this transition: submit, assess, consult, authorise.")
    ] = "",
    at: Annotated[str, typer.Option(metavar="T", help="The instant to check for; now if left out.")] = "",
    as_json: Json = False,
) -> None:
    """Say of every rule whether it holds, why, and what would change it; end with 1 where any blocks."""
    from answerable.service.check import check_facts

    checked = check_facts(facts, pack, until=until, at=at)
    emit(checked.as_json(), as_json=as_json, text=checked.text)
    if not checked.holds:
        raise typer.Exit(1)
