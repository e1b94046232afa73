"""``answerable article``: the 2018 plan, line by line."""

from __future__ import annotations

import typer

from answerable.cli.options import Json
from answerable.cli.output import emit


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(article)


def article(as_json: Json = False) -> None:
    """Show what was said of the 2018 plan, what is required here, and what that plan could show."""
    from answerable.service.story import article_story

    told = article_story()
    emit(told.as_json(), as_json=as_json, text=told.text)
