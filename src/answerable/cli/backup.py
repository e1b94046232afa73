"""``answerable backup`` and ``restore``: a workspace as one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from answerable.cli.options import HERE, Json, Workspace
from answerable.cli.output import emit


def register(app: typer.Typer) -> None:
    """Put the commands on the command line."""
    for command in (backup, restore):
        app.command()(command)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new file to write.")],
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Write the workspace into one file: record, data, public folder, settings; not its keys and not its head file."""
    from answerable.service.backup import back_up
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        done = back_up(opened, file)

    def text() -> str:
        return (
            f"Backed up {done.files} files with {done.entries} signed entries of {done.origin} into {file}.\n"
            "Not in it: keys/ (keep a copy elsewhere, offline) and the head file (so that no old copy can sign)."
        )

    emit({**vars(done), "path": str(done.path)}, as_json=as_json, text=text)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file written by 'answerable backup'.")],
    head: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The newest published checkpoint, where no head file is left.")
    ] = None,
    store: Annotated[
        str, typer.Option(metavar="URL", help="An empty PostgreSQL database, for a record that was on a server.")
    ] = "",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Restore a workspace from a backup, after checking all of it; what stands there is set aside, not removed."""
    from answerable.service.restore import restore as bring_back

    done = bring_back(file, workspace, head=head, store=store)

    def text() -> str:
        lines = [f"Restored {done.entries} signed entries of {done.origin}, as they were at {done.made_at}."]
        if done.aside:
            lines.append(f"What stood here is in {done.aside}.")
        if done.signed is None:
            lines.append("There is no head file, so nothing can be signed: put the newest published checkpoint there.")
        elif done.missing:
            lines.append(
                f"{done.missing} entries were signed after this backup, so it signs nothing: restore a newer one."
            )
        lines.append("Next: answerable fsck")
        return "\n".join(lines)

    document = {
        "origin": done.origin,
        "made_at": done.made_at,
        "entries": done.entries,
        "signed": done.signed,
        "missing": done.missing,
        "may_sign": done.may_sign,
        "erased_again": done.erased_again,
        "aside": str(done.aside) if done.aside else None,
    }
    emit(document, as_json=as_json, text=text)
