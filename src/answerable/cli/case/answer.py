"""How every transition answers: the new state, or what blocked it (exit 1)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from answerable.cli.output import emit

if TYPE_CHECKING:
    from answerable.case.event import Command
    from answerable.service.cases import Answer


def act(
    workspace: Path, case: str, command: Command, account: str, *, as_json: bool, added: Path | None = None
) -> None:
    """Do ``command`` on a case and print what came of it."""
    from answerable.service.cases import act as do
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        answer = do(opened, case, command, account, added=added)
    tell(answer, as_json=as_json)


def tell(answer: Answer, *, as_json: bool) -> None:
    """Print an answer; end with 1 where the transition was blocked."""
    emit(answer.as_json(), as_json=as_json, text=answer.text)
    if answer.blocked_by:
        raise typer.Exit(1)
