"""Options that many commands share, written once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

WORKSPACE_VARIABLE = "ANSWERABLE_WORKSPACE"

Workspace = Annotated[
    Path, typer.Option("--workspace", envvar=WORKSPACE_VARIABLE, help="The workspace's folder.", show_envvar=True)
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
Actor = Annotated[str, typer.Option("--as", metavar="NAME", help="The account that acts (see 'answerable people').")]
OwnKey = Annotated[
    Path | None,
    typer.Option("--key", envvar="ANSWERABLE_KEY", help="Your own key, with which you sign what you decide."),
]

HERE = Path()
