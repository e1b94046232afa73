"""``answerable people make-key`` and ``set-key``: a person's own key, with which that person signs decisions."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from answerable.cli.options import HERE, Json, Workspace
from answerable.cli.output import emit, note
from answerable.cli.people import people

if TYPE_CHECKING:
    from answerable.service.own_key import KeyFile

PASSPHRASE_VARIABLE = "ANSWERABLE_PASSPHRASE"  # noqa: S105 -- where one may be, not one


def register(app: typer.Typer) -> None:
    """Put nothing more on the command line: the commands below belong to the group ``people``."""


def hand(key: Path | None) -> KeyFile | None:
    """Return what signs with the key in that file, asking for its passphrase; None without a file."""
    if key is None:
        return None
    from answerable.service.own_key import KeyFile

    return KeyFile(key, _passphrase(f"Passphrase of {key}"))


@people.command("make-key")
def make(
    file: Annotated[Path, typer.Argument(help="A new file, which its owner keeps.")], as_json: Json = False
) -> None:
    """Make your own key in a file that a passphrase closes; hand on only the line that this prints."""
    from answerable.service.own_key import make_key

    public = make_key(file, _passphrase(f"A passphrase for {file}", confirm=True))
    emit({"file": str(file), "public": public}, as_json=as_json, text=lambda: public)
    if not as_json:
        note(f"Keep {file} to yourself. Have the line above registered: answerable people set-key NAME LINE")


@people.command("set-key")
def register_one(
    name: Annotated[str, typer.Argument(help="The account's name.")],
    public: Annotated[str, typer.Argument(help="The line that 'people make-key' printed.")],
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Register the public part of a person's own key; the one before it signs nothing from now on."""
    from answerable.service.own_key import register_key
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        register_key(opened, name, public)
    emit({"account": name, "public": public}, as_json=as_json, text=lambda: f"{name} signs with {public}")


def _passphrase(words: str, *, confirm: bool = False) -> str:
    """Return the passphrase that the environment holds, or ask for it: an argument could be seen by others."""
    said = os.environ.get(PASSPHRASE_VARIABLE)
    return said or str(typer.prompt(words, hide_input=True, confirmation_prompt=confirm, err=True))
