"""How every transition is asked for and answered: the new state, or what blocked it (exit 1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from answerable.cli.output import emit

if TYPE_CHECKING:
    from answerable.case.event import Command
    from answerable.service.cases import Answer
    from answerable.service.workspace import Workspace as Opened

Case = Annotated[str, typer.Argument(metavar="CASE", help="The case's id.")]
Added = Annotated[
    Path | None, typer.Argument(metavar="[FILE.yaml]", help="Sections to add to the case file, such as assessments.")
]
Reasons = Annotated[str, typer.Option(help="Reasons, in words the public can read.")]


def act(
    workspace: Path,
    case: str,
    command: Command | Callable[[Opened], Command],
    account: str,
    *,
    as_json: bool,
    added: Path | None = None,
    key: Path | None = None,
) -> None:
    """Do ``command`` (or what it makes of the open workspace) on a case, signed with ``key``, and print the answer."""
    from answerable.cli.own_key import hand
    from answerable.service.cases import act as do
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        opened.hand = hand(key)
        asked = command(opened) if callable(command) else command
        answer = do(opened, case, asked, account, added=added)
        tz = opened.settings.time_zone
    tell(answer, as_json=as_json, tz=tz)


def instant(opened: Opened, text: str, option: str) -> datetime | None:
    """Return a time given on the command line, local in the workspace's zone; InputError names the ``option``."""
    from answerable.errors import InputError
    from answerable.place import parse_instant

    if not text:
        return None
    try:
        return parse_instant(text, opened.settings.time_zone)
    except InputError as error:
        raise InputError(error.what, where=f"{option} {text}", fix=error.fix) from error


def tell(answer: Answer, *, as_json: bool, tz: str = "") -> None:
    """Print an answer, times in the zone ``tz``; end with 1 where the transition was blocked."""
    from answerable.present.local_times import in_local_times

    emit(answer.as_json(), as_json=as_json, text=lambda: in_local_times(answer.text(), tz or "UTC"))
    if answer.blocked_by:
        raise typer.Exit(1)
