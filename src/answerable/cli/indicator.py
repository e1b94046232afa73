"""``answerable indicator``: what a claim about a count so far this year says, and what it does not."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from answerable.cli.evaluate import Html, show
from answerable.cli.options import Json

indicator = typer.Typer(no_args_is_help=True, help="Claims about counts: true by which count, and what of it.")


def register(app: typer.Typer) -> None:
    """Put the group on the command line."""
    app.add_typer(indicator, name="indicator")


@indicator.callback()
def _group() -> None:
    """Keep ``homicide`` a command of its own, as others will stand beside it."""


@indicator.command("homicide")
def homicide(
    claims: Annotated[Path, typer.Option(help="CSV: known_at, period_from, period_to, count, definition, source.")],
    as_of: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="What was known on this day counts.")],
    counts: Annotated[Path | None, typer.Option(help="CSV of earlier counts: month, victims.")] = None,
    html: Html = None,
    as_json: Json = False,
) -> None:
    """Say of "more homicides so far than in all of last year" by which count it holds, and if chance explains it."""
    from answerable.service.indicators import homicide as card

    show(card(claims, as_of=as_of.date(), counts=counts), html, as_json=as_json)
